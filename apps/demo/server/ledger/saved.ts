import { amountText, readAmount } from "./amounts.js";
import { listOf, membersOf, type Members } from "./members.js";

/** Lines of what a prompt cache took part in. */
const cacheKinds = new Set<unknown>(["cache_read", "cache_write", "cache_write_1h"]);

/** Lines that multiply others: what a token costs is then no longer the rate of its line. */
const factorKinds = new Set<unknown>([
  "discount",
  "margin",
  "inference_geo",
  "fast_mode",
  "regional_uplift",
  "regional_endpoint",
]);

/**
 * What the provider's prompt cache saved, from the lines of a bill: what its tokens would have cost at the input rate, less
 * what they did cost. Negative when writing cost more than reading saved. "0" for a call without such lines. Null when it
 * cannot be said exactly: without a price, without one input rate to compare with, or with a discount on top.
 */
export function savedByCache(cost: Members): string | null {
  if (cost.status !== "priced" && cost.status !== "free") return null;
  const lines = listOf(cost.lines).map(membersOf);
  if (lines.some(({ kind }) => factorKinds.has(kind))) return null;
  const cached = lines.filter(({ kind }) => cacheKinds.has(kind));
  if (cached.length === 0) return "0";
  const rates = new Set(lines.filter(({ kind }) => kind === "input").map(({ rate }) => rate));
  const [rate] = rates;
  const input = rates.size === 1 ? unitsOf(rate) : null;
  if (input === null) return null;
  let saved = 0n;
  for (const { count, amount } of cached) {
    const charged = unitsOf(amount);
    if (charged === null || !Number.isSafeInteger(count)) return null;
    saved += BigInt(count as number) * input - charged;
  }
  const text = amountText(saved);
  return "units" in readAmount(text) ? text : null;
}

function unitsOf(text: unknown): bigint | null {
  const amount = typeof text === "string" ? readAmount(text) : undefined;
  return amount && "units" in amount ? amount.units : null;
}
