/*
 * Every schema as a TypeBox value. The only entry that loads TypeBox: the validators of the other entries were generated
 * from these schemas when the package was built.
 */
export {
  AttemptSchema,
  CostLineSchema,
  CostStatusSchema,
  DiagnosticSchema,
  StreamStatusSchema,
  TimingSchema,
  TokenUsageSchema,
  UsageSourceSchema,
} from "./schemas/accounting.js";
export { ChatCompletionChunkEmitSchema, ChatCompletionChunkSchema } from "./schemas/chat-completion-chunk.js";
export { ChatCompletionRequestEmitSchema } from "./schemas/chat-completion-request-emit.js";
export { ChatCompletionRequestSchema } from "./schemas/chat-completion-request.js";
export { ChatCompletionEmitSchema, ChatCompletionSchema } from "./schemas/chat-completion.js";
export { LangfuseBatchEmitSchema } from "./schemas/langfuse-batch-emit.js";
export { LangfuseBatchSchema } from "./schemas/langfuse-batch.js";
export { RecordingEmitSchema, RecordingSchema } from "./schemas/recording.js";
export {
  StandardLoggingPayloadEmitSchema,
  StandardLoggingPayloadSchema,
  WaybillMemberSchema,
} from "./schemas/standard-logging-payload.js";
export { UsageEmitSchema, UsageSchema } from "./schemas/usage.js";
