import type { TSchema } from "@sinclair/typebox";

import { schemaNames, type SchemaName } from "../src/schema-names.js";
import * as schemas from "../src/schemas.js";

/** The two schemas of a wire format: what is read, and what Waybill writes. */
export type Format = { name: SchemaName; accept: TSchema; emit: TSchema };

const byName: Record<SchemaName, [TSchema, TSchema]> = {
  "chat-completion-chunk": [schemas.ChatCompletionChunkSchema, schemas.ChatCompletionChunkEmitSchema],
  "chat-completion": [schemas.ChatCompletionSchema, schemas.ChatCompletionEmitSchema],
  "chat-completion-request": [schemas.ChatCompletionRequestSchema, schemas.ChatCompletionRequestEmitSchema],
  usage: [schemas.UsageSchema, schemas.UsageEmitSchema],
  "standard-logging-payload": [
    schemas.StandardLoggingPayloadSchema,
    schemas.StandardLoggingPayloadEmitSchema,
  ],
  "langfuse-batch": [schemas.LangfuseBatchSchema, schemas.LangfuseBatchEmitSchema],
  recording: [schemas.RecordingSchema, schemas.RecordingEmitSchema],
};

export const formats: Format[] = schemaNames.map((name) => ({
  name,
  accept: byName[name][0],
  emit: byName[name][1],
}));
