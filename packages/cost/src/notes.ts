import type { Call } from "./call.js";
import type { DatedBook, PricedModel } from "./catalog/priced-model.js";
import type { ServedTier } from "./service-tier.js";

/** What a careful reader should know of a price; undefined when there is nothing. */
export function notesOf(
  call: Call,
  model: PricedModel,
  dated: DatedBook,
  served: ServedTier,
): string[] | undefined {
  const { reading } = call;
  const { prices, source } = dated.book;
  const notes: string[] = [];
  if (reading.status === "read" && reading.note) notes.push(reading.note);
  const { tier } = served;
  if (tier && !prices.tiers?.[tier] && !prices.above?.some(({ tiers }) => tiers?.[tier]))
    notes.push(`the catalog has no ${tier} rates of ${model.model}; the standard ones are charged`);
  const { from, to } = dated.interval;
  if (call.at < dated.from || call.at >= dated.to)
    notes.push(
      `no price is known for that time; the one from ${from ?? "the first"} to ${to ?? "this"} day is taken`,
    );
  else if (dated.interval.basis === "assumed")
    notes.push(`${call.request.model} is not listed; the price of ${model.model} is taken`);
  if (prices.noise) notes.push("the published rates are a float's noise; 12 digits of them are charged");
  if (prices.other && source.startsWith("override"))
    notes.push(`no rule charges by ${Object.keys(prices.other).join(", ")} of the override`);
  return notes.length > 0 ? notes : undefined;
}
