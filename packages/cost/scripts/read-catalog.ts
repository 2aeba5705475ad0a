import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { HistoryContent, ProviderPrices, ShardContent, Source } from "../src/catalog/format.js";
import { CatalogError } from "./catalog-error.js";
import type { Report } from "./findings.js";
import { tidied, type DatedPrice, type TimedCatalog, type TimedModel } from "./timeline.js";

/** Files of the catalog that hold no provider's prices. */
const others = new Set(["history.json", "disagreements.json", "catalog.schema.json"]);

/** The files of a catalog's folder that hold a provider's prices. */
export function shardFiles(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith(".json") && !others.has(name))
    .toSorted();
}

/** A catalog as it was written; undefined when the folder has none. */
export function readCatalog(directory: string): { catalog: TimedCatalog; report: Report } | undefined {
  const files = shardFiles(directory);
  if (files.length === 0) return undefined;
  const report = readJson(join(directory, "disagreements.json")) as Report;
  const history = readJson(join(directory, "history.json")) as HistoryContent;
  const catalog: TimedCatalog = { models: new Map(), aliases: new Map() };
  const sources = new Map<string, Source>();
  const sourceOf = (list: readonly Source[], index: number): Source => {
    const found = list[index];
    if (!found) throw new CatalogError(`${directory}: a price has the source ${index}, which is not listed.`);
    const name = JSON.stringify([found.id, found.url, found.date]);
    const known = sources.get(name) ?? found;
    sources.set(name, known);
    return known;
  };
  const add = (shard: string, { models, aliases }: ProviderPrices, list: readonly Source[]): void => {
    for (const [key, { prices, ...facts }] of Object.entries(models)) {
      const timed = prices.map(({ from, to, basis, src, ...rates }): DatedPrice => {
        const time = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
        return { ...time, basis, source: sourceOf(list, src), prices: rates };
      });
      const known: TimedModel = catalog.models.get(key) ?? { key, shard, ...facts, prices: [] };
      catalog.models.set(key, { ...known, prices: tidied([...known.prices, ...timed]) });
    }
    for (const [alias, model] of Object.entries(aliases ?? {})) catalog.aliases.set(alias, { shard, model });
  };
  for (const file of files) {
    const content = readJson(join(directory, file)) as ShardContent;
    add(content.id, content, content.sources);
  }
  for (const [shard, prices] of Object.entries(history.providers)) add(shard, prices, history.sources);
  return { catalog, report };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CatalogError(
      `${path} cannot be read: ${reason}. It is part of the catalog: restore it, or pass --history to make all anew.`,
    );
  }
}
