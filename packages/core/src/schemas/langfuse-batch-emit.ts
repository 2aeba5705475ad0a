import { Type, type Static, type TSchema } from "@sinclair/typebox";

import { Id } from "./langfuse-batch.js";
import { anyJson, anyObject, nullable } from "./nullable.js";
import { patterns } from "./patterns.js";

const exact = { additionalProperties: false };
const DateTimeEmit = Type.String({
  pattern: patterns.utcTime,
  maxLength: 30,
  description: "ISO 8601 in UTC.",
});
const ShortId = Type.String({ minLength: 1, maxLength: 200 });
const Environment = Type.String({ pattern: patterns.environment, maxLength: 40 });

const TraceEmit = Type.Object(
  {
    id: Id,
    timestamp: DateTimeEmit,
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    input: Type.Optional(anyJson()),
    output: Type.Optional(anyJson()),
    sessionId: Type.Optional(ShortId),
    userId: Type.Optional(ShortId),
    environment: Type.Optional(Environment),
    metadata: Type.Optional(anyObject()),
    release: Type.Optional(Type.String()),
    version: Type.Optional(Type.String()),
    tags: Type.Optional(Type.Array(Type.String())),
  },
  exact,
);

const GenerationEmit = Type.Object(
  {
    id: Id,
    traceId: Id,
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    startTime: DateTimeEmit,
    endTime: Type.Optional(DateTimeEmit),
    completionStartTime: Type.Optional(DateTimeEmit),
    model: Type.Optional(Type.String()),
    modelParameters: Type.Optional(
      Type.Record(Type.String(), nullable(Type.Union([Type.String(), Type.Number(), Type.Boolean()]))),
    ),
    input: Type.Optional(anyJson()),
    output: Type.Optional(anyJson()),
    usage: Type.Optional(
      Type.Object(
        {
          input: Type.Integer({ minimum: 0 }),
          output: Type.Integer({ minimum: 0 }),
          unit: Type.Literal("TOKENS"),
          totalCost: Type.Optional(Type.Number({ minimum: 0 })),
        },
        { ...exact, description: "Only with compat: litellm." },
      ),
    ),
    usageDetails: Type.Optional(Type.Record(Type.String(), Type.Integer({ minimum: 0 }))),
    costDetails: Type.Optional(Type.Record(Type.String(), Type.Number({ minimum: 0 }))),
    level: Type.Optional(
      Type.Union([
        Type.Literal("DEBUG"),
        Type.Literal("DEFAULT"),
        Type.Literal("WARNING"),
        Type.Literal("ERROR"),
      ]),
    ),
    statusMessage: Type.Optional(Type.String()),
    parentObservationId: Type.Optional(Id),
    environment: Type.Optional(Environment),
    metadata: Type.Optional(anyObject()),
    version: Type.Optional(Type.String()),
  },
  exact,
);

function emittedEvent<Name extends string, Body extends TSchema>(type: Name, body: Body) {
  return Type.Object({ id: Id, timestamp: DateTimeEmit, type: Type.Literal(type), body }, exact);
}

/** The batch that Waybill writes: one trace and one complete generation for each call. */
export const LangfuseBatchEmitSchema = Type.Object(
  {
    batch: Type.Array(
      Type.Union(
        [emittedEvent("trace-create", TraceEmit), emittedEvent("generation-create", GenerationEmit)],
        { discriminator: { propertyName: "type" } },
      ),
    ),
    metadata: Type.Optional(
      Type.Object({
        batch_size: Type.Integer({ minimum: 0 }),
        sdk_name: Type.String(),
        sdk_version: Type.String(),
        sdk_integration: Type.Optional(Type.String()),
        public_key: Type.Optional(Type.String()),
      }),
    ),
  },
  {
    ...exact,
    $id: "urn:waybill:schema:langfuse-batch.emit:1",
    title: "Langfuse batch (emit)",
    description:
      "The batch that Waybill writes: for each call one trace-create and one generation-create, times in UTC, integer token buckets, costs with a total.",
  },
);

/** The batch that Waybill writes. */
export type LangfuseBatchEmit = Static<typeof LangfuseBatchEmitSchema>;
