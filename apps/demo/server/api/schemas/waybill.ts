import { Type, type Static } from "@sinclair/typebox";
import {
  AttemptSchema,
  CostLineSchema,
  CostStatusSchema,
  DiagnosticSchema,
  TimingSchema,
  TokenUsageSchema,
  UsageSourceSchema,
} from "@waybill/core/schemas";

import { CallRowSchema, DeliveryStateSchema, LiveRowSchema } from "./call-row.js";
import { AuditReportSchema, CheckAnswerSchema, LintsSchema, OmittedSchema } from "./findings.js";
import { Count, exact, Instant, Money, nullable, oneOf, Text } from "./pieces.js";

/** What the record of a call states of its price. */
export const StoredCostSchema = Type.Object(
  {
    status: CostStatusSchema,
    exact: nullable(Text),
    double: nullable(Type.Number({ description: "The same amount as LiteLLM's double." })),
    lines: Type.Array(CostLineSchema),
    sum: nullable(Money),
    linesAgree: nullable(
      Type.Boolean({ description: "Whether the lines add up to `exact`; null without a price." }),
    ),
    catalog: nullable(Text),
    reason: Type.Optional(Text),
    inclusion: Type.Optional(Text),
    notes: Type.Optional(Type.Array(Text)),
  },
  exact,
);
export type StoredCost = Static<typeof StoredCostSchema>;

export const DeliveryEventSchema = Type.Object(
  {
    sink: Text,
    at: Instant,
    attempt: nullable(Count),
    state: DeliveryStateSchema,
    code: nullable(Text),
    reason: nullable(Text),
  },
  exact,
);
export type DeliveryEventAnswer = Static<typeof DeliveryEventSchema>;

export const RequestAnswerSchema = Type.Object(
  {
    model: nullable(Text),
    messages: Type.Unknown({ description: "The prompt; null when it was not kept, or is omitted." }),
    parameters: Type.Unknown(),
  },
  exact,
);

/** All that is known of one call that has ended. Only `row` is sure to be there: records come from many programs. */
export const WaybillSchema = Type.Object(
  {
    status: oneOf(["complete", "incomplete", "failure"]),
    row: CallRowSchema,
    request: RequestAnswerSchema,
    completion: Type.Unknown({ description: "The answer as it was recorded; null when there is none." }),
    error: nullable(Type.Unknown()),
    provider: Type.Object({ name: nullable(Text), host: nullable(Text), requestId: nullable(Text) }, exact),
    diagnostics: Type.Array(DiagnosticSchema),
    timing: nullable(TimingSchema),
    usage: nullable(TokenUsageSchema),
    usageSource: UsageSourceSchema,
    cost: StoredCostSchema,
    audit: AuditReportSchema,
    check: CheckAnswerSchema,
    lints: LintsSchema,
    attempts: Type.Array(AttemptSchema),
    degraded: nullable(Text),
    delivery: Type.Array(DeliveryEventSchema),
    omitted: Type.Array(OmittedSchema),
    asOf: Instant,
  },
  exact,
);
export type Waybill = Static<typeof WaybillSchema>;

/** What is known of a call that has not ended. */
export const LiveWaybillSchema = Type.Object(
  {
    status: Type.Literal("streaming"),
    row: LiveRowSchema,
    request: RequestAnswerSchema,
    text: Type.String({ description: "What it says so far, from the beginning." }),
    omitted: Type.Array(OmittedSchema),
    asOf: Instant,
  },
  exact,
);
export type LiveWaybill = Static<typeof LiveWaybillSchema>;

/** What a document says of itself, and what is true of that. Nothing of it is kept. */
export const AuditAnswerSchema = Type.Object(
  {
    detected: nullable(Text),
    form: oneOf(["json", "chunks", "sse"]),
    check: CheckAnswerSchema,
    lints: LintsSchema,
    audit: AuditReportSchema,
    normalized: nullable(
      Type.Object(
        {
          completion: Type.Unknown(),
          status: nullable(oneOf(["complete", "incomplete", "error"])),
          diagnostics: Type.Array(DiagnosticSchema),
          usage: nullable(TokenUsageSchema),
          cost: nullable(StoredCostSchema),
        },
        { ...exact, description: "What a stream, a recording, a completion or a usage object comes to." },
      ),
    ),
    omitted: Type.Array(OmittedSchema),
    asOf: Instant,
  },
  exact,
);
export type AuditAnswer = Static<typeof AuditAnswerSchema>;
