import type { RateName, Rates, TierName, Tiers } from "../src/catalog/format.js";
import type { Prices } from "../src/catalog/litellm-entry.js";
import { NOISE_DIGITS, significantDigits } from "./decimal-text.js";
import { rateNames } from "./rate-names.js";

/*
 * Prices in one fixed order of members, so that equal prices are equal text and the same sources give the same bytes.
 */

const rateRank = new Map(rateNames.map((name, index) => [name, index]));
export const tierOrder: readonly TierName[] = ["priority", "flex", "ultrafast", "batch"];

/** The prices with their members in order, and `noise` if one of their literals is noise. */
export function orderedPrices(prices: Prices): Prices {
  const ordered: Prices = { rates: orderedRates(prices.rates) };
  const tiers = orderedTiers(prices.tiers);
  if (tiers) ordered.tiers = tiers;
  if (prices.above && prices.above.length > 0) {
    ordered.above = prices.above
      .toSorted((left, right) => left.tokens - right.tokens)
      .map((each) => {
        const atThreshold = orderedTiers(each.tiers);
        const rates = orderedRates(each.rates);
        return { tokens: each.tokens, rates, ...(atThreshold ? { tiers: atThreshold } : {}) };
      });
  }
  if (prices.ranges) {
    ordered.ranges = prices.ranges.map(({ from, to, of, rates }) => ({
      from,
      to,
      ...(of ? { of } : {}),
      rates: orderedRates(rates),
    }));
  }
  if (prices.windows) {
    ordered.windows = prices.windows.map((each) => ({ ...each, rates: orderedRates(each.rates) }));
  }
  if (prices.uplift) {
    const { eu, us, endpoint, geo, fast } = prices.uplift;
    ordered.uplift = {
      ...(eu === undefined ? {} : { eu }),
      ...(us === undefined ? {} : { us }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(geo ? { geo: byName(geo) } : {}),
      ...(fast === undefined ? {} : { fast }),
    };
  }
  if (prices.search) {
    const { low, medium, high, unit, per1000 } = prices.search;
    ordered.search = {
      ...(low === undefined ? {} : { low }),
      ...(medium === undefined ? {} : { medium }),
      ...(high === undefined ? {} : { high }),
      ...(unit ? { unit } : {}),
      ...(per1000 ? { per1000 } : {}),
    };
  }
  if (prices.lacks) ordered.lacks = tierOrder.filter((tier) => prices.lacks?.includes(tier));
  if (prices.other) ordered.other = byName(prices.other);
  return literalsOf(ordered).some(isNoise) ? { noise: true, ...ordered } : ordered;
}

/** Whether two prices are the same to the last literal. */
export function equalPrices(left: Prices, right: Prices): boolean {
  return JSON.stringify(orderedPrices(left)) === JSON.stringify(orderedPrices(right));
}

/** Every literal of a price. */
export function literalsOf(prices: Prices): string[] {
  const { uplift, search, other } = prices;
  const rates = [
    prices.rates,
    ...Object.values(prices.tiers ?? {}),
    ...(prices.above ?? []).flatMap((each) => [each.rates, ...Object.values(each.tiers ?? {})]),
    ...(prices.ranges ?? []).map((each) => each.rates),
    ...(prices.windows ?? []).map((each) => each.rates),
  ];
  const others = [
    uplift?.eu,
    uplift?.us,
    uplift?.endpoint,
    uplift?.fast,
    ...Object.values(uplift?.geo ?? {}),
  ];
  const searches = [search?.low, search?.medium, search?.high];
  return [...rates, other ?? {}]
    .flatMap((each) => Object.values(each))
    .concat(others, searches)
    .filter((each) => each !== undefined);
}

/** Whether a literal is a float's noise. */
export function isNoise(literal: string): boolean {
  return significantDigits(literal) >= NOISE_DIGITS;
}

function orderedRates(rates: Rates): Rates {
  const ordered: Rates = {};
  for (const name of Object.keys(rates).toSorted(byRank) as RateName[]) {
    const rate = rates[name];
    if (rate !== undefined) ordered[name] = rate;
  }
  return ordered;
}

function orderedTiers(tiers: Tiers | undefined): Tiers | undefined {
  if (!tiers) return undefined;
  const ordered: Tiers = {};
  for (const tier of tierOrder) {
    const rates = tiers[tier];
    if (rates) ordered[tier] = orderedRates(rates);
  }
  return ordered;
}

function byRank(left: string, right: string): number {
  const [one, two] = [rateRank.get(left) ?? rateRank.size, rateRank.get(right) ?? rateRank.size];
  return one - two || (left < right ? -1 : 1);
}

/** A record with its names in alphabetical order. */
export function byName<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
