import type { JS } from "@duckdb/node-api";

import type {
  QueryLimits,
  Series,
  SeriesBy,
  SeriesMetric,
  SeriesQuery,
  SeriesValues,
} from "../ledger-store.js";
import { badQuery } from "../problems.js";
import type { Buckets } from "../time/buckets.js";
import { bucketNumber, bucketsFor } from "./buckets.js";
import type { Database, Row } from "./database.js";
import { readMoney, type Sums } from "./money.js";
import { countIn, moneyIn, textIn } from "./rows.js";
import { tokenColumns } from "./totals.js";
import { whereOf } from "./where.js";

/** What calls are told apart by. */
const groups: Record<SeriesBy, string> = {
  model: "model",
  key: "key_id",
  provider: "provider",
  tag: "unnest(CASE WHEN len(tags) = 0 THEN [NULL] ELSE tags END)",
  kind: `CASE WHEN status = 'failure' THEN coalesce(error_class, error_status::VARCHAR, 'failure')
    WHEN status = 'incomplete' THEN 'cut' WHEN len(diagnostics) > 0 THEN 'deviations' END`,
};

/** What is summed up within a group: of how many calls it is known, `k`, and what it is. */
const measures: Record<SeriesMetric, (sums: Sums) => string> = {
  spend: ({ parts }) => `count(cost) AS k, ${parts("cost")}`,
  saved: ({ parts }) => `count(saved) AS k, ${parts("saved")}`,
  tokens: () => "count(tokens_total) AS k, sum(tokens_total) AS s, NULL AS f",
  calls: () => "count(*) AS k, count(*) AS s, NULL AS f",
  errors: () => "count(*) AS k, count(*) AS s, NULL AS f",
};

const MOST_SERIES = 8;

export async function readSeries(
  database: Database,
  query: SeriesQuery,
  limits?: QueryLimits,
): Promise<Series> {
  const { filter, metric, by, top, step, zone = "UTC" } = query;
  if (!Number.isSafeInteger(top) || top < 1 || top > MOST_SERIES)
    throw badQuery(`top is a whole number from 1 to ${MOST_SERIES}`);
  if (by === "kind" && metric !== "tokens" && metric !== "errors")
    throw badQuery("kinds are of tokens and errors: use by=model, key, tag or provider");
  const buckets = await bucketsFor(database, filter, step, zone, limits);
  if (!buckets) return { t: [], series: [], other: null };
  if (by === "kind" && metric === "tokens") return kindsOfTokens(database, query, buckets, limits);

  const rows = await readMoney(
    database,
    (sums, params) => {
      const order = metric === "spend" ? `${sums.size} DESC NULLS LAST, ` : "";
      const value = isMoney(metric) ? sums.ofParts : "sum(s)";
      // One look at the calls: what is left after it is a row for each bucket of each group.
      return `WITH cells AS MATERIALIZED (SELECT b, g, max(key_alias) AS label, count(*) AS c, ${measures[metric](sums)}
          FROM (SELECT ${bucketNumber(buckets, params)} AS b, ${groups[by]} AS g, ${by === "key" ? "key_alias" : "NULL::VARCHAR AS key_alias"}, cost, saved, tokens_total
            FROM calls ${whereOf(filter, params, ...onlyErrors(metric, by))}) GROUP BY b, g),
        ranks AS (SELECT g, max(label) AS label, least(row_number() OVER (ORDER BY ${order}sum(c) DESC, g NULLS LAST), ${top + 1}) AS rank
          FROM cells GROUP BY g)
        SELECT rank, CASE WHEN rank <= ${top} THEN any_value(ranks.g) END, any_value(ranks.label), b, sum(k), ${value}
        FROM cells JOIN ranks ON cells.g IS NOT DISTINCT FROM ranks.g GROUP BY rank, b ORDER BY rank`;
    },
    limits,
  );
  const series: Series["series"] = [];
  let other: SeriesValues | null = null;
  for (const [rank, name, label, bucket, known, value] of rows) {
    const place = (countIn(rank) ?? 0) - 1;
    if (place === top) other ??= empty(metric, buckets);
    else series[place] ??= { name: textIn(name), label: textIn(label), values: empty(metric, buckets) };
    const values = place === top ? other : series[place]?.values;
    const index = buckets.indexes.get(countIn(bucket) ?? -1);
    if (index !== undefined && values) values[index] = valueOf(metric, known, value);
  }
  return { t: secondsOf(buckets), series, other };
}

function onlyErrors(metric: SeriesMetric, by: SeriesBy): string[] {
  if (metric !== "errors") return [];
  return [by === "kind" ? "(status <> 'complete' OR len(diagnostics) > 0)" : "status <> 'complete'"];
}

const tokenKinds = ["input", "cacheRead", "cacheWrite", "output", "reasoning"] as const;

async function kindsOfTokens(
  database: Database,
  { filter }: SeriesQuery,
  buckets: Buckets,
  limits?: QueryLimits,
): Promise<Series> {
  const sums = tokenKinds.map((kind) => `count(${tokenColumns[kind]}), sum(${tokenColumns[kind]})`);
  const rows = await database.read(
    (params) =>
      `SELECT ${bucketNumber(buckets, params)} AS b, ${sums.join(", ")} FROM calls ${whereOf(filter, params)} GROUP BY b`,
    limits,
  );
  const series = tokenKinds.map((name) => ({ name, label: null, values: empty("tokens", buckets) }));
  for (const row of rows) {
    const index = buckets.indexes.get(countIn(row[0]) ?? -1);
    if (index === undefined) continue;
    for (const [kind, { values }] of series.entries())
      values[index] = valueOf("tokens", row[1 + 2 * kind], row[2 + 2 * kind]);
  }
  return { t: secondsOf(buckets), series, other: null };
}

/** Where nothing was called nothing was spent: that is known, and 0. */
function empty(metric: SeriesMetric, { starts }: Buckets): SeriesValues {
  return starts.map(() => (isMoney(metric) ? "0" : 0));
}

function valueOf(
  metric: SeriesMetric,
  known: JS | undefined,
  value: Row[number] | undefined,
): string | number | null {
  if (countIn(known) === 0) return null;
  return isMoney(metric) ? moneyIn(value) : countIn(value);
}

function isMoney(metric: SeriesMetric): boolean {
  return metric === "spend" || metric === "saved";
}

function secondsOf({ starts }: Buckets): number[] {
  return starts.map((start) => start / 1000);
}
