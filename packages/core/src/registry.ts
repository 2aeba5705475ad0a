import { lookUp, type Checks } from "./check.js";
import {
  checkChatCompletionChunkEmit,
  checkChatCompletionEmit,
  checkChatCompletionRequestEmit,
  checkLangfuseBatchEmit,
  checkRecordingEmit,
  checkStandardLoggingPayloadEmit,
  checkUsageEmit,
  type ChatCompletionChunkEmit,
  type ChatCompletionEmit,
  type ChatCompletionRequestEmit,
  type LangfuseBatchEmit,
  type RecordingEmit,
  type StandardLoggingPayloadEmit,
  type UsageEmit,
} from "./emit.js";
import type { SchemaName } from "./schema-names.js";
import type { Check } from "./validation/issue.js";

export { check, type Documents } from "./check.js";
export { detect } from "./detect.js";
export { schemaNames, type SchemaName } from "./schema-names.js";

/** What a document of each format is, as Waybill writes it. */
export type EmitDocuments = {
  "chat-completion-chunk": ChatCompletionChunkEmit;
  "chat-completion": ChatCompletionEmit;
  "chat-completion-request": ChatCompletionRequestEmit;
  usage: UsageEmit;
  "standard-logging-payload": StandardLoggingPayloadEmit;
  "langfuse-batch": LangfuseBatchEmit;
  recording: RecordingEmit;
};

const emit: Checks<EmitDocuments> = {
  "chat-completion-chunk": checkChatCompletionChunkEmit,
  "chat-completion": checkChatCompletionEmit,
  "chat-completion-request": checkChatCompletionRequestEmit,
  usage: checkUsageEmit,
  "standard-logging-payload": checkStandardLoggingPayloadEmit,
  "langfuse-batch": checkLangfuseBatchEmit,
  recording: checkRecordingEmit,
};

/**
 * Checks a value against the schema of that name, as Waybill writes it.
 * @throws WaybillError `unknown-schema` for a name that is none of `schemaNames`
 */
export function checkEmit<Name extends SchemaName>(name: Name, value: unknown): Check<EmitDocuments[Name]> {
  return lookUp(emit, name)(value);
}
