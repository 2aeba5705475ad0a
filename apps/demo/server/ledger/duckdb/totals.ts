import type { CallFilter } from "../call-filter.js";
import type { Quantiles, QueryLimits, TokenSum, Totals } from "../ledger-store.js";
import type { Database, Row } from "./database.js";
import { readMoney, type Sums } from "./money.js";
import { countIn, moneyIn } from "./rows.js";
import { whereOf } from "./where.js";

/** The columns behind the names of tokens that `totals` tells apart. */
export const tokenColumns = {
  input: "fresh_in",
  cacheRead: "cache_read",
  cacheWrite: "cache_write",
  output: "plain_out",
  reasoning: "reasoning",
  total: "tokens_total",
} as const;

const tokenNames = Object.keys(tokenColumns) as (keyof typeof tokenColumns)[];

/** What a column's quantiles are read with; rows without it do not count. */
export function quantilesOf(column: string): string {
  return `quantile_cont(${column}, [0.5, 0.95, 0.99]), count(${column})`;
}

export async function readTotals(
  database: Database,
  filter: CallFilter,
  limits?: QueryLimits,
): Promise<Totals> {
  const tokens = tokenNames.map((name) => `sum(${tokenColumns[name]}), count(${tokenColumns[name]})`);
  const select = ({ text }: Sums): string => `SELECT count(*),
      count(*) FILTER (status = 'failure'), count(*) FILTER (status = 'incomplete'),
      count(cost), count(*) FILTER (cost_status = 'free'), ${text("cost")}, ${text("saved")}, count(saved),
      count(*) FILTER (audit = 'mismatch'), ${quantilesOf("ttft")}, ${quantilesOf("total")}, ${tokens.join(", ")}`;
  const [row = []] = await readMoney(
    database,
    (sums, params) => `${select(sums)} FROM calls ${whereOf(filter, params)}`,
    limits,
  );
  const count = (at: number): number => countIn(row[at]) ?? 0;
  const calls = count(0);
  return {
    calls,
    failed: count(1),
    cut: count(2),
    unpriced: calls - count(3),
    free: count(4),
    spend: calls === 0 ? "0" : moneyIn(row[5]),
    saved: calls === 0 ? "0" : moneyIn(row[6]),
    savedUnknown: calls - count(7),
    mismatches: count(8),
    ttft: readQuantiles(row, 9, 1000),
    total: readQuantiles(row, 11, 1000),
    tokens: Object.fromEntries(
      tokenNames.map((name, index): [string, TokenSum] => {
        const at = 13 + index * 2;
        return [name, { sum: calls === 0 ? 0 : countIn(row[at]), unknown: calls - count(at + 1) }];
      }),
    ) as Totals["tokens"],
  };
}

/** Quantiles as `quantilesOf` selects them, divided by what makes milliseconds of them. */
export function readQuantiles(row: Row, at: number, divisor: number): Quantiles {
  const list = Array.isArray(row[at]) ? row[at] : [];
  const [p50 = null, p95 = null, p99 = null] = list.map((value) =>
    typeof value === "number" ? value / divisor : null,
  );
  return { p50, p95, p99, n: countIn(row[at + 1]) ?? 0 };
}
