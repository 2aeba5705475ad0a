import type { CostLine, StandardLoggingPayloadEmit, TokenUsage, WaybillMember } from "@waybill/core";

import { boxes } from "./boxes.js";
import { breakdownOf, type CostBreakdown } from "./cost-breakdown.js";
import type { Losses } from "./losses.js";
import { isMembers, listOf, membersOf, numberOf, textOf } from "./members.js";
import { decimal, type Reader } from "./shapes.js";

/** What a call cost, as far as a record holds it. */
export type Charged = {
  /** USD; null when unknown. */
  cost: number | null;
  /** What an answer from the cache saved. USD; null when unknown. */
  saved: number | null;
  /** How the cost is made up, where its lines say so. */
  breakdown: CostBreakdown | undefined;
  usage: TokenUsage | null;
  /** The model of the catalog that the price is of. */
  model: string | undefined;
  member: WaybillMember["cost"];
};

const noPrice = "no price was asked for";

/** Reads a CostResult. An answer from the cache costs nothing, and its price is what it saved. */
export function chargedOf(price: unknown, cache: unknown, losses: Losses): Charged {
  if (price !== undefined && price !== null && !isMembers(price)) losses.add("a cost that is no object");
  const result = membersOf(price);
  const stated = numberOf(result.cost);
  const isPriced = stated !== undefined && stated >= 0;
  const usage = readOr(result.usage, boxes.tokenUsage, null, "cost.usage", losses);
  const model = textOf(result.model);
  const { hit, savedCost } = membersOf(cache);
  if (hit === true) {
    const saved = numberOf(savedCost) ?? (isPriced && stated > 0 ? stated : null);
    return { cost: 0, saved, breakdown: undefined, usage, model, member: hitMember(textOf(result.catalog)) };
  }

  const lines = linesOf(result.lines, losses);
  const cost = isPriced ? stated : null;
  if (stated !== undefined && !isPriced) losses.add("a cost below 0");
  const [prompt, completion] = [numberOf(result.prompt), numberOf(result.completion)];
  const isDivided = cost !== null && prompt !== undefined && completion !== undefined && lines.length > 0;
  const reason = isMembers(price) ? textOf(result.reason) : noPrice;
  const inclusion = textOf(result.inclusion);
  const notes = listOf(result.notes).flatMap((note) => textOf(note) ?? []);
  const status = readOr(result.status, boxes.costStatus, "unpriced", "cost.status", losses);
  return {
    cost,
    saved: 0,
    breakdown: isDivided ? breakdownOf({ cost, prompt, completion, lines }) : undefined,
    usage,
    model,
    member: {
      status,
      exact: readOr(result.exact, decimal, null, "cost.exact", losses),
      lines,
      catalog: textOf(result.catalog) ?? null,
      ...(reason === undefined ? {} : { reason }),
      ...(inclusion === undefined ? {} : { inclusion }),
      ...(notes.length === 0 ? {} : { notes }),
    },
  };
}

/** Why the cost of a record is unknown; null when it is known. */
export function costFailure(
  { cost, member }: Charged,
  call: { model: string; provider: string; callType: string },
): StandardLoggingPayloadEmit["response_cost_failure_debug_info"] {
  if (cost !== null) return null;
  const reason = member.reason ?? "no reason is known";
  return {
    error_str: reason === noPrice ? reason : `${member.status}: ${reason}`,
    traceback_str: "",
    model: call.model,
    custom_llm_provider: call.provider,
    call_type: call.callType,
  };
}

function hitMember(catalog: string | undefined): WaybillMember["cost"] {
  const line: CostLine = { kind: "cache_hit", count: 1, rate: "0", amount: "0", source: "/cacheHit" };
  return { status: "free", exact: "0", lines: [line], catalog: catalog ?? null };
}

function linesOf(value: unknown, losses: Losses): CostLine[] {
  if (value !== undefined && !Array.isArray(value)) losses.add("cost.lines, which is no list");
  return listOf(value).flatMap((item) => {
    const line = boxes.costLine(item);
    if (!line) losses.add("a line of cost.lines");
    return line ? [line] : [];
  });
}

/** The value where it is of the shape; what is not there at all is no loss. */
export function readOr<Value, Stand>(
  value: unknown,
  reader: Reader<Value>,
  stand: Stand,
  what: string,
  losses: Losses,
): Value | Stand {
  const read = reader(value);
  if (read === undefined && value !== undefined && value !== null) losses.add(what);
  return read ?? stand;
}
