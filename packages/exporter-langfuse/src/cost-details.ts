import type { StandardLoggingPayload } from "@waybill/core";
import type { Call } from "@waybill/exporter-otlp";

import { sumOfDecimals } from "./decimal.js";
import { amountOf, listOf, membersOf } from "./members.js";

/** Langfuse's bucket of each kind of a bill's lines. What is charged for other things than tokens is `other`. */
const buckets = new Map([
  ["input", "input"],
  ["input_image", "input"],
  ["input_video", "input"],
  ["input_audio", "input_audio_tokens"],
  ["cache_read", "input_cached_tokens"],
  ["cache_write", "input_cache_creation"],
  ["cache_write_1h", "input_cache_creation_1h"],
  ["output", "output"],
  ["output_image", "output"],
  ["output_video", "output"],
  ["output_audio", "output_audio_tokens"],
  ["reasoning", "output_reasoning_tokens"],
]);

/**
 * USD by bucket with a total; undefined when the cost is unknown. Each bucket is added up exactly and rounded once. The total
 * is the payload's own double where that is the exact amount. Bills with a discount have a total alone, because no bucket may
 * be below 0, and so have those whose lines make another sum.
 */
export function costBuckets(
  payload: StandardLoggingPayload,
  { cost, waybill }: Call,
  isOneHour: boolean,
): Record<string, number> | undefined {
  if (!cost) return undefined;
  const stated = amountOf(payload.response_cost);
  const total = stated !== undefined && isClose(stated, cost.amount) ? stated : cost.amount;
  const amounts = new Map<string, unknown[]>();
  for (const line of listOf(membersOf(waybill.cost).lines)) {
    const { kind, amount } = membersOf(line);
    const isDiscount = typeof amount === "string" && amount.startsWith("-");
    const plain = isDiscount ? "discount" : (buckets.get(kind as string) ?? "other");
    const bucket = isOneHour && plain === "input_cache_creation" ? `${plain}_5m` : plain;
    amounts.set(bucket, [...(amounts.get(bucket) ?? []), amount]);
  }
  const divided: Record<string, number> = {};
  let sum = 0;
  for (const [bucket, list] of amounts) {
    const amount = amountOf(sumOfDecimals(list));
    if (amount === undefined) return { total };
    sum += amount;
    if (amount > 0) divided[bucket] = amount;
  }
  return isClose(sum, total) ? { ...divided, total } : { total };
}

/** Equal but for what adding doubles in another order changes. */
function isClose(left: number, right: number): boolean {
  return Math.abs(left - right) <= 1e-9 * Math.max(left, right);
}
