import type { CostLine, CostStatus, TokenUsage } from "../schemas/accounting.js";

/** The span of time for which a price holds. */
export type PriceInterval = {
  /** ISO date from which the price holds; null: since the first one known. */
  from: string | null;
  /** ISO date before which it holds; null: to this day. */
  to: string | null;
  /** `effective`: the provider's own date. `observed`: the day a catalog changed. `assumed`: taken for lack of a better. */
  basis: "effective" | "observed" | "assumed";
  /** The catalog that says so. */
  source: string;
};

/** The price of one call. `cost` and `exact` are one amount: the double and the decimal text, in USD. */
export type CostResult = {
  status: CostStatus;
  /** USD as the IEEE double that LiteLLM's order of operations gives; null when there is no price. */
  cost: number | null;
  /** USD as exact decimal text; null when there is no price. */
  exact: string | null;
  /** The input side of `cost`. */
  prompt: number | null;
  /** The output side of `cost`. */
  completion: number | null;
  /** What is charged, line by line; the amounts sum to `exact`. */
  lines: CostLine[];
  /** The counts that were charged; null when the usage is unknown or cannot be. */
  usage: TokenUsage | null;
  /** The model of the catalog that the price is of. */
  model?: string;
  interval?: PriceInterval;
  /** The catalog that the price is from, with its date. */
  catalog?: string;
  /** How cached and reasoning tokens were told apart from the rest, when that was not plain. */
  inclusion?: string;
  /** What a careful reader should know of the price: sums that do not agree, a tier without rates, a price out of its time. */
  notes?: string[];
  /** Why there is no price. */
  reason?: string;
};
