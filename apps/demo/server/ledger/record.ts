import type { CostStatus, StandardLoggingPayload, UsageSource } from "@waybill/core";

import { amountText, readAmount } from "./amounts.js";
import type { AuditVerdict, CallStatus } from "./call-filter.js";
import type { LedgerRecord } from "./ledger-record.js";
import { countOf, listOf, measureOf, membersOf, textOf, type Members } from "./members.js";
import { isWellFormed, oneLine, wellFormed } from "./plain-text.js";
import { previewOf } from "./preview.js";
import { savedByCache } from "./saved.js";
import { durationsOf, momentOf } from "./time/moments.js";

/** A payload as a record, or why it cannot be one. */
export type Mapped = { record: LedgerRecord } | { refused: string; reason: string };

/** The longest message of an error and the longest name that columns hold; the payload holds all. */
const LONGEST_MESSAGE = 240;
const LONGEST_NAME = 1000;

/**
 * The record of a payload; never throws. `audit` is the verdict on the costs that the payload states, when somebody audited
 * it. Refused are payloads without an id or a time, with an id that cannot be written, or with an amount that would have to
 * be rounded. A payload without the member `waybill` states no exact cost, and so has none.
 */
export function toLedgerRecord(
  payload: StandardLoggingPayload,
  { audit = null }: { audit?: AuditVerdict | null | undefined } = {},
): Mapped {
  try {
    return mapped(membersOf(payload), audit);
  } catch {
    return { refused: "unreadable", reason: "the payload cannot be read or written as JSON" };
  }
}

function mapped(payload: Members, audit: AuditVerdict | null): Mapped {
  const id = textOf(payload.id, payload.litellm_call_id);
  if (id === null) return { refused: "no-id", reason: "the payload has no id" };
  if (!isWellFormed(id))
    return { refused: "bad-id", reason: `${JSON.stringify(id.slice(0, 80))} is not well-formed text` };
  const waybill = membersOf(payload.waybill);
  const [start, ended] = [momentOf(payload.startTime), momentOf(payload.endTime)];
  const started = start ?? ended;
  if (started === null) return { refused: "no-time", reason: "the payload has neither a start nor an end" };
  const cost = costOf(membersOf(waybill.cost));
  if ("refused" in cost) return cost;

  const provider = nameOf(payload.custom_llm_provider);
  const status = statusOf(payload.status, waybill.status);
  const failure = failureOf(payload, status);
  const stream = payload.stream === true || membersOf(payload.model_parameters).stream === true;
  const durations = durationsOf(payload, stream);
  const usage = usageOf(membersOf(waybill.usage));
  const out = countOf(payload.completion_tokens);
  const usageSource = sourceOf(waybill.usageSource);
  return {
    record: {
      id,
      key: wellFormed(textOf(waybill.idempotencyKey) ?? `${provider ?? ""}:${id}@${started}`),
      started,
      ended,
      provider,
      modelAsked: nameOf(waybill.requestedModel, payload.model_group, payload.model),
      model: nameOf(membersOf(payload.response).model, payload.model),
      caller: callerOf(membersOf(payload.metadata)),
      status,
      ...failure,
      stream,
      ttft: durations.ttft,
      total: durations.total,
      gap: durations.gap,
      rate: usageSource === "provider" ? rateOf(out, durations.writing) : null,
      tokens: {
        in: countOf(payload.prompt_tokens),
        out,
        cacheRead: usage.cacheRead,
        cacheWrite: usage.cacheWrite,
        reasoning: usage.reasoning,
        total: countOf(payload.total_tokens),
      },
      freshIn: usage.freshIn,
      plainOut: usage.plainOut,
      usageSource,
      ...cost,
      charged: cost.cost === null ? chargedOf(membersOf(payload.metadata)) : null,
      diagnostics: distinct(listOf(waybill.diagnostics).map((each) => membersOf(each).code)),
      audit,
      tags: distinct(listOf(payload.request_tags)),
      preview: previewOf(payload.response, payload.messages, failure.errorMessage),
      traceId: nameOf(payload.trace_id),
      sessionId: nameOf(payload.session_id),
      userId: nameOf(payload.end_user),
      payload: JSON.stringify(payload),
    },
  };
}

/**
 * A stream that was cut is incomplete also where its record is that of a failure: there is an answer, and it lacks its end.
 * All other failures are failures.
 */
function statusOf(status: unknown, answered: unknown): CallStatus {
  if (answered === "incomplete") return "incomplete";
  return status === "failure" || answered === "error" ? "failure" : "complete";
}

function failureOf(
  payload: Members,
  status: CallStatus,
): Pick<LedgerRecord, "errorClass" | "errorStatus" | "errorMessage"> {
  const { error_class: kind, error_code: code, error_message: words } = membersOf(payload.error_information);
  const message = textOf(words, payload.error_str);
  if (status === "complete" || (status === "incomplete" && message === null))
    return { errorClass: null, errorStatus: null, errorMessage: null };
  const httpStatus = typeof code === "string" && /^[1-5][0-9]{2}$/.test(code) ? Number(code) : null;
  return {
    errorClass: nameOf(kind, httpStatus === null ? code : null),
    errorStatus: httpStatus,
    errorMessage: oneLine(message ?? "", LONGEST_MESSAGE),
  };
}

type CostColumns = Pick<LedgerRecord, "cost" | "costStatus" | "costReason" | "saved">;
const costStatuses = new Set<unknown>(["priced", "free", "unpriced", "no_usage", "invalid"]);

function costOf(cost: Members): CostColumns | { refused: string; reason: string } {
  const amount = typeof cost.exact === "string" ? readAmount(cost.exact) : null;
  if (amount && "refused" in amount) return amount;
  const reason = textOf(cost.reason);
  return {
    cost: amount ? amountText(amount.units) : null,
    costStatus: costStatuses.has(cost.status) ? (cost.status as CostStatus) : "unpriced",
    costReason:
      reason !== null ? oneLine(reason, LONGEST_NAME) : amount ? null : "the record states no exact cost",
    saved: amount ? savedByCache(cost) : null,
  };
}

/** What the gateway says that a budget was charged. */
function chargedOf(metadata: Members): string | null {
  const { waybill_charged: text } = membersOf(metadata.spend_logs_metadata);
  const amount = typeof text === "string" ? readAmount(text) : null;
  return amount && "units" in amount && amount.units >= 0n ? amountText(amount.units) : null;
}

/** The disjoint counts, summed up to what the ledger tells apart; all unknown when the usage is. */
function usageOf({ input, output }: Members): {
  freshIn: number | null;
  cacheRead: number | null;
  cacheWrite: number | null;
  plainOut: number | null;
  reasoning: number | null;
} {
  const [read, made] = [membersOf(input), membersOf(output)];
  return {
    freshIn: sumOf(read.text, read.audio, read.image, read.video),
    cacheRead: countOf(read.cacheRead),
    cacheWrite: sumOf(read.cacheWrite5m, read.cacheWrite1h),
    // Video is absent where there is none.
    plainOut: sumOf(made.text, made.audio, made.image, made.video === undefined ? 0 : made.video),
    reasoning: countOf(made.reasoning),
  };
}

function sumOf(...values: unknown[]): number | null {
  const counts = values.map(countOf);
  return counts.includes(null) ? null : countOf(counts.reduce<number>((sum, each) => sum + (each ?? 0), 0));
}

const usageSources = new Set<unknown>(["provider", "estimated", "mixed", "missing"]);

function sourceOf(source: unknown): UsageSource {
  return usageSources.has(source) ? (source as UsageSource) : "missing";
}

/** Shorter than this, and a rate says more about the network than about the model. Microseconds. */
const SHORTEST_WRITING = 200_000;

/** Tokens a second after the first one. */
function rateOf(out: number | null, writing: number | null): number | null {
  if (out === null || out < 2 || writing === null || writing < SHORTEST_WRITING) return null;
  return measureOf(((out - 1) * 1e6) / writing);
}

/** The key by its hash; whoever makes keys may put their last four characters into `user_api_key_auth_metadata.last_four`. */
function callerOf(metadata: Members): LedgerRecord["caller"] {
  const id = nameOf(metadata.user_api_key_hash);
  if (id === null) return null;
  const lastFour = membersOf(metadata.user_api_key_auth_metadata).last_four;
  return {
    id,
    alias: nameOf(metadata.user_api_key_alias),
    lastFour: typeof lastFour === "string" && /^[\w-]{4}$/.test(lastFour) ? lastFour : null,
  };
}

function nameOf(...values: unknown[]): string | null {
  const name = textOf(...values);
  return name === null ? null : wellFormed(name.slice(0, LONGEST_NAME));
}

/** The texts of a list, each once. */
function distinct(values: readonly unknown[]): string[] {
  return [...new Set(values.flatMap((value) => nameOf(value) ?? []))];
}
