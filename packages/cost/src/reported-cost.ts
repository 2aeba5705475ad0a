import type { CostResult, TokenUsage } from "@waybill/core";

import { Bill } from "./bill.js";
import { withoutPrice, type Call } from "./call.js";
import type { PricedResolution } from "./catalog/models.js";
import { add, decimalOf, formatDecimal, multiply, parseDecimal, type Decimal } from "./decimal.js";
import { InvalidCount, membersOf, type Members } from "./usage/counts.js";

/** What a provider itself says that a call cost, and the member that says it. */
export type ReportedCost = { amount: Decimal; path: string };

/**
 * The price that a usage object states, in USD: a number or `{ total_cost }` at `cost` (OpenRouter, Perplexity),
 * `cost_in_usd_ticks` of 1e-10 (xAI), `estimated_cost` (DeepInfra). With a key of one's own OpenRouter charges its fee there
 * and the provider the rest, so both are summed.
 */
export function reportedCost(raw: Members): ReportedCost | undefined {
  const { cost, cost_in_usd_ticks: ticks, estimated_cost: estimated } = raw;
  const { total_cost: total } = membersOf(cost);
  const { upstream_inference_cost: upstream } = membersOf(raw.cost_details);
  if (isAmount(cost)) {
    const own = decimalOf(cost);
    const amount = raw.is_byok === true && isAmount(upstream) ? add(own, decimalOf(upstream)) : own;
    return { amount, path: "/usage/cost" };
  }
  if (isAmount(total)) return { amount: decimalOf(total), path: "/usage/cost/total_cost" };
  if (isAmount(ticks)) {
    const amount = multiply(decimalOf(ticks), { coefficient: 1, scale: 10 });
    return { amount, path: "/usage/cost_in_usd_ticks" };
  }
  return isAmount(estimated) ? { amount: decimalOf(estimated), path: "/usage/estimated_cost" } : undefined;
}

/** What a proxy says that the call cost, or nothing for an answer from its cache. */
export function reported(
  { bill, request, reading }: Call,
  resolution: PricedResolution | undefined,
): CostResult {
  const isCached = request.cacheHit === true;
  const amount = isCached ? { coefficient: 0, scale: 0 } : givenCost(request.reportedCost);
  bill.amount(isCached ? "cache_hit" : "reported", amount, isCached ? "/cacheHit" : "/reportedCost");
  const exact = formatDecimal(amount);
  return {
    status: bill.isFree ? "free" : "priced",
    cost: Number(exact),
    exact,
    prompt: null,
    completion: null,
    lines: bill.lines,
    usage: reading.status === "read" ? reading.usage : null,
    ...(resolution?.found ? { model: resolution.model.model } : {}),
  };
}

/** What the provider states in its usage, where the catalog has no price; else the reason why there is none. */
export function fallBack({ context, raw }: Call, reason: string, usage: TokenUsage | null): CostResult {
  const stated = context.compat === undefined ? reportedCost(raw) : undefined;
  if (!stated) return withoutPrice("unpriced", reason, usage);
  const bill = new Bill();
  bill.amount("reported", stated.amount, stated.path);
  const exact = formatDecimal(bill.exact);
  const [cost, lines] = [Number(exact), bill.lines];
  const note = `${reason}; the amount is the provider's own`;
  return { status: "priced", cost, exact, prompt: null, completion: null, lines, usage, notes: [note] };
}

/** An amount that a caller gives, as a number or as decimal text. */
function givenCost(value: unknown): Decimal {
  const amount = isAmount(value)
    ? decimalOf(value)
    : typeof value === "string"
      ? parseDecimal(value)
      : undefined;
  if (!amount || amount.coefficient < 0)
    throw new InvalidCount("/reportedCost is no amount, and it is a number or decimal text of USD from 0 up");
  return amount;
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && Number.isFinite(value);
}
