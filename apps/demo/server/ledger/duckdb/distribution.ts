import type { CallFilter } from "../call-filter.js";
import type { Distribution, DistributionMetric, QuantileSeries, QueryLimits } from "../ledger-store.js";
import type { Step } from "../time/steps.js";
import { bucketNumber, bucketsFor } from "./buckets.js";
import type { Database } from "./database.js";
import { countIn } from "./rows.js";
import { quantilesOf, readQuantiles } from "./totals.js";
import { whereOf } from "./where.js";

/** What is measured: a column, what makes milliseconds of it, and the powers of ten of the first and the last edge. */
const measures: Record<DistributionMetric, { column: string; divisor: number; low: number; high: number }> = {
  ttft: { column: "ttft", divisor: 1000, low: 1, high: 6 },
  total: { column: "total", divisor: 1000, low: 1, high: 6 },
  gap: { column: "gap", divisor: 1000, low: 0, high: 5 },
  rate: { column: "rate", divisor: 1, low: -1, high: 4 },
};

const BINS_PER_DECADE = 10;

export async function readDistribution(
  database: Database,
  { filter, metric }: { filter: CallFilter; metric: DistributionMetric },
  limits?: QueryLimits,
): Promise<Distribution> {
  const { column, divisor, low, high } = measures[metric];
  const edges = Array.from(
    { length: (high - low) * BINS_PER_DECADE + 1 },
    (_, index) => 10 ** (low + index / BINS_PER_DECADE),
  );
  const [[row = []], bins] = await Promise.all([
    database.read(
      (params) => `SELECT ${quantilesOf(column)}, count(*) FROM calls ${whereOf(filter, params)}`,
      limits,
    ),
    database.read(
      (
        params,
      ) => `SELECT CASE WHEN v <= 0 THEN -1000000 ELSE floor(log10(v) * ${BINS_PER_DECADE})::INTEGER END AS bin, count(*)
        FROM (SELECT ${column} / ${divisor} AS v FROM calls ${whereOf(filter, params, `${column} IS NOT NULL`)}) GROUP BY bin`,
      limits,
    ),
  ]);
  const counts = edges.slice(1).map(() => 0);
  let [below, above] = [0, 0];
  for (const [bin, count] of bins) {
    const [index, calls] = [(countIn(bin) ?? 0) - low * BINS_PER_DECADE, countIn(count) ?? 0];
    if (index < 0) below += calls;
    else if (index >= counts.length) above += calls;
    else counts[index] = calls;
  }
  const quantiles = readQuantiles(row, 0, divisor);
  return { ...quantiles, edges, counts, below, above, missing: (countIn(row[2]) ?? 0) - quantiles.n };
}

export async function readQuantileSeries(
  database: Database,
  query: { filter: CallFilter; metric: DistributionMetric; step: Step; zone?: string },
  limits?: QueryLimits,
): Promise<QuantileSeries> {
  const { filter, metric, step, zone = "UTC" } = query;
  const { column, divisor } = measures[metric];
  const buckets = await bucketsFor(database, filter, step, zone, limits);
  const starts = buckets?.starts ?? [];
  const answer: QuantileSeries = {
    t: starts.map((start) => start / 1000),
    p50: starts.map(() => null),
    p95: starts.map(() => null),
    p99: starts.map(() => null),
    n: starts.map(() => 0),
  };
  if (!buckets) return answer;
  const rows = await database.read(
    (params) => `SELECT ${bucketNumber(buckets, params)} AS b, ${quantilesOf(column)}
      FROM calls ${whereOf(filter, params, `${column} IS NOT NULL`)} GROUP BY b`,
    limits,
  );
  for (const row of rows) {
    const index = buckets.indexes.get(countIn(row[0]) ?? -1);
    if (index === undefined) continue;
    const { p50, p95, p99, n } = readQuantiles(row, 1, divisor);
    [answer.p50[index], answer.p95[index], answer.p99[index], answer.n[index]] = [p50, p95, p99, n];
  }
  return answer;
}
