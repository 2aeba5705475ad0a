import type { Rates } from "./shard.js";

/** Keys of LiteLLM's price map that the engine charges by, and our names of them. */
export const litellmRateKeys: Record<string, keyof Rates> = {
  input_cost_per_token: "in",
  output_cost_per_token: "out",
  cache_read_input_token_cost: "cr",
  cache_creation_input_token_cost: "cw",
  input_cost_per_audio_token: "inA",
  output_cost_per_audio_token: "outA",
};

/** Keys that price what a call asks for by name (a batch, a tier, a web search, a region); plain calls are not touched. */
const unusedPriceKey =
  /_(?:batches|priority|flex)$|^search_context_cost_per_query$|^regional_processing_uplift_multiplier_/;

/** One entry of LiteLLM's price map, `model_prices_and_context_window.json`. */
export type LitellmEntry = Record<string, unknown>;

/**
 * The rates of an entry in LiteLLM's format, or the name of a price in it that the engine cannot charge by: a price that
 * is left out silently would be a wrong price.
 */
export function readLitellmEntry(entry: LitellmEntry): { rates: Rates } | { unsupported: string } {
  const rates: Rates = {};
  for (const [key, value] of Object.entries(entry)) {
    const rate = Object.hasOwn(litellmRateKeys, key) ? litellmRateKeys[key] : undefined;
    if (rate !== undefined) {
      if (value === null) continue;
      if (typeof value !== "number" || !Number.isFinite(value) || value < 0) return { unsupported: key };
      rates[rate] = String(value);
    } else if (/cost|pric|uplift/.test(key) && value !== null && !unusedPriceKey.test(key)) {
      return { unsupported: key };
    }
  }
  return { rates };
}
