import { Type, type Static, type TSchema } from "@sinclair/typebox";

import { anyJson, anyObject, maybe } from "./nullable.js";
import { patterns } from "./patterns.js";

/*
 * The body of Langfuse's POST /api/public/ingestion, by the server's own rules (v3.180 and v4). What that server accepts
 * in silence and then drops or misreads is not an error here: `lint` names it.
 */

const DateTime = Type.String({
  pattern: patterns.dateTime,
  maxLength: 256,
  description: "ISO 8601 with Z or an offset. The server keeps milliseconds.",
});

/** An id of an event, a trace or an observation. */
export const Id = Type.String({ minLength: 1, maxLength: 800, pattern: patterns.oneLine });
const Text = (description: string) => maybe(Type.String({ description }));

const traceMembers = {
  id: maybe(Id),
  timestamp: maybe(DateTime),
  name: maybe(Type.String({ maxLength: 1000 })),
  externalId: Text("Id in the application."),
  input: Type.Optional(anyJson()),
  output: Type.Optional(anyJson({ description: "0, false and an empty string are not stored." })),
  sessionId: Text("Conversation."),
  userId: Text("End user."),
  environment: Type.Optional(
    anyJson({ description: "Lower-case name; a wrong value becomes 'default' in silence." }),
  ),
  metadata: Type.Optional(anyJson()),
  release: Text("Release of the application."),
  version: Text("Version of the application."),
  public: maybe(Type.Boolean()),
  tags: maybe(Type.Array(Type.String())),
};

const eventMembers = {
  id: maybe(Id),
  traceId: maybe(Id),
  environment: Type.Optional(anyJson()),
  name: Text("Name of the observation."),
  startTime: maybe(DateTime),
  metadata: Type.Optional(anyJson()),
  input: Type.Optional(anyJson()),
  output: Type.Optional(anyJson()),
  level: maybe(
    Type.Union([
      Type.Literal("DEBUG"),
      Type.Literal("DEFAULT"),
      Type.Literal("WARNING"),
      Type.Literal("ERROR"),
    ]),
  ),
  statusMessage: Text("What went wrong."),
  parentObservationId: Text("Observation this one belongs to."),
  version: Text("Version of the application."),
};

const spanMembers = { ...eventMembers, endTime: maybe(DateTime) };

const Tokens = (description: string) => maybe(Type.Integer({ description }));
const Usd = (description: string) => maybe(Type.Number({ description: `${description} USD.` }));

const generationMembers = {
  ...spanMembers,
  completionStartTime: maybe(DateTime),
  model: Text("Model; matched against the server's price list."),
  modelParameters: maybe(
    Type.Record(
      Type.String(),
      Type.Union([
        Type.String(),
        Type.Number(),
        Type.Boolean(),
        Type.Array(Type.String()),
        Type.Record(Type.String(), Type.String()),
        Type.Null(),
      ]),
    ),
  ),
  usage: maybe(
    Type.Object(
      {
        input: Tokens("Input."),
        output: Tokens("Output."),
        total: Tokens("Total."),
        unit: maybe(
          Type.Union([
            Type.Literal("CHARACTERS"),
            Type.Literal("TOKENS"),
            Type.Literal("SECONDS"),
            Type.Literal("MILLISECONDS"),
            Type.Literal("IMAGES"),
            Type.Literal("REQUESTS"),
          ]),
        ),
        inputCost: Usd("Cost of the input."),
        outputCost: Usd("Cost of the output."),
        totalCost: Usd("Cost of all."),
        promptTokens: Tokens("Camel form: replaces the whole object."),
        completionTokens: Tokens("Camel form."),
        totalTokens: Tokens("Camel form."),
      },
      { description: "Legacy usage." },
    ),
  ),
  usageDetails: maybe(
    anyObject({ description: "Tokens by bucket. Buckets are exclusive and sum to total." }),
  ),
  costDetails: maybe(anyObject({ description: "USD by bucket, with a total." })),
  promptName: Text("Linked prompt."),
  promptVersion: maybe(Type.Integer()),
};

const scoreMembers = {
  id: maybe(Type.String()),
  traceId: maybe(Type.String()),
  sessionId: maybe(Type.String()),
  datasetRunId: maybe(Type.String()),
  observationId: maybe(Type.String()),
  name: Type.String({ minLength: 1 }),
  value: Type.Union([Type.Number(), Type.String()]),
  dataType: maybe(
    Type.Union([
      Type.Literal("NUMERIC"),
      Type.Literal("CATEGORICAL"),
      Type.Literal("BOOLEAN"),
      Type.Literal("CORRECTION"),
      Type.Literal("TEXT"),
    ]),
  ),
  comment: maybe(Type.String()),
  metadata: Type.Optional(anyJson()),
  environment: Type.Optional(anyJson()),
  configId: maybe(Type.String()),
  queueId: maybe(Type.String()),
  source: maybe(Type.String()),
  executionTraceId: maybe(Type.String()),
};

const logMembers = {
  log: Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Array(Type.Unknown()), anyObject()], {
    description: "Any JSON but null.",
  }),
  id: maybe(Type.String()),
};

function event<Name extends string, Body extends TSchema>(type: Name, body: Body) {
  return Type.Object({
    id: Id,
    timestamp: DateTime,
    type: Type.Literal(type),
    body,
    metadata: Type.Optional(anyJson()),
  });
}

const Trace = Type.Object(traceMembers, { title: "Trace" });
const Event = Type.Object({ ...eventMembers, id: Id }, { title: "Event" });
const Span = Type.Object(spanMembers, { title: "Span" });
const Generation = Type.Object(generationMembers, { title: "Generation" });
const Observation = Type.Object(
  {
    ...generationMembers,
    type: Type.Union([Type.Literal("GENERATION"), Type.Literal("SPAN"), Type.Literal("EVENT")]),
  },
  { title: "Observation", description: "The older form of an observation." },
);

/** The body of Langfuse's batch ingestion endpoint. */
export const LangfuseBatchSchema = Type.Object(
  {
    batch: Type.Array(
      Type.Union(
        [
          event("trace-create", Trace),
          event("generation-create", Generation),
          event("generation-update", Generation),
          event("span-create", Span),
          event("span-update", Span),
          event("event-create", Event),
          event("agent-create", Generation),
          event("tool-create", Generation),
          event("chain-create", Generation),
          event("retriever-create", Generation),
          event("evaluator-create", Generation),
          event("embedding-create", Generation),
          event("guardrail-create", Generation),
          event("score-create", Type.Object(scoreMembers)),
          event("sdk-log", Type.Object(logMembers)),
          event("observation-create", Observation),
          event("observation-update", Observation),
        ],
        { discriminator: { propertyName: "type" } },
      ),
    ),
    metadata: Type.Optional(anyJson({ description: "Facts about the sender; the server ignores them." })),
  },
  {
    $id: "urn:waybill:schema:langfuse-batch:1",
    title: "Langfuse batch",
    description:
      "The body of Langfuse's POST /api/public/ingestion. Envelope and body members that the server does not know are stripped by it in silence.",
    examples: [
      {
        batch: [
          {
            id: "event-1",
            type: "trace-create",
            timestamp: "2026-01-02T03:04:06.100Z",
            body: { id: "trace-1", timestamp: "2026-01-02T03:04:05.000Z", name: "chat" },
          },
          {
            id: "event-2",
            type: "generation-create",
            timestamp: "2026-01-02T03:04:06.101Z",
            body: {
              id: "generation-1",
              traceId: "trace-1",
              startTime: "2026-01-02T03:04:05.000Z",
              endTime: "2026-01-02T03:04:06.000Z",
              model: "gpt-4o",
              usageDetails: { input: 60, input_cached_tokens: 40, output: 50, total: 150 },
              costDetails: { input: 0.00015, input_cached_tokens: 0.00005, output: 0.0005, total: 0.0007 },
            },
          },
        ],
      },
    ],
  },
);

/** The body of Langfuse's batch ingestion endpoint. */
export type LangfuseBatch = Static<typeof LangfuseBatchSchema>;
