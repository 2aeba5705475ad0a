import type { TSchema, Static } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { AttemptSchema, DiagnosticSchema, TimingSchema, TokenUsageSchema } from "@waybill/core/schemas";
import type { CostEngine } from "@waybill/cost";

import type { DeliveryEvent } from "../ledger/ledger-store.js";
import { listOf, membersOf, textOf, type Members } from "../ledger/members.js";
import type { OpenCall } from "../live/live-calls.js";
import { liveLimits } from "../live/live-limits.js";
import { isoOf } from "./asking.js";
import { auditOf, checkEmitted, lintsOf } from "./findings.js";
import { withinRoom } from "./room.js";
import type { CallRow, LiveWaybill, Waybill } from "./schemas.js";
import { storedCost } from "./stored-cost.js";

/** All that the ledger knows of a call. What of its record is not what it should be is left out; `check` says what. */
export function waybillOf(
  row: CallRow,
  payload: unknown,
  events: readonly DeliveryEvent[],
  engine: CostEngine,
  now: number,
): Waybill {
  const record = membersOf(payload);
  const waybill = membersOf(record.waybill);
  const whole: Waybill = {
    status: row.status,
    row,
    request: {
      model: row.modelAsked,
      messages: record.messages ?? null,
      parameters: record.model_parameters ?? null,
    },
    completion: record.response ?? null,
    error: record.error_information ?? record.error_str ?? null,
    provider: providerOf(record, waybill),
    diagnostics: allOf(DiagnosticSchema, waybill.diagnostics),
    timing: oneOf(TimingSchema, waybill.timing),
    usage: oneOf(TokenUsageSchema, waybill.usage),
    usageSource: row.usageSource,
    cost: storedCost(record),
    audit: auditOf(payload, engine, "standard-logging-payload"),
    check: checkEmitted(payload),
    lints: lintsOf("standard-logging-payload", payload),
    attempts: allOf(AttemptSchema, waybill.attempts),
    degraded: textOf(waybill.degraded),
    delivery: events.map(({ sink, at, attempt, state, code, reason }) => ({
      sink,
      at: isoOf(at),
      attempt,
      state,
      code,
      reason,
    })),
    omitted: [],
    asOf: isoOf(now),
  };
  return withinRoom(whole, [
    "/completion",
    "/request/messages",
    "/request/parameters",
    "/error",
    "/usage",
    "/attempts",
  ]);
}

/** All that is known of a call that has not ended. */
export function liveWaybillOf(call: OpenCall, now: number): LiveWaybill {
  const { text } = call.look();
  const request = membersOf(call.request);
  const { messages, input, prompt, model, ...parameters } = request;
  const whole: LiveWaybill = {
    status: "streaming",
    row: call.row(liveLimits.text),
    request: { model: textOf(model), messages: messages ?? input ?? prompt ?? null, parameters },
    text,
    omitted: [],
    asOf: isoOf(now),
  };
  return withinRoom(whole, ["/text", "/request/messages", "/request/parameters"]);
}

/** The host alone: addresses have been seen with keys in them. */
function providerOf(record: Members, waybill: Members): Waybill["provider"] {
  const base = textOf(record.api_base);
  return {
    name: textOf(record.custom_llm_provider),
    host: base !== null && URL.canParse(base) ? new URL(base).host : null,
    requestId: textOf(waybill.providerRequestId),
  };
}

function oneOf<Schema extends TSchema>(schema: Schema, value: unknown): Static<Schema> | null {
  return Value.Check(schema, value) ? value : null;
}

function allOf<Schema extends TSchema>(schema: Schema, values: unknown): Static<Schema>[] {
  return listOf(values).filter((value): value is Static<Schema> => Value.Check(schema, value));
}
