import type { RateName, Rates, Threshold, TierName, Tiers } from "../src/catalog/format.js";
import type { Prices } from "../src/catalog/litellm-entry.js";
import { samePrice } from "./decimal-text.js";
import { orderedPrices, tierOrder } from "./price-order.js";

/** Rates that are priced in relation to the text rate of the same side. */
const sides: readonly (readonly RateName[])[] = [
  ["in", "cr", "cw", "cw1h", "inA", "crA", "cwA", "inI", "inV"],
  ["out", "outA", "outI", "outV", "outR"],
];

/**
 * A new price, with what the old one says beside it and no change touches. Rates of a side that changed, tiers and
 * thresholds included, are left out and named: an unknown price is better than a wrong one.
 */
export function takeOver(old: Prices, named: Prices): { prices: Prices; dropped: string[] } {
  const stale = new Set(sides.filter((side) => changes(side, old.rates, named.rates)).flat());
  const dropped: string[] = [];

  const keptRates = (rates: Rates, where: string): Rates => {
    const kept: Rates = {};
    for (const [name, rate] of Object.entries(rates) as [RateName, string][]) {
      if (!stale.has(name)) kept[name] = rate;
      else if (where !== "" || named.rates[name] === undefined) dropped.push(`${where}${name}`);
    }
    return kept;
  };
  const keptTiers = (tiers: Tiers | undefined, where: string): { tiers?: Tiers } => {
    const kept = Object.entries(tiers ?? {})
      .map(([tier, rates]) => [tier, keptRates(rates, `${where}${tier} `)] as const)
      .filter(([, rates]) => hasMembers(rates));
    return kept.length > 0 ? { tiers: Object.fromEntries(kept) } : {};
  };
  const keptThresholds = (old.above ?? []).flatMap((each): Threshold[] => {
    const where = `above ${each.tokens} `;
    const rates = named.above ? {} : keptRates(each.rates, where);
    const kept = { tokens: each.tokens, rates, ...keptTiers(each.tiers, where) };
    return hasMembers(rates) || kept.tiers ? [kept] : [];
  });

  const above = [...(named.above ?? []), ...keptThresholds];
  const search = old.search ?? named.search;
  const prices: Prices = {
    rates: { ...keptRates(old.rates, ""), ...named.rates },
    ...keptTiers(old.tiers, ""),
    ...(above.length > 0 ? { above } : {}),
    ...(named.windows ? { windows: named.windows } : {}),
    ...(old.uplift ? { uplift: old.uplift } : {}),
    ...(search ? { search } : {}),
    ...(named.other ? { other: named.other } : {}),
  };
  const lacks = tierOrder.filter((tier) => offers(old, tier) && !offers(prices, tier));
  if (lacks.length > 0) prices.lacks = lacks;
  if (old.ranges && stale.size === 0) prices.ranges = old.ranges;
  else if (old.ranges) dropped.push("ranges");
  return { prices: orderedPrices(prices), dropped };
}

function offers({ tiers, above, lacks }: Prices, tier: TierName): boolean {
  return Boolean(tiers?.[tier] || above?.some((each) => each.tiers?.[tier]) || lacks?.includes(tier));
}

function changes(side: readonly RateName[], old: Rates, named: Rates): boolean {
  return side.some((name) => named[name] !== undefined && !samePrice(named[name], old[name]));
}

function hasMembers(rates: Rates): boolean {
  return Object.keys(rates).length > 0;
}
