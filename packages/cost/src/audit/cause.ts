import type { CostResult } from "@waybill/core";

import type { Decimal } from "../decimal.js";
import type { CostEngine } from "../engine.js";
import type { PriceRequest } from "../price-request.js";

/** An explanation of a mismatch that the arithmetic allows. Several may fit. */
export type AuditCause = {
  code:
    | "missing-rate"
    | "cache-hit-billed"
    | "cache-billed-twice"
    | "cache-not-discounted"
    | "cache-not-billed"
    | "cache-write-1h-at-5m"
    | "reasoning-billed-twice"
    | "reasoning-not-billed"
    | "tools-not-billed"
    | "threshold-not-applied"
    | "tier-not-applied"
    | "batch-not-applied"
    | "other-tier"
    | "stale-price"
    | "other-interval"
    | "input-only"
    | "output-only"
    | "per-million-slip"
    | "rounded"
    | "input-tokens"
    | "output-tokens";
  /** The arithmetic in words and numbers. */
  message: string;
};

/** Another way of charging a call: what it adds to lines of the bill, or takes from them. */
export type OtherCharge = { code: AuditCause["code"]; words: string; changes: [kind: string, by: Decimal][] };

/** Another price of a call. */
export type OtherPrice = { code: AuditCause["code"]; words: string; result: CostResult };

/** A call that was priced, and the engine that did it. */
export type PricedCall = { engine: CostEngine; request: PriceRequest; result: CostResult };
