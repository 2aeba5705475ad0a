import { Type, type Static } from "@sinclair/typebox";

import { anyJson, nullable } from "./nullable.js";
import { patterns } from "./patterns.js";

/*
 * The boxes that travel between packages and end up in the `waybill` member of a payload: normalised usage, cost lines,
 * diagnostics, timing. They are schemas, so that the published payload schema documents and checks them.
 */

const exact = { additionalProperties: false };
const Count = (description: string) => Type.Integer({ minimum: 0, description });
const Decimal = (description: string) =>
  Type.String({ pattern: patterns.decimal, maxLength: 400, description });
const Milliseconds = (description: string) => nullable(Type.Number({ minimum: 0, description }));

/** Token counts that do not overlap: every token of the call stands in exactly one member. */
export const TokenUsageSchema = Type.Object(
  {
    input: Type.Object(
      {
        text: Count("Input tokens that are none of the others."),
        cacheRead: Count("Tokens read from a prompt cache."),
        cacheWrite5m: Count("Tokens written to a cache of five minutes, or of the provider's default life."),
        cacheWrite1h: Count("Tokens written to a cache of one hour."),
        audio: Count("Audio tokens."),
        image: Count("Image tokens."),
        video: Count("Video tokens."),
      },
      exact,
    ),
    output: Type.Object(
      {
        text: Count("Output tokens that are none of the others."),
        reasoning: Count("Tokens of hidden reasoning."),
        audio: Count("Audio tokens."),
        image: Count("Image tokens."),
        video: Type.Optional(Count("Video tokens; absent when there are none.")),
      },
      exact,
    ),
    total: nullable(
      Type.Integer({ minimum: 0, description: "The provider's own total; null when it gave none." }),
    ),
    raw: anyJson({ description: "The usage object as the provider sent it." }),
  },
  { ...exact, description: "Normalised usage in tokens. The counts are disjoint." },
);

/** One line of a bill. */
export const CostLineSchema = Type.Object(
  {
    kind: Type.String({
      minLength: 1,
      description: 'What is charged, e.g. "input", "cache_read", "output".',
    }),
    count: Type.Number({ minimum: 0, description: "How many units." }),
    rate: Decimal("USD per unit."),
    amount: Decimal("USD: count times rate, not rounded."),
    assumed: Type.Optional(
      Type.String({
        description: "Present when the catalog has no rate of this kind: which rate was charged instead.",
      }),
    ),
    source: Type.Optional(Type.String({ description: "Where the rate comes from." })),
  },
  { ...exact, description: "One line of a bill." },
);

/** What is known about a price. */
export const CostStatusSchema = Type.Union(
  [
    Type.Literal("priced"),
    Type.Literal("free"),
    Type.Literal("unpriced"),
    Type.Literal("no_usage"),
    Type.Literal("invalid"),
  ],
  {
    description:
      "priced: cost is known. free: every rate is an explicit 0. unpriced: the model has no price. no_usage: the tokens are unknown. invalid: the usage cannot be.",
  },
);

/** A deviation of a stream. */
export const DiagnosticSchema = Type.Object(
  {
    code: Type.String({
      minLength: 1,
      description: 'A quirk\'s code such as "F3", or a word such as "role-changed".',
    }),
    message: Type.String(),
    chunk: Type.Integer({
      minimum: -1,
      description: "Number of the chunk, from 0; -1 when no chunk is at fault.",
    }),
    choice: Type.Optional(Type.Integer({ minimum: 0 })),
    count: Type.Optional(Type.Integer({ minimum: 2, description: "How often, when more than once." })),
  },
  { ...exact, description: "A deviation of a stream that was repaired, guessed, dropped or is wrong." },
);

/** When things happened in a stream. */
export const TimingSchema = Type.Object(
  {
    headers: Milliseconds("Response headers."),
    firstByte: Type.Optional(Milliseconds("First byte of the body.")),
    firstChunk: Milliseconds("First chunk."),
    firstContent: Milliseconds("First piece of content or refusal."),
    firstReasoning: Milliseconds("First piece of reasoning."),
    firstTool: Milliseconds("First fragment of a tool call."),
    finish: Milliseconds("Last finish reason."),
    usage: Milliseconds("Last usage object."),
    lastChunk: Milliseconds("Last chunk."),
    close: Milliseconds("End of the body."),
    chunks: Count("Chunks seen."),
    gaps: Type.Object(
      {
        p50: Milliseconds("Median gap between chunks."),
        p95: Milliseconds("95th percentile of the gaps."),
        max: Milliseconds("Longest gap."),
        maxAt: nullable(
          Type.Integer({ minimum: 0, description: "Number of the chunk that ended the longest gap." }),
        ),
      },
      exact,
    ),
    ticks: Type.Array(Type.Number({ minimum: 0 }), {
      maxItems: 256,
      description: "Arrival times of chunks, thinned evenly to at most 256.",
    }),
  },
  { ...exact, description: "When things happened, in milliseconds since the request; null when not seen." },
);

/** Where a usage comes from. */
export const UsageSourceSchema = Type.Union(
  [Type.Literal("provider"), Type.Literal("estimated"), Type.Literal("mixed"), Type.Literal("missing")],
  { description: "Where the usage comes from." },
);

/** How an answer ended. */
export const StreamStatusSchema = Type.Union(
  [Type.Literal("complete"), Type.Literal("incomplete"), Type.Literal("error")],
  { description: "How the answer ended: whole, cut short, or failed." },
);

/** One try at a call. */
export const AttemptSchema = Type.Object(
  {
    provider: nullable(Type.String()),
    model: nullable(Type.String()),
    apiBase: nullable(Type.String()),
    startTime: Type.Number({ description: "Epoch seconds." }),
    endTime: Type.Number({ description: "Epoch seconds." }),
    status: Type.Union([Type.Literal("success"), Type.Literal("failure")]),
    error: Type.Optional(Type.String()),
  },
  { ...exact, description: "One try at the call; retries and fallbacks make several." },
);

/** Token counts that do not overlap: every token of a call stands in exactly one member. */
export type TokenUsage = Static<typeof TokenUsageSchema>;
/** One line of a bill: `count` units at `rate` USD make `amount` USD, both decimal text. */
export type CostLine = Static<typeof CostLineSchema>;
/** What is known about a price; only `priced` and `free` come with a number. */
export type CostStatus = Static<typeof CostStatusSchema>;
/** A deviation of a stream, with a quirk's code or a word of our own, and the number of the chunk (from 0; -1: none). */
export type Diagnostic = Static<typeof DiagnosticSchema>;
/** When things happened, in milliseconds since the request; null when not seen. */
export type Timing = Static<typeof TimingSchema>;
/** Where a usage comes from. */
export type UsageSource = Static<typeof UsageSourceSchema>;
/** How an answer ended: whole, cut short, or failed. */
export type StreamStatus = Static<typeof StreamStatusSchema>;
/** One try at a call; retries and fallbacks make several. */
export type Attempt = Static<typeof AttemptSchema>;
