import { pointer } from "@waybill/core/pointer";

import { parseDecimal } from "../decimal.js";
import type { Interval, RateName, Rates, SearchPrice, TierName, Tiers, Uplift } from "./format.js";
import { litellmKeys } from "./litellm-keys.js";

/** One entry of LiteLLM's price map, `model_prices_and_context_window.json`. */
export type LitellmEntry = Readonly<Record<string, unknown>>;

/** The prices of an entry, without the time for which they hold. */
export type Prices = Omit<Interval, "from" | "to" | "basis" | "src">;

/** A price that cannot be one, with its JSON Pointer. */
class BadPrice extends Error {}

const tierNames: Record<string, TierName> = {
  priority: "priority",
  flex: "flex",
  ultrafast: "ultrafast",
  batches: "batch",
};

/** A price's name, a threshold and a tier: `input_cost_per_token`, `_above_272k_tokens`, `_flex`. */
const keyPattern = /^(.+?)(?:_above_([0-9]{1,12})(k?)_tokens)?(?:_(priority|flex|ultrafast|batches))?$/;

/**
 * Reads the prices of an entry in LiteLLM's format; `path` is the pointer of the entry. Nulls and `without` are absences:
 * a price that an override takes away. A price that is negative or no number is a reason with its place.
 */
export function readLitellmEntry(
  entry: LitellmEntry,
  path = "",
): { ok: true; prices: Prices; without: RateName[] } | { ok: false; reason: string } {
  try {
    return { ok: true, ...readPrices(entry, path) };
  } catch (error) {
    const reason = error instanceof BadPrice ? error.message : `${path || "the entry"} cannot be read`;
    return { ok: false, reason };
  }
}

function readPrices(entry: LitellmEntry, path: string): { prices: Prices; without: RateName[] } {
  if (!isObject(entry)) throw new BadPrice(`${path} is no entry of LiteLLM's price map: an object is`);
  const prices: Prices = { rates: {} };
  const without: RateName[] = [];
  for (const [key, value] of Object.entries(entry)) {
    const place = pointer(path, key);
    if (value === undefined) continue;
    if (key === "tiered_pricing") readRanges(prices, value, place);
    else if (key === "off_peak_pricing") readWindows(prices, value, place);
    else if (key === "search_context_cost_per_query") readSearch(prices, value, place);
    else if (key === "web_search_billing_unit") readUnit(prices, value);
    else if (key === "provider_specific_entry") readFactors(prices, value, place);
    else if (/^regional_\w+_uplift_multiplier(?:_eu|_us)?$/.test(key)) readUplift(prices, key, value, place);
    else readRate(prices, without, key, value, place);
  }
  // An older name of the cache read rate.
  const hit = prices.other?.input_cost_per_token_cache_hit;
  if (hit !== undefined) prices.rates.cr ??= hit;
  if (entry.litellm_provider === "perplexity" && prices.search) prices.search.per1000 = "all";
  prices.above?.sort((left, right) => left.tokens - right.tokens);
  return { prices, without };
}

function readRate(prices: Prices, without: RateName[], key: string, value: unknown, place: string): void {
  const [, base = key, threshold, thousands, suffix] = keyPattern.exec(key) ?? [];
  const name = rateNameOf(base);
  if (name === undefined) {
    // Not a price, or one that no rule charges by: kept under its own name, so that it is not lost.
    if (/cost|pric|uplift/.test(key) && typeof value !== "object" && typeof value !== "boolean")
      (prices.other ??= {})[key] = literalOf(value, place);
    return;
  }
  const tier = suffix === undefined ? undefined : tierNames[suffix];
  if (value === null) {
    if (threshold === undefined && tier === undefined) without.push(name);
    return;
  }
  const tokens = threshold === undefined ? 0 : Number(threshold) * (thousands ? 1000 : 1);
  const at = threshold === undefined ? prices : thresholdOf(prices, tokens);
  (tier === undefined ? at.rates : ratesOf(at, tier))[name] = literalOf(value, place);
}

function rateNameOf(base: string): RateName | undefined {
  if (Object.hasOwn(litellmKeys, base)) return litellmKeys[base];
  const resolution = /^output_cost_per_second_([0-9]+p)$/.exec(base)?.[1];
  return resolution === undefined ? undefined : `outSec:${resolution}`;
}

function thresholdOf(prices: Prices, tokens: number): { rates: Rates; tiers?: Tiers } {
  const list = (prices.above ??= []);
  const found = list.find((each) => each.tokens === tokens);
  if (found) return found;
  const created = { tokens, rates: {} };
  list.push(created);
  return created;
}

function ratesOf(at: { tiers?: Tiers }, tier: TierName): Rates {
  return ((at.tiers ??= {})[tier] ??= {});
}

/** `[{ range: [from, to], ...rates }]`, or `max_results_range` for searches. */
function readRanges(prices: Prices, value: unknown, path: string): void {
  if (value === null) return;
  if (!Array.isArray(value)) throw new BadPrice(`${path} is not a list of tiers`);
  prices.ranges = value.map((each: unknown, index) => {
    const place = pointer(path, index);
    if (!isObject(each)) throw new BadPrice(`${place} is not an object`);
    const results = each.max_results_range;
    const [from, to] = boundsOf(
      results ?? each.range,
      pointer(place, results ? "max_results_range" : "range"),
    );
    return {
      from,
      to,
      ...(results ? { of: "results" as const } : {}),
      rates: readPrices(each, place).prices.rates,
    };
  });
}

function boundsOf(range: unknown, place: string): [from: number, to: number] {
  const [from, to] = Array.isArray(range) ? (range as unknown[]) : [];
  if (typeof from !== "number" || typeof to !== "number" || !(from <= to))
    throw new BadPrice(`${place} is not a pair of numbers such as [0, 256000]`);
  return [from, to];
}

/** `{ hours_utc, windows: [{ hours_utc, weekdays }], weekday_timezone, ...rates }`; bad hours are ignored when priced. */
function readWindows(prices: Prices, value: unknown, path: string): void {
  if (value === null) return;
  if (!isObject(value)) throw new BadPrice(`${path} is not an object`);
  const { in: input, out, cr, cw, outR } = readPrices(value, path).prices.rates;
  // LiteLLM replaces these alone; a write of an hour keeps its rate.
  const rates = definedRates({ in: input, out, cr, cw, outR });
  const tz = typeof value.weekday_timezone === "string" ? { tz: value.weekday_timezone } : {};
  const windows = Array.isArray(value.windows) ? (value.windows as unknown[]) : [];
  prices.windows = [value, ...windows].filter(isObject).flatMap(({ hours_utc, weekdays }) => {
    const hours = [hours_utc].flat().filter((each) => typeof each === "string");
    const named = [weekdays].flat().filter((each) => typeof each === "string" || typeof each === "number");
    const days = Array.isArray(weekdays) ? { days: named } : {};
    return hours.length > 0 ? [{ hours, ...days, ...tz, rates }] : [];
  });
}

function definedRates(rates: { [name in RateName]?: string | undefined }): Rates {
  return Object.fromEntries(Object.entries(rates).filter(([, rate]) => rate !== undefined));
}

function readSearch(prices: Prices, value: unknown, path: string): void {
  if (value === null) return;
  const search: SearchPrice = (prices.search ??= {});
  for (const size of ["low", "medium", "high"] as const) {
    const key = `search_context_size_${size}`;
    // Some entries give one price for every size.
    const price = isObject(value) ? value[key] : value;
    if (price !== undefined && price !== null)
      search[size] = literalOf(price, isObject(value) ? pointer(path, key) : path);
  }
}

function readUnit(prices: Prices, value: unknown): void {
  if (value === "per_query" || value === "per_prompt")
    (prices.search ??= {}).unit = value === "per_query" ? "query" : "prompt";
}

/** Anthropic's factors: `fast` of its fast mode, the others of inference geographies. Other members are no prices. */
function readFactors(prices: Prices, value: unknown, path: string): void {
  if (!isObject(value)) return;
  for (const [key, factor] of Object.entries(value)) {
    if (typeof factor !== "number") continue;
    const uplift: Uplift = (prices.uplift ??= {});
    const text = literalOf(factor, pointer(path, key));
    if (key === "fast") uplift.fast = text;
    else (uplift.geo ??= {})[key] = text;
  }
}

function readUplift(prices: Prices, key: string, value: unknown, place: string): void {
  if (value === null) return;
  const name = key.endsWith("_eu") ? "eu" : key.endsWith("_us") ? "us" : "endpoint";
  (prices.uplift ??= {})[name] = literalOf(value, place);
}

/** A price as decimal text: the shortest that reads back as the same double. YAML hands on `1e-6` as text. */
function literalOf(value: unknown, place: string): string {
  const text = typeof value === "number" ? shortest(value) : value;
  const decimal = typeof text === "string" ? parseDecimal(text) : undefined;
  if (typeof text === "string" && decimal && decimal.coefficient >= 0 && Number.isFinite(Number(text)))
    return text;
  throw new BadPrice(`${place} is ${wordsOf(value)}, and a price is a number of USD from 0 up`);
}

function wordsOf(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 100));
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint")
    return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function shortest(value: number): string {
  const [plain, exponential] = [String(value), value.toExponential()];
  return exponential.length < plain.length ? exponential : plain;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
