import { readLitellmEntry, type LitellmEntry, type Prices } from "../src/catalog/litellm-entry.js";
import { CatalogError } from "./catalog-error.js";
import { isObject } from "./json-value.js";
import { orderedPrices } from "./price-order.js";

/** LiteLLM's price map: models by key, without what is none. */
export type LitellmMap = ReadonlyMap<string, LitellmEntry & { litellm_provider: string }>;

/** Keys of the map that are no models: an example and rules of routing. */
const noModels = new Set(["sample_spec", "fallback_generalizations"]);

/** Reads the parsed map; `place` is where it was read from. */
export function readMap(value: unknown, place: string): LitellmMap {
  const cure = "Name LiteLLM's model_prices_and_context_window.json.";
  if (!isObject(value)) throw new CatalogError(`${place} is not LiteLLM's price map: no object. ${cure}`);
  const map = new Map<string, LitellmEntry & { litellm_provider: string }>();
  for (const [key, entry] of Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    if (noModels.has(key)) continue;
    const provider = isObject(entry) ? entry.litellm_provider : undefined;
    if (!isObject(entry) || typeof provider !== "string") {
      throw new CatalogError(
        `${place} is not LiteLLM's price map: "${key}" has no litellm_provider. ${cure}`,
      );
    }
    map.set(key, { ...entry, litellm_provider: provider });
  }
  if (map.size === 0) throw new CatalogError(`${place} is not LiteLLM's price map: no models. ${cure}`);
  return map;
}

/** The prices of an entry of the map or of its history. */
export function pricesOf(entry: LitellmEntry, key: string, place: string): Prices {
  const read = readLitellmEntry(entry);
  if (!read.ok) throw new CatalogError(`${place}: a price of "${key}" cannot be used: ${read.reason}.`);
  const { search, ...others } = read.prices;
  // Perplexity publishes a price per request and LiteLLM divides it by 1000 once more: only its own arithmetic shall.
  const published = search?.per1000 ? { ...search, per1000: "litellm" as const } : search;
  return orderedPrices(published ? { ...others, search: published } : others);
}

/** LiteLLM's mode, and the most tokens that a model takes and gives. */
export function factsOf(entry: LitellmEntry): { mode: string; limits?: { in?: number; out?: number } } {
  const mode = typeof entry.mode === "string" ? entry.mode : "chat";
  const taken = positive(entry.max_input_tokens);
  const given = positive(entry.max_output_tokens) ?? positive(entry.max_tokens);
  if (taken === undefined && given === undefined) return { mode };
  const limits = {
    ...(taken === undefined ? {} : { in: taken }),
    ...(given === undefined ? {} : { out: given }),
  };
  return { mode, limits };
}

function positive(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
