import type { Call } from "./call.js";
import type { DatedBook, ModelPrices } from "./catalog/priced-model.js";
import type { ServedTier } from "./service-tier.js";

/** What a careful reader should know of a price; undefined when there is nothing. */
export function notesOf(
  call: Call,
  model: ModelPrices,
  dated: DatedBook,
  served: ServedTier,
): string[] | undefined {
  const { reading, request, bill } = call;
  const { prices, source } = dated.book;
  const notes: string[] = [];
  if (reading.status === "read" && reading.note) notes.push(reading.note);
  const { tier } = served;
  if (tier && !prices.tiers?.[tier] && !prices.above?.some(({ tiers }) => tiers?.[tier]))
    notes.push(`the catalog has no ${tier} rates of ${model.model}; the standard ones are charged`);
  if (tier && prices.tiers?.[tier] && reading.status === "read") {
    const { prompt } = reading;
    const crossed = prices.above?.findLast(({ tokens }) => prompt > tokens);
    if (crossed && !crossed.tiers?.[tier])
      notes.push(`beyond ${crossed.tokens} tokens there are no ${tier} rates; the standard ones are charged`);
  }
  const batch = request.batch === true || served.isBatch ? prices.tiers?.batch : undefined;
  if (batch?.in && !batch.cr && reading.status === "read" && reading.usage.input.cacheRead > 0)
    notes.push("a batch charges cached tokens at its input rate, where it has no other");
  const { size } = request;
  if (
    size &&
    !model.model.includes(size.replace("x", "-x-")) &&
    bill.lines.some(({ kind }) => kind === "images")
  )
    notes.push(
      `no price of ${[request.quality, size].filter(Boolean).join(" ")} is listed; that of any is charged`,
    );
  const { from, to } = dated.interval;
  if (call.at < dated.since || call.at >= dated.to)
    notes.push(
      `no price is known for that time; the one that holds from ${from ?? "2025-02-06 or before"}${to ? ` to ${to}` : ""} is taken, and prices of the past are in @waybill/cost/catalog/history`,
    );
  else if (dated.interval.basis === "assumed")
    notes.push(`${call.request.model} is not listed; the price of ${model.model} is taken`);
  if (prices.noise) notes.push("the published rates are a float's noise; 12 digits of them are charged");
  if (prices.other && source.startsWith("override"))
    notes.push(`no rule charges by ${Object.keys(prices.other).join(", ")} of the override`);
  return notes.length > 0 ? notes : undefined;
}
