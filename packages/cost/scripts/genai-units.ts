import type { RateName, Threshold } from "../src/catalog/format.js";
import type { Prices } from "../src/catalog/litellm-entry.js";
import { movePoint } from "./decimal-text.js";
import { isObject, type JsonObject } from "./json-value.js";
import { orderedPrices } from "./price-order.js";

/** Our rate for a unit of genai-prices: per million tokens ("mtok"), per thousand of anything else. */
const units: Readonly<Record<string, readonly [rate: RateName, places: number]>> = {
  input_mtok: ["in", -6],
  output_mtok: ["out", -6],
  cache_read_mtok: ["cr", -6],
  cache_write_mtok: ["cw", -6],
  cache_write_1h_mtok: ["cw1h", -6],
  input_audio_mtok: ["inA", -6],
  output_audio_mtok: ["outA", -6],
  cache_audio_read_mtok: ["crA", -6],
  input_image_mtok: ["inI", -6],
  output_image_mtok: ["outI", -6],
  input_video_mtok: ["inV", -6],
  output_video_mtok: ["outV", -6],
  output_reasoning_mtok: ["outR", -6],
  output_citation_mtok: ["cit", -6],
  storage_searches_kcount: ["fileSearch", -3],
  requests_kcount: ["request", -3],
  input_document_kpages: ["page", -3],
  input_annotated_document_kpages: ["annotation", -3],
};

/**
 * Prices of genai-prices per single unit. A unit without a rate of ours is kept under its own name and in its own size:
 * an hour's price divided by 3600 has no end in decimals.
 */
export function pricesOfUnits(prices: JsonObject): Prices {
  const result: Prices = { rates: {} };
  const thresholds = new Map<number, Threshold>();
  for (const [unit, value] of Object.entries(prices)) {
    const { base, tiers } = isObject(value) ? value : { base: value, tiers: [] };
    const known = Object.hasOwn(units, unit) ? units[unit] : undefined;
    if (unit === "web_searches_kcount") {
      const price = movePoint(textOf(base), -3);
      result.search = { low: price, medium: price, high: price };
    } else if (known) {
      const [rate, places] = known;
      result.rates[rate] = movePoint(textOf(base), places);
      for (const { start, price } of tiers as { start: number; price: unknown }[]) {
        const at = thresholds.get(start) ?? { tokens: start, rates: {} };
        thresholds.set(start, at);
        at.rates[rate] = movePoint(textOf(price), places);
      }
    } else {
      (result.other ??= {})[unit] = textOf(base);
    }
  }
  if (thresholds.size > 0) result.above = [...thresholds.values()];
  return orderedPrices(result);
}

function textOf(value: unknown): string {
  if (typeof value === "number" && value >= 0) return String(value);
  throw new RangeError(`${JSON.stringify(value)} is no price`);
}
