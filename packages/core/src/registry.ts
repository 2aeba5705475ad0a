import { checkChatCompletionChunk } from "./chat-completion-chunk.js";
import { checkChatCompletion } from "./chat-completion.js";
import {
  checkChatCompletionChunkEmit,
  checkChatCompletionEmit,
  checkLangfuseBatchEmit,
  checkRecordingEmit,
  checkStandardLoggingPayloadEmit,
  checkUsageEmit,
} from "./emit.js";
import { checkLangfuseBatch } from "./langfuse-batch.js";
import { checkRecording } from "./recording.js";
import type { SchemaName } from "./schema-names.js";
import { checkStandardLoggingPayload } from "./standard-logging-payload.js";
import { checkUsage } from "./usage.js";
import type { Check } from "./validation/issue.js";

export { detect } from "./detect.js";
export { schemaNames, type SchemaName } from "./schema-names.js";

const accept: Record<SchemaName, (value: unknown) => Check<unknown>> = {
  "chat-completion-chunk": checkChatCompletionChunk,
  "chat-completion": checkChatCompletion,
  usage: checkUsage,
  "standard-logging-payload": checkStandardLoggingPayload,
  "langfuse-batch": checkLangfuseBatch,
  recording: checkRecording,
};

const emit: Record<SchemaName, (value: unknown) => Check<unknown>> = {
  "chat-completion-chunk": checkChatCompletionChunkEmit,
  "chat-completion": checkChatCompletionEmit,
  usage: checkUsageEmit,
  "standard-logging-payload": checkStandardLoggingPayloadEmit,
  "langfuse-batch": checkLangfuseBatchEmit,
  recording: checkRecordingEmit,
};

/** Checks a value against the schema of that name, as the wild sends it. */
export function check(name: SchemaName, value: unknown): Check<unknown> {
  return accept[name](value);
}

/** Checks a value against the schema of that name, as Waybill writes it. */
export function checkEmit(name: SchemaName, value: unknown): Check<unknown> {
  return emit[name](value);
}
