import { Type, type Static } from "@sinclair/typebox";
import { CostStatusSchema, UsageSourceSchema } from "@waybill/core/schemas";

import { Count, exact, Instant, Milliseconds, Money, nullable, oneOf, Text } from "./pieces.js";

export const CallKeySchema = Type.Object(
  { id: Text, alias: nullable(Text), lastFour: nullable(Text) },
  { ...exact, description: "The caller's key, which nobody can use who reads this." },
);

export const CallTokensSchema = Type.Object(
  {
    in: nullable(Count),
    out: nullable(Count),
    cacheRead: nullable(Count),
    cacheWrite: nullable(Count),
    reasoning: nullable(Count),
    total: nullable(Count),
  },
  { ...exact, description: "As the provider counts; null is what nobody counted." },
);

export const DeliveryStateSchema = oneOf(["delivered", "retry", "dead", "rejected", "dropped"]);

const row = {
  seq: Type.Integer({ minimum: 1, description: "The order of entering the ledger." }),
  id: Text,
  startedAt: Instant,
  endedAt: nullable(Instant),
  provider: nullable(Text),
  modelAsked: nullable(Text),
  model: nullable(Text),
  key: nullable(CallKeySchema),
  status: oneOf(["complete", "incomplete", "failure"]),
  error: nullable(
    Type.Object(
      { class: nullable(Text), status: nullable(Type.Integer()), message: Text },
      { ...exact, description: "Why it failed." },
    ),
  ),
  stream: Type.Boolean(),
  ttftMs: nullable(Milliseconds),
  totalMs: nullable(Milliseconds),
  tokens: nullable(CallTokensSchema),
  usageSource: UsageSourceSchema,
  cost: nullable(Money),
  costStatus: CostStatusSchema,
  costReason: nullable(Text),
  saved: nullable(Money),
  diagnostics: Type.Array(Text),
  audit: nullable(oneOf(["match", "mismatch", "unverifiable"])),
  tags: Type.Array(Text),
  preview: Type.String({ maxLength: 240, description: "What the call said, or why it failed, in one line." }),
  traceId: nullable(Text),
  sessionId: nullable(Text),
  userId: nullable(Text),
};

/** A call that has ended, as lists show it. */
export const CallRowSchema = Type.Object(
  {
    ...row,
    delivery: Type.Record(Text, DeliveryStateSchema, {
      description: "The latest state at each sink that has had it.",
    }),
  },
  exact,
);
export type CallRow = Static<typeof CallRowSchema>;

/** What is known of an answer while it is being written. The counts and the price are estimates: four characters a token. */
const running = {
  tokens: Type.Object({ in: nullable(Count), out: Count }, exact),
  estimated: Type.Literal(true, { description: "tokens and cost are estimates." }),
  cost: nullable(Money),
  ttftMs: nullable(Milliseconds),
};

/** A call that has not ended, as lists show it. */
export const LiveRowSchema = Type.Object(
  {
    id: Text,
    status: Type.Literal("streaming"),
    startedAt: Instant,
    api: Text,
    provider: nullable(Text),
    modelAsked: nullable(Text),
    key: nullable(CallKeySchema),
    stream: Type.Boolean(),
    tags: Type.Array(Text),
    traceId: nullable(Text),
    sessionId: nullable(Text),
    userId: nullable(Text),
    text: Type.String({ description: "The end of what it says so far." }),
    skipped: Type.Integer({ minimum: 0, description: "Characters before it that are not in `text`." }),
    ...running,
  },
  exact,
);
export type LiveRow = Static<typeof LiveRowSchema>;

/** What is new about a call that has not ended. */
export const LivePatchSchema = Type.Object(
  {
    append: Type.String({ description: "The end of what was added to the text." }),
    skipped: Type.Integer({
      minimum: 0,
      description: "Characters that were added before it and are not in it.",
    }),
    reset: Type.Optional(
      Type.Literal(true, {
        description:
          "A secret was recognised in text that was shown: the text is what this patch says, and no more.",
      }),
    ),
    ...running,
  },
  exact,
);
export type LivePatch = Static<typeof LivePatchSchema>;

/** A piece of the list of calls. The cursors lead to what is older and newer; there is none where the list ends. */
export const CallsAnswerSchema = Type.Object(
  {
    items: Type.Array(CallRowSchema),
    next: Type.Optional(Text),
    prev: Type.Optional(Text),
    watermark: Type.Integer({ minimum: 0, description: "What has a larger seq has entered since." }),
    asOf: Instant,
  },
  exact,
);
export type CallsAnswer = Static<typeof CallsAnswerSchema>;
