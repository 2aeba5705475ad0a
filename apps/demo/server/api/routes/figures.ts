import { Hono, type Context } from "hono";

import { facetFields } from "../../ledger/call-filter.js";
import type { DistributionMetric, SeriesBy, SeriesMetric } from "../../ledger/ledger-store.js";
import { jsonAnswer } from "../answer.js";
import { badValue } from "../api-problem.js";
import { filtersOf, isoOf, limitsOf, type Asked } from "../asking.js";
import { bucketed } from "../bucketed.js";
import { filterAt } from "../filters.js";
import type {
  DistributionAnswer,
  FacetsAnswer,
  QuantileSeriesAnswer,
  SeriesAnswer,
  TotalsAnswer,
} from "../schemas.js";

const seriesMetrics: readonly SeriesMetric[] = ["spend", "calls", "tokens", "saved", "errors"];
const groups: readonly SeriesBy[] = ["model", "key", "tag", "provider", "kind"];
const measures: readonly DistributionMetric[] = ["ttft", "total", "gap", "rate"];
const MOST_SERIES = 8;
const DEFAULT_SERIES = 5;

/** Sums, plots and counts over the calls that pass the filters. */
export function figuresRoutes(parts: Asked): Hono {
  const { ledger, now } = parts;

  async function totals(context: Context): Promise<Response> {
    const { filters } = filtersOf(context, parts);
    const asOf = now();
    const found = await ledger.totals(filterAt(filters, asOf), limitsOf(context, parts));
    const answer: TotalsAnswer = { ...found, asOf: isoOf(asOf) };
    return jsonAnswer(answer);
  }

  async function series(context: Context): Promise<Response> {
    const { query, filters } = filtersOf(context, parts, ["metric", "by", "step", "top"]);
    const metric = query.word("metric", seriesMetrics) ?? "spend";
    const by = query.word("by", groups) ?? "model";
    if (by === "kind" && metric !== "tokens" && metric !== "errors")
      throw badValue("by", "kinds are of tokens and of errors", "by=model");
    const top = query.count("top", 1, MOST_SERIES) ?? DEFAULT_SERIES;
    const limits = limitsOf(context, parts);
    const asOf = now();
    const { filter, step, zone } = await bucketed(ledger, query, filters, asOf, limits);
    const found = await ledger.series({ filter, metric, by, step, top, zone }, limits);
    const answer: SeriesAnswer = {
      t: found.t,
      series: found.series,
      ...(found.other ? { other: found.other } : {}),
      step,
      zone,
      asOf: isoOf(asOf),
    };
    return jsonAnswer(answer);
  }

  async function distribution(context: Context): Promise<Response> {
    const { query, filters } = filtersOf(context, parts, ["metric"]);
    const metric = query.word("metric", measures) ?? "ttft";
    const asOf = now();
    const filter = filterAt(filters, asOf);
    const found = await ledger.distribution({ filter, metric }, limitsOf(context, parts));
    const answer: DistributionAnswer = { ...found, asOf: isoOf(asOf) };
    return jsonAnswer(answer);
  }

  async function quantiles(context: Context): Promise<Response> {
    const { query, filters } = filtersOf(context, parts, ["metric", "step"]);
    const metric = query.word("metric", measures) ?? "ttft";
    const limits = limitsOf(context, parts);
    const asOf = now();
    const { filter, step, zone } = await bucketed(ledger, query, filters, asOf, limits);
    const found = await ledger.quantiles({ filter, metric, step, zone }, limits);
    const answer: QuantileSeriesAnswer = { ...found, step, zone, asOf: isoOf(asOf) };
    return jsonAnswer(answer);
  }

  async function facets(context: Context): Promise<Response> {
    const { query, filters } = filtersOf(context, parts, ["field", "prefix"]);
    const field = query.word("field", facetFields);
    if (field === undefined) throw badValue("field", "is missing", `one of ${facetFields.join(", ")}`);
    const prefix = query.one("prefix");
    const asOf = now();
    const found = await ledger.facets(
      { filter: filterAt(filters, asOf), field, ...(prefix === undefined ? {} : { prefix }) },
      limitsOf(context, parts),
    );
    const answer: FacetsAnswer = { field, ...found, asOf: isoOf(asOf) };
    return jsonAnswer(answer);
  }

  return new Hono()
    .get("/api/totals", totals)
    .get("/api/series", series)
    .get("/api/distribution", distribution)
    .get("/api/quantiles", quantiles)
    .get("/api/facets", facets);
}
