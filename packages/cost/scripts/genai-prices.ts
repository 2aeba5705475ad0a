import type { Window } from "../src/catalog/format.js";
import type { Prices } from "../src/catalog/litellm-entry.js";
import { isDay } from "./calendar.js";
import { CatalogError } from "./catalog-error.js";
import { exactNames, isMatcher, matches, type Matcher } from "./genai-matcher.js";
import { pricesOfUnits } from "./genai-units.js";
import { isObject, type JsonObject } from "./json-value.js";

/** A price of genai-prices, since the provider's own date if it names one. */
export type GenaiPrice = { from?: string; prices: Prices };

/** A model of genai-prices: what names it answers to, the names that are spelled out, its prices oldest first. */
export type GenaiModel = {
  id: string;
  match: Matcher;
  names: string[];
  contextWindow?: number;
  prices: GenaiPrice[];
};

export type GenaiProvider = { id: string; models: GenaiModel[] };

/** Reads the parsed providers of genai-prices: the array of its npm package, or an object with that array. */
export function readGenai(value: unknown, place: string): GenaiProvider[] {
  const list = isObject(value) && Array.isArray(value.providers) ? (value.providers as unknown[]) : value;
  if (!Array.isArray(list) || list.length === 0 || !list.every(isProvider)) {
    throw new CatalogError(
      `${place} is not the data of genai-prices: an array of providers with id and models is. Name that file.`,
    );
  }
  return list.map(({ id, models }) => ({ id, models: models.map((each) => readModel(each, id, place)) }));
}

/** The first model of a provider that answers to a name: the one that genai-prices takes. */
export function modelNamed(provider: GenaiProvider, name: string): GenaiModel | undefined {
  return provider.models.find(({ match }) => matches(match, name));
}

/** The price of a model on a day. */
export function genaiPriceOn({ prices }: GenaiModel, day: string): GenaiPrice | undefined {
  return prices.findLast((each) => (each.from ?? "") <= day);
}

function isProvider(value: unknown): value is { id: string; models: unknown[] } {
  return isObject(value) && typeof value.id === "string" && Array.isArray(value.models);
}

function readModel(value: unknown, provider: string, place: string): GenaiModel {
  const id = isObject(value) && typeof value.id === "string" ? value.id : "a model without id";
  const wrong = (reason: string): CatalogError =>
    new CatalogError(`${place}: ${provider}/${id} cannot be read: ${reason}.`);
  if (!isObject(value) || !isMatcher(value.match)) throw wrong("its match is none that is known");
  const names = [...new Set(exactNames(value.match))];
  try {
    const prices = readPrices(value.prices);
    const size = value.context_window;
    return {
      id,
      match: value.match,
      names,
      prices,
      ...(typeof size === "number" ? { contextWindow: size } : {}),
    };
  } catch (error) {
    throw wrong(error instanceof RangeError ? error.message : "its prices are none that are known");
  }
}

/** Prices as one object, or as a list in which a later one that is active on a day and at an hour wins. */
function readPrices(value: unknown): GenaiPrice[] {
  const list = Array.isArray(value) ? (value as JsonObject[]) : [{ prices: value }];
  const dated: GenaiPrice[] = [];
  for (const { constraint, prices } of list) {
    if (!isObject(prices)) throw new RangeError("its prices are no object");
    const converted = pricesOfUnits(prices);
    if (constraint === undefined || constraint === null) dated.push({ prices: converted });
    else if (!isObject(constraint)) throw new RangeError("a constraint is no object");
    else if (isDay(constraint.start_date)) dated.push({ from: constraint.start_date, prices: converted });
    else addWindow(dated, constraint, converted);
  }
  return dated;
}

/** Hours belong to the price they stand behind: the source has no way to give them a date of their own. */
function addWindow(dated: GenaiPrice[], constraint: JsonObject, prices: Prices): void {
  const [start, end] = [hourOf(constraint.start_time), hourOf(constraint.end_time)];
  const last = dated.at(-1);
  if (!start || !end || !last) throw new RangeError("a constraint is neither a day nor hours");
  const window: Window = { hours: [`${start}-${end}`], rates: prices.rates };
  last.prices = { ...last.prices, windows: [...(last.prices.windows ?? []), window] };
}

function hourOf(value: unknown): string | undefined {
  return typeof value === "string" ? /^([0-2][0-9]:[0-5][0-9]):00Z$/.exec(value)?.[1] : undefined;
}
