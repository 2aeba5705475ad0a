import type { Source } from "../src/catalog/format.js";
import type { LitellmEntry } from "../src/catalog/litellm-entry.js";
import { dayAfter, isDay } from "./calendar.js";
import { CatalogError } from "./catalog-error.js";
import { modeOf, shardGuesser } from "./gone-models.js";
import { isObject } from "./json-value.js";
import { pricesOf, type LitellmMap } from "./litellm.js";
import { shardOf } from "./shards.js";
import { tidied, withEnd, type DatedPrice, type TimedModel } from "./timeline.js";

/** What the map said of a key since a day: prices, or null when it said nothing any more. */
type Change = readonly [day: string, entry: LitellmEntry | null];

/** The history of the map: changes by key, oldest first. */
export type LitellmHistory = ReadonlyMap<string, readonly Change[]>;

/** Reads the parsed history: `{ key: [[day, prices or null], ...] }`. */
export function readHistory(value: unknown, place: string): LitellmHistory {
  const cure = "It is an object of lists [[day, prices or null], ...] by model, oldest first.";
  if (!isObject(value)) throw new CatalogError(`${place} is not a price history. ${cure}`);
  const history = new Map<string, Change[]>();
  for (const [key, changes] of Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    if (!Array.isArray(changes) || changes.length === 0 || !changes.every(isChange) || !ascends(changes)) {
      throw new CatalogError(`${place} is not a price history: "${key}" has no list of days. ${cure}`);
    }
    history.set(key, changes);
  }
  if (history.size === 0) throw new CatalogError(`${place} is an empty price history. ${cure}`);
  return history;
}

function isChange(value: unknown): value is Change {
  return (
    Array.isArray(value) && value.length === 2 && isDay(value[0]) && (value[1] === null || isObject(value[1]))
  );
}

function ascends(changes: readonly Change[]): boolean {
  return changes.every(([day], index) => day >= (changes[index - 1]?.[0] ?? ""));
}

/** The models of the history with their prices and times. Those of the first day are of unknown age. */
export function modelsOfHistory(
  history: LitellmHistory,
  map: LitellmMap,
  source: Source,
  place: string,
): TimedModel[] {
  const firstDay = [...history.values()].map((changes) => changes[0]?.[0] ?? "").reduce(earlier);
  const guess = shardGuesser(new Map([...map].map(([key, entry]) => [key, shardOf(entry.litellm_provider)])));
  return [...history].map(([key, changes]) => {
    const today = map.get(key);
    const shard = today ? shardOf(today.litellm_provider) : guess(key);
    // The history keeps what is charged; who charges it, and what a search is counted by, is as it is today.
    const facts = {
      litellm_provider: today?.litellm_provider ?? shard,
      web_search_billing_unit: today?.web_search_billing_unit,
    };
    const dated = changes.flatMap(([day, entry], index): DatedPrice[] => {
      if (!entry) return [];
      const next = changes[index + 1]?.[0];
      const prices = pricesOf({ ...facts, ...entry }, key, place);
      return [
        {
          ...(day === firstDay ? {} : { from: day }),
          ...(next === undefined ? {} : { to: next }),
          basis: "observed",
          source,
          prices,
        },
      ];
    });
    const prices = keptOfOneDay(tidied(dated), dated);
    return { key, shard, mode: modeOf(key, prices.at(-1)?.prices.rates ?? {}), prices };
  });
}

/** A model that came and went on one day had its last price for that day. */
function keptOfOneDay(prices: DatedPrice[], dated: readonly DatedPrice[]): DatedPrice[] {
  const last = dated.at(-1);
  return prices.length > 0 || last?.to === undefined ? prices : [withEnd(last, dayAfter(last.to))];
}

const earlier = (left: string, right: string): string => (left < right ? left : right);
