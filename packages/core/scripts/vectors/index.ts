import type { SchemaName } from "../../src/schema-names.js";
import * as chatCompletionChunk from "./chat-completion-chunk.js";
import * as chatCompletionRequest from "./chat-completion-request.js";
import * as chatCompletion from "./chat-completion.js";
import type { VectorTable } from "./define.js";
import * as langfuseBatch from "./langfuse-batch.js";
import * as recording from "./recording.js";
import * as standardLoggingPayload from "./standard-logging-payload.js";
import * as usage from "./usage.js";

/** The vectors of each format, for what is read and for what Waybill writes. */
export const vectorTables: Record<SchemaName, { accept: VectorTable; emit: VectorTable }> = {
  "chat-completion-chunk": chatCompletionChunk,
  "chat-completion": chatCompletion,
  "chat-completion-request": chatCompletionRequest,
  usage,
  "standard-logging-payload": standardLoggingPayload,
  "langfuse-batch": langfuseBatch,
  recording,
};
