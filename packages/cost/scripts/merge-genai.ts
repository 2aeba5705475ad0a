import type { Source } from "../src/catalog/format.js";
import { comparePrices } from "./disagreements.js";
import type { Finding } from "./findings.js";
import { addModelsAndAliases } from "./genai-additions.js";
import { applyDates } from "./genai-dates.js";
import { pairsOf } from "./genai-pairs.js";
import type { GenaiProvider } from "./genai-prices.js";
import { without, type TimedCatalog } from "./timeline.js";

/** Merges genai-prices into a catalog of LiteLLM's prices of a day. What it gave before is taken out first. */
export function mergeGenai(
  catalog: TimedCatalog,
  providers: readonly GenaiProvider[],
  source: Source,
  day: string,
): Finding[] {
  forget(catalog);
  const pairs = pairsOf(catalog, providers, day);
  const differences = comparePrices(pairs, day);
  const dates = pairs.flatMap((pair) => applyDates(pair, source, day));
  return [...differences, ...dates, ...addModelsAndAliases(catalog, providers, pairs, source)];
}

function forget(catalog: TimedCatalog): void {
  catalog.aliases.clear();
  for (const model of catalog.models.values()) {
    model.prices = without(model.prices, ({ source }) => source.kind === "genai-prices");
    if (model.prices.length === 0) catalog.models.delete(model.key);
  }
}
