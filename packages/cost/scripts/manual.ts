import { isDay } from "./calendar.js";
import { CatalogError } from "./catalog-error.js";
import { isObject, type JsonObject } from "./json-value.js";
import { factsOf, pricesOf } from "./litellm.js";
import { shardOf } from "./shards.js";
import { manualSource } from "./sources.js";
import { overlay, without, type TimedCatalog } from "./timeline.js";

/** A price entered by hand: an entry in LiteLLM's format, the days for which it holds, and where that can be read. */
export type ManualPrice = { model: string; from: string; to?: string; evidence: string; entry: JsonObject };

/** Reads the parsed `{ entries: [{ model, from, to?, evidence, entry }] }`. */
export function readManual(value: unknown, place: string): ManualPrice[] {
  if (!isObject(value) || !Array.isArray(value.entries)) {
    throw new CatalogError(`${place} is no list of manual prices: { "entries": [] } is.`);
  }
  return value.entries.map((each: unknown, index) => {
    const at = `${place}: /entries/${index}`;
    if (!isObject(each)) throw new CatalogError(`${at} is no object.`);
    const { model, from, to, evidence, entry } = each;
    if (typeof model !== "string") throw new CatalogError(`${at}/model is no text: name the model.`);
    if (!isDay(from)) throw new CatalogError(`${at}/from is no day such as "2026-08-01".`);
    if (to !== undefined && (!isDay(to) || to <= from)) {
      throw new CatalogError(`${at}/to is no day after ${from}.`);
    }
    if (typeof evidence !== "string" || !evidence.startsWith("https://")) {
      throw new CatalogError(`${at}/evidence is no https address: name the page that states the price.`);
    }
    if (!isObject(entry) || typeof entry.litellm_provider !== "string") {
      throw new CatalogError(`${at}/entry is no entry of LiteLLM's map: it has no litellm_provider.`);
    }
    return { model, from, ...(to === undefined ? {} : { to }), evidence, entry };
  });
}

/** Lays the prices entered by hand over those of the sources. */
export function applyManual(catalog: TimedCatalog, manual: readonly ManualPrice[], place: string): void {
  for (const { model, from, to, evidence, entry } of manual) {
    const provider = entry.litellm_provider as string;
    const shard = shardOf(provider);
    const known = catalog.models.get(model) ?? {
      key: model,
      shard,
      ...(provider === shard ? {} : { provider }),
      ...factsOf(entry),
      prices: [],
    };
    const prices = pricesOf(entry, model, place);
    const source = manualSource(from, evidence);
    known.prices = overlay(known.prices, {
      from,
      ...(to === undefined ? {} : { to }),
      basis: "effective",
      source,
      prices,
    });
    catalog.models.set(model, known);
    catalog.aliases.delete(model);
  }
}

/** Takes out what was entered by hand, so that a price taken out of the list is taken out of the catalog. */
export function forgetManual(catalog: TimedCatalog): void {
  for (const model of catalog.models.values()) {
    model.prices = without(model.prices, ({ source }) => source.kind === "manual");
    if (model.prices.length === 0) catalog.models.delete(model.key);
  }
}
