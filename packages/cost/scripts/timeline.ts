import type { Interval, Source } from "../src/catalog/format.js";
import type { Prices } from "../src/catalog/litellm-entry.js";
import { equalPrices } from "./price-order.js";

/** A price, the time for which it holds, and where it comes from. */
export type DatedPrice = {
  from?: string;
  to?: string;
  basis: Interval["basis"];
  source: Source;
  prices: Prices;
};

/** A model of the catalog while it is made: all its prices, oldest first, none overlapping another. */
export type TimedModel = {
  key: string;
  shard: string;
  mode: string;
  provider?: string;
  limits?: { in?: number; out?: number };
  prices: DatedPrice[];
};

/** The catalog while it is made. Aliases are other names of models, by the alias. */
export type TimedCatalog = {
  models: Map<string, TimedModel>;
  aliases: Map<string, { shard: string; model: string }>;
};

/** Before every day and after every day: what an absent `from` and `to` mean. */
const [BEFORE_ALL, AFTER_ALL] = ["", "9999-99-99"];

export const startOf = ({ from }: DatedPrice): string => from ?? BEFORE_ALL;
export const endOf = ({ to }: DatedPrice): string => to ?? AFTER_ALL;

/** The price in force on a day. */
export function priceOn(prices: readonly DatedPrice[], day: string): DatedPrice | undefined {
  return prices.find((each) => startOf(each) <= day && day < endOf(each));
}

/** Whether a model has no price on the day nor after it. */
export function isGone({ prices }: TimedModel, day: string): boolean {
  return prices.every((each) => endOf(each) <= day);
}

/** The prices with one laid over them: what they say of its time no longer holds. */
export function overlay(prices: readonly DatedPrice[], added: DatedPrice): DatedPrice[] {
  const [start, end] = [startOf(added), endOf(added)];
  const kept = prices.flatMap((each) => [
    ...(startOf(each) < start ? [endingBy(each, start)] : []),
    ...(endOf(each) > end ? [startingFrom(each, end)] : []),
  ]);
  return tidied([...kept, added]);
}

/** The prices without what lies on the day or after it. */
export function closedOn(prices: readonly DatedPrice[], day: string): DatedPrice[] {
  return prices.filter((each) => startOf(each) < day).map((each) => endingBy(each, day));
}

/** The prices without some; the one that ended where a removed one began holds on. */
export function without(
  prices: readonly DatedPrice[],
  unwanted: (price: DatedPrice) => boolean,
): DatedPrice[] {
  const kept: DatedPrice[] = [];
  for (const each of prices) {
    const last = kept.at(-1);
    if (!unwanted(each)) kept.push(each);
    else if (last && endOf(last) === startOf(each)) kept[kept.length - 1] = withEnd(last, each.to);
  }
  return kept;
}

/** The prices in order, without empty times, and equal neighbours as one. */
export function tidied(prices: readonly DatedPrice[]): DatedPrice[] {
  const tidy: DatedPrice[] = [];
  for (const each of prices.toSorted((left, right) => (startOf(left) < startOf(right) ? -1 : 1))) {
    if (startOf(each) >= endOf(each)) continue;
    const last = tidy.at(-1);
    const continues =
      last &&
      endOf(last) === startOf(each) &&
      last.source === each.source &&
      equalPrices(last.prices, each.prices);
    if (continues) tidy[tidy.length - 1] = withEnd(last, each.to);
    else tidy.push(each);
  }
  return tidy;
}

/** The price with another end; none is for ever. */
export function withEnd(price: DatedPrice, to: string | undefined): DatedPrice {
  const { to: _, ...rest } = price;
  return to === undefined ? rest : { ...rest, to };
}

function endingBy(price: DatedPrice, day: string): DatedPrice {
  return endOf(price) > day ? withEnd(price, day) : price;
}

function startingFrom(price: DatedPrice, day: string): DatedPrice {
  return startOf(price) < day ? { ...price, from: day } : price;
}
