import { checkChatCompletionChunk, type ChatCompletionChunk } from "./chat-completion-chunk.js";
import { checkChatCompletionRequest, type ChatCompletionRequest } from "./chat-completion-request.js";
import { checkChatCompletion, type ChatCompletion } from "./chat-completion.js";
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
import { WaybillError } from "./errors.js";
import { checkLangfuseBatch, type LangfuseBatch } from "./langfuse-batch.js";
import { checkRecording, type Recording } from "./recording.js";
import { schemaNames, type SchemaName } from "./schema-names.js";
import { checkStandardLoggingPayload, type StandardLoggingPayload } from "./standard-logging-payload.js";
import { checkUsage, type Usage } from "./usage.js";
import type { Check } from "./validation/issue.js";

export { detect } from "./detect.js";
export { schemaNames, type SchemaName } from "./schema-names.js";

/** What a document of each format is, as the wild sends it. */
export type Documents = {
  "chat-completion-chunk": ChatCompletionChunk;
  "chat-completion": ChatCompletion;
  "chat-completion-request": ChatCompletionRequest;
  usage: Usage;
  "standard-logging-payload": StandardLoggingPayload;
  "langfuse-batch": LangfuseBatch;
  recording: Recording;
};

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

type Checks<Types> = { [Name in SchemaName]: (value: unknown) => Check<Types[Name & keyof Types]> };

const accept: Checks<Documents> = {
  "chat-completion-chunk": checkChatCompletionChunk,
  "chat-completion": checkChatCompletion,
  "chat-completion-request": checkChatCompletionRequest,
  usage: checkUsage,
  "standard-logging-payload": checkStandardLoggingPayload,
  "langfuse-batch": checkLangfuseBatch,
  recording: checkRecording,
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
 * Checks a value against the schema of that name, as the wild sends it.
 * @throws WaybillError `unknown-schema` for a name that is none of `schemaNames`
 */
export function check<Name extends SchemaName>(name: Name, value: unknown): Check<Documents[Name]> {
  return lookUp(accept, name)(value);
}

/**
 * Checks a value against the schema of that name, as Waybill writes it.
 * @throws WaybillError `unknown-schema` for a name that is none of `schemaNames`
 */
export function checkEmit<Name extends SchemaName>(name: Name, value: unknown): Check<EmitDocuments[Name]> {
  return lookUp(emit, name)(value);
}

function lookUp<Types, Name extends SchemaName>(
  checks: Types,
  name: Name & keyof Types,
): Types[Name & keyof Types] {
  if (!schemaNames.includes(name)) {
    throw new WaybillError("unknown-schema", `${JSON.stringify(name)} is none of ${schemaNames.join(", ")}`);
  }
  return checks[name];
}
