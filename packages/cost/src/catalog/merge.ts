import type { RateName, Threshold, Tiers } from "./format.js";
import type { Prices } from "./litellm-entry.js";

/** The prices of `base` with those of `own` over them, name by name, and without the rates that `own` takes away. */
export function mergePrices(base: Prices, own: Prices, without: readonly RateName[]): Prices {
  const rates = { ...base.rates, ...own.rates };
  for (const name of without) delete rates[name];
  const above = mergeThresholds(base.above, own.above);
  const tiers = mergeTiers(base.tiers, own.tiers);
  const search = (base.search ?? own.search) && { ...base.search, ...own.search };
  const geo = (base.uplift?.geo ?? own.uplift?.geo) && { ...base.uplift?.geo, ...own.uplift?.geo };
  const uplift = (base.uplift ?? own.uplift) && { ...base.uplift, ...own.uplift, ...(geo && { geo }) };
  return {
    ...base,
    ...own,
    rates,
    tiers,
    above,
    ...(search && { search }),
    ...(uplift && { uplift }),
  };
}

function mergeTiers(base: Tiers = {}, own: Tiers | undefined): Tiers {
  const merged: Tiers = { ...base };
  for (const [tier, rates] of Object.entries(own ?? {}))
    merged[tier as keyof Tiers] = { ...merged[tier as keyof Tiers], ...rates };
  return merged;
}

function mergeThresholds(base: Threshold[] = [], own: Threshold[] = []): Threshold[] {
  const merged = new Map(base.map((each) => [each.tokens, each]));
  for (const each of own) {
    const { rates, tiers } = merged.get(each.tokens) ?? { rates: {} };
    merged.set(each.tokens, {
      ...each,
      rates: { ...rates, ...each.rates },
      tiers: mergeTiers(tiers, each.tiers),
    });
  }
  return [...merged.values()].toSorted((left, right) => left.tokens - right.tokens);
}
