import type { CostResult, CostStatus, TokenUsage } from "@waybill/core";

import type { Bill } from "./bill.js";
import type { Models } from "./catalog/models.js";
import type { PriceRequest } from "./price-request.js";
import type { Members } from "./usage/counts.js";
import type { UsageReading } from "./usage/read-usage.js";

/** What every call is priced with. */
export type PriceContext = { models: Models; compat: "litellm" | undefined; now: () => number };

/** A call on its way to a price. */
export type Call = {
  context: PriceContext;
  request: PriceRequest;
  /** The usage as the provider sent it. */
  raw: Members;
  reading: UsageReading;
  provider: string;
  at: number;
  bill: Bill;
};

/** The time of a call of today to a model whose price has no end: reading the clock would cost more than the price. */
export const endOfTime = Number.MAX_SAFE_INTEGER;

/** A result that says why there is no price. */
export function withoutPrice(
  status: CostStatus,
  reason: string,
  usage: TokenUsage | null = null,
): CostResult {
  return { status, cost: null, exact: null, prompt: null, completion: null, lines: [], usage, reason };
}
