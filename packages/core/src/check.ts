import { checkChatCompletionChunk, type ChatCompletionChunk } from "./chat-completion-chunk.js";
import { checkChatCompletionRequest, type ChatCompletionRequest } from "./chat-completion-request.js";
import { checkChatCompletion, type ChatCompletion } from "./chat-completion.js";
import { WaybillError } from "./errors.js";
import { checkLangfuseBatch, type LangfuseBatch } from "./langfuse-batch.js";
import { checkRecording, type Recording } from "./recording.js";
import { schemaNames, type SchemaName } from "./schema-names.js";
import { checkStandardLoggingPayload, type StandardLoggingPayload } from "./standard-logging-payload.js";
import { checkUsage, type Usage } from "./usage.js";
import type { Check } from "./validation/issue.js";

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

/** A check for each format. */
export type Checks<Types> = { [Name in SchemaName]: (value: unknown) => Check<Types[Name & keyof Types]> };

const accept: Checks<Documents> = {
  "chat-completion-chunk": checkChatCompletionChunk,
  "chat-completion": checkChatCompletion,
  "chat-completion-request": checkChatCompletionRequest,
  usage: checkUsage,
  "standard-logging-payload": checkStandardLoggingPayload,
  "langfuse-batch": checkLangfuseBatch,
  recording: checkRecording,
};

/**
 * Checks a value against the schema of that name, as the wild sends it.
 * @throws WaybillError `unknown-schema` for a name that is none of `schemaNames`
 */
export function check<Name extends SchemaName>(name: Name, value: unknown): Check<Documents[Name]> {
  return lookUp(accept, name)(value);
}

/** Finds the check of a name, which callers in JavaScript may have made up. */
export function lookUp<Types, Name extends SchemaName>(
  checks: Types,
  name: Name & keyof Types,
): Types[Name & keyof Types] {
  if (!schemaNames.includes(name)) {
    throw new WaybillError("unknown-schema", `${JSON.stringify(name)} is none of ${schemaNames.join(", ")}`);
  }
  return checks[name];
}
