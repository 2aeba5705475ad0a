import type { Source } from "../src/catalog/format.js";
import { CatalogError } from "./catalog-error.js";
import { oddPrices, stillTrue } from "./disagreements.js";
import { reportOf, type Finding, type Report } from "./findings.js";
import type { GenaiProvider } from "./genai-prices.js";
import { modelsOfHistory, type LitellmHistory } from "./litellm-history.js";
import type { LitellmMap } from "./litellm.js";
import { applyManual, forgetManual, type ManualPrice } from "./manual.js";
import { mergeGenai } from "./merge-genai.js";
import { observeMap } from "./observe-map.js";
import { genaiSource, litellmSource } from "./sources.js";
import type { TimedCatalog } from "./timeline.js";

/** What a catalog is made of, each with the place it was read from. */
export type Inputs = {
  /** LiteLLM's map, and the day on which it was so. */
  litellm: { map: LitellmMap; date: string; place: string };
  /** The history of the map. With it everything is made anew; without it, what there is of a catalog is brought up to date. */
  history?: { history: LitellmHistory; place: string };
  base?: { catalog: TimedCatalog; report: Report };
  genai?: { providers: readonly GenaiProvider[]; date: string };
  manual?: { prices: readonly ManualPrice[]; place: string };
};

/** The catalog of these inputs, and what there is to check in it. */
export function buildCatalog(inputs: Inputs): { catalog: TimedCatalog; report: Report } {
  const { litellm, genai, manual } = inputs;
  const source = litellmSource(litellm.date);
  const base = inputs.history ? undefined : inputs.base;
  const catalog = inputs.history
    ? catalogOfHistory(inputs.history, litellm.map, source)
    : base
      ? catalogToRefresh(base, source)
      : { models: new Map(), aliases: new Map() };
  const first = !inputs.history && !base;
  observeMap(catalog, litellm.map, source, { place: litellm.place, first });
  const findings: Finding[] = genai
    ? mergeGenai(catalog, genai.providers, genaiSource(genai.date), litellm.date)
    : stillTrue(base?.report.findings ?? [], catalog, litellm.date);
  findings.push(...oddPrices(catalog, litellm.date));
  if (manual) applyManual(catalog, manual.prices, manual.place);
  return { catalog, report: reportOf(findings, litellm.date, genai?.date ?? base?.report.genai) };
}

function catalogOfHistory(
  { history, place }: NonNullable<Inputs["history"]>,
  map: LitellmMap,
  source: Source,
): TimedCatalog {
  const lastDay = [...history.values()].map((changes) => changes.at(-1)?.[0] ?? "").reduce(later);
  if (lastDay > source.date) {
    throw new CatalogError(
      `${place} goes to ${lastDay} and the map is of ${source.date}. Pass the map of that day.`,
    );
  }
  const models = modelsOfHistory(history, map, source, place);
  return { models: new Map(models.map((model) => [model.key, model])), aliases: new Map() };
}

function catalogToRefresh({ catalog, report }: NonNullable<Inputs["base"]>, source: Source): TimedCatalog {
  if (report.litellm > source.date) {
    throw new CatalogError(
      `The catalog is of ${report.litellm} and the map of ${source.date}: it can only be brought forward. Pass a later --date.`,
    );
  }
  forgetManual(catalog);
  for (const model of catalog.models.values()) {
    model.prices = model.prices.map((each) => (each.source.kind === "litellm" ? { ...each, source } : each));
  }
  return catalog;
}

const later = (left: string, right: string): string => (left > right ? left : right);
