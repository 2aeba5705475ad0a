import type { Source } from "../src/catalog/format.js";
import type { Prices } from "../src/catalog/litellm-entry.js";
import { daysBetween } from "./calendar.js";
import { factsOf, pricesOf, type LitellmMap } from "./litellm.js";
import { equalPrices } from "./price-order.js";
import { sameBaseRates } from "./same-rates.js";
import { shardOf } from "./shards.js";
import { closedOn, endOf, overlay, startOf, type DatedPrice, type TimedCatalog } from "./timeline.js";

/** A change that the map shows within so many days of a provider's own date is that change. */
export const NEAR_DAYS = 45;

/**
 * Brings a catalog up to the map of a day: a changed price is a new one from that day, a model that is no longer in the
 * map has no price from that day, and all else stays. With nothing known before, the age of the prices is unknown.
 */
export function observeMap(
  catalog: TimedCatalog,
  map: LitellmMap,
  source: Source,
  { place, first }: { place: string; first: boolean },
): void {
  for (const [key, entry] of map) {
    const shard = shardOf(entry.litellm_provider);
    const prices = pricesOf(entry, key, place);
    const known = catalog.models.get(key)?.prices ?? [];
    catalog.models.set(key, {
      key,
      shard,
      ...(entry.litellm_provider === shard ? {} : { provider: entry.litellm_provider }),
      ...factsOf(entry),
      prices: first ? [{ basis: "observed", source, prices }] : observed(known, prices, source),
    });
    catalog.aliases.delete(key);
  }
  for (const model of catalog.models.values()) {
    const wasInMap = model.prices.some((each) => each.source.kind === "litellm");
    if (wasInMap && !map.has(model.key)) model.prices = closedOn(model.prices, source.date);
  }
}

function observed(known: readonly DatedPrice[], prices: Prices, source: Source): DatedPrice[] {
  const day = source.date;
  const seen = known.findLast((each) => each.source.kind === "litellm");
  const isOpen = known.some((each) => endOf(each) > day);
  if (seen && isOpen && equalPrices(seen.prices, prices)) return [...known];
  const now = known.find((each) => startOf(each) <= day && day < endOf(each));
  if (now?.source.kind === "genai-prices" && followed(now, prices, day)) {
    // The map has caught up with a price that was known by the provider's date; it knows more of it.
    return known.map((each) => (each === now ? { ...each, source, prices } : each));
  }
  const next = known.find((each) => startOf(each) > day)?.from;
  const added: DatedPrice = { from: day, basis: "observed", source, prices };
  return overlay(known, next === undefined ? added : { ...added, to: next });
}

function followed(now: DatedPrice, prices: Prices, day: string): boolean {
  const isNear = now.from === undefined || daysBetween(now.from, day) <= NEAR_DAYS;
  return isNear && sameBaseRates(now.prices.rates, prices.rates);
}
