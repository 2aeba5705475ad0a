export type { CostResult, PriceInterval } from "./boxes/cost-result.js";
export type { ExportContext, Exporter, ExportOutcome, ItemOutcome } from "./boxes/exporter.js";
export type {
  DeadLetter,
  SpoolClaim,
  SpooledRecord,
  SpoolRecord,
  SpoolSettlement,
  SpoolSinkStats,
  SpoolStore,
} from "./boxes/spool.js";
export type { StreamEnd, StreamError, StreamResult } from "./boxes/stream-result.js";
export {
  checkChatCompletion,
  isChatCompletion,
  parseChatCompletion,
  type ChatCompletion,
} from "./chat-completion.js";
export {
  checkChatCompletionChunk,
  isChatCompletionChunk,
  parseChatCompletionChunk,
  type ChatCompletionChunk,
} from "./chat-completion-chunk.js";
export {
  checkChatCompletionRequest,
  isChatCompletionRequest,
  parseChatCompletionRequest,
  type ChatCompletionRequest,
} from "./chat-completion-request.js";
export { detect } from "./detect.js";
export { InvalidDocumentError, WaybillError } from "./errors.js";
export {
  checkLangfuseBatch,
  isLangfuseBatch,
  parseLangfuseBatch,
  type LangfuseBatch,
} from "./langfuse-batch.js";
export type { Documents } from "./check.js";
export type { Finding, LintCode } from "./lint/finding.js";
export { lint } from "./lint/index.js";
export { checkRecording, isRecording, parseRecording, type Recording } from "./recording.js";
export { schemaNames, type SchemaName } from "./schema-names.js";
export type {
  Attempt,
  CostLine,
  CostStatus,
  Diagnostic,
  StreamStatus,
  Timing,
  TokenUsage,
  UsageSource,
} from "./schemas/accounting.js";
export type { ChatCompletionChunkEmit } from "./schemas/chat-completion-chunk.js";
export type { ChatCompletionRequestEmit } from "./schemas/chat-completion-request-emit.js";
export type { ChatCompletionEmit, OrderedPart } from "./schemas/chat-completion.js";
export type { LangfuseBatchEmit } from "./schemas/langfuse-batch-emit.js";
export type { RecordingEmit } from "./schemas/recording.js";
export type { StandardLoggingPayloadEmit, WaybillMember } from "./schemas/standard-logging-payload.js";
export {
  checkStandardLoggingPayload,
  isStandardLoggingPayload,
  parseStandardLoggingPayload,
  type StandardLoggingPayload,
} from "./standard-logging-payload.js";
export { checkText } from "./text/check-text.js";
export { defaultTextLimits, type TextLimits } from "./text/limits.js";
export { parseJsonText } from "./text/parse-json-text.js";
export { wordsOf } from "./thrown.js";
export { checkUsage, isUsage, parseUsage, type Usage } from "./usage.js";
export { pointer, valueAt, type Check, type Issue } from "./validation/issue.js";
export type { CheckFunction } from "./validation/checker.js";
export type { StandardSchemaV1 } from "./validation/standard-schema.js";
