import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { CatalogModel, HistoryContent, ShardContent, Source } from "../src/catalog/format.js";
import { CatalogError } from "./catalog-error.js";
import type { Report } from "./findings.js";
import { endOf, type DatedPrice, type TimedCatalog, type TimedModel } from "./timeline.js";

/** The files of a catalog, text by name. A line is a model, so that a diff names the models that changed. */
export function catalogFiles(catalog: TimedCatalog, day: string, report: Report): Map<string, string> {
  const models = [...catalog.models.values()].toSorted((left, right) => (left.key < right.key ? -1 : 1));
  const files = new Map<string, string>();
  const current = (model: TimedModel): DatedPrice[] => model.prices.filter((each) => endOf(each) > day);
  for (const [id, listed] of grouped(models.filter((model) => current(model).length > 0))) {
    files.set(`${id}.json`, shardText(id, listed, current, catalog));
  }
  const past = (model: TimedModel): DatedPrice[] => model.prices.filter((each) => endOf(each) <= day);
  files.set("history.json", historyText(grouped(models.filter((model) => past(model).length > 0)), past));
  files.set("disagreements.json", reportText(report));
  return files;
}

/** Writes the files: all of them or none, and no shard of before that is none any more. */
export function writeCatalog(directory: string, files: ReadonlyMap<string, string>): void {
  try {
    mkdirSync(directory, { recursive: true });
    for (const [name, text] of files) writeFileSync(join(directory, `${name}.new`), text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CatalogError(`${directory} cannot be written: ${reason}. Name another folder with --out.`);
  }
  for (const name of files.keys()) renameSync(join(directory, `${name}.new`), join(directory, name));
  const isOld = (name: string): boolean =>
    name.endsWith(".json") && !name.endsWith(".schema.json") && !files.has(name);
  for (const name of readdirSync(directory).filter(isOld)) rmSync(join(directory, name));
}

function grouped(models: readonly TimedModel[]): Map<string, TimedModel[]> {
  const groups = new Map<string, TimedModel[]>();
  for (const model of models) groups.set(model.shard, [...(groups.get(model.shard) ?? []), model]);
  return new Map([...groups].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

type PricesOf = (model: TimedModel) => DatedPrice[];

function shardText(
  id: string,
  models: readonly TimedModel[],
  pricesOf: PricesOf,
  catalog: TimedCatalog,
): string {
  const sources = sourcesOf(models.flatMap(pricesOf));
  const aliases = [...catalog.aliases]
    .filter(([, { shard }]) => shard === id)
    .map(([alias, { model }]): [string, string] => [alias, model])
    .toSorted(([left], [right]) => (left < right ? -1 : 1));
  const head: Omit<ShardContent, "models"> = { schema: 1, id, sources };
  const lines = models.map((model): [string, CatalogModel] => [
    model.key,
    {
      mode: model.mode,
      ...(model.provider === undefined ? {} : { provider: model.provider }),
      ...(model.limits ? { limits: model.limits } : {}),
      prices: written(pricesOf(model), sources),
    },
  ]);
  const tail = aliases.length > 0 ? `,"aliases":${linedObject(aliases)}` : "";
  return `${JSON.stringify(head).slice(0, -1)},"models":${linedObject(lines)}${tail}}\n`;
}

function historyText(groups: ReadonlyMap<string, readonly TimedModel[]>, pricesOf: PricesOf): string {
  const sources = sourcesOf([...groups.values()].flat().flatMap(pricesOf));
  const head: Omit<HistoryContent, "providers"> = { schema: 1, id: "history", sources };
  const providers = [...groups].map(([id, models]) => {
    const lines = models.map((model): [string, CatalogModel] => [
      model.key,
      { mode: model.mode, prices: written(pricesOf(model), sources) },
    ]);
    return `${JSON.stringify(id)}:{"models":${linedObject(lines)}}`;
  });
  return `${JSON.stringify(head).slice(0, -1)},"providers":{\n${providers.join(",\n")}\n}}\n`;
}

function reportText({ findings, ...head }: Report): string {
  const lines = findings.map((each) => JSON.stringify(each)).join(",\n");
  return `${JSON.stringify(head).slice(0, -1)},"findings":[\n${lines}\n]}\n`;
}

/** The sources of prices: LiteLLM, genai-prices, and those of prices entered by hand in the order of their days. */
function sourcesOf(prices: readonly DatedPrice[]): Source[] {
  const rank = (source: Source): string => {
    const kind = ["litellm", "genai-prices", "manual"].indexOf(source.kind);
    return `${kind} ${source.date} ${source.url}`;
  };
  const found = new Map(prices.map(({ source }) => [rank(source), source]));
  return [...found].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, source]) => source);
}

function written(prices: readonly DatedPrice[], sources: readonly Source[]): CatalogModel["prices"] {
  return prices.map(({ from, to, basis, source, prices: { noise, ...rates } }) => ({
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    basis,
    src: sources.findIndex((each) => each.url === source.url && each.date === source.date),
    ...(noise ? { noise } : {}),
    ...rates,
  }));
}

function linedObject(entries: readonly (readonly [string, unknown])[]): string {
  const lines = entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return lines.length > 0 ? `{\n${lines.join(",\n")}\n}` : "{}";
}
