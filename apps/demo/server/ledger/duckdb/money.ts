import type { QueryLimits } from "../ledger-store.js";
import { LedgerError } from "../problems.js";
import type { Database, Row } from "./database.js";
import { diagnose } from "./diagnose.js";
import type { Params } from "./params.js";

/** How amounts are summed up exactly. */
export type Sums = {
  /** The sum of a column as text for `moneyIn`. */
  text: (column: string) => string;
  /** The same in two steps: sums by group as the columns `s` and `f`, and what those come to, as text and to sort by. */
  parts: (column: string) => string;
  ofParts: string;
  size: string;
};

/** 14 digits before the point are enough for a sum, too, but for one of absurd amounts. */
const narrow: Sums = {
  text: (column) => `sum(${column})::VARCHAR`,
  parts: (column) => `sum(${column}) AS s, NULL AS f`,
  ofParts: "sum(s)::VARCHAR",
  size: "sum(s)",
};

/** Whole dollars and the rest apart, each of which fits whatever comes together. */
const wide: Sums = {
  text: (column) =>
    `sum(trunc(${column})::HUGEINT)::VARCHAR || '|' || sum(${column} - trunc(${column}))::VARCHAR`,
  parts: (column) => `sum(trunc(${column})::HUGEINT) AS s, sum(${column} - trunc(${column})) AS f`,
  ofParts: "sum(s)::VARCHAR || '|' || sum(f)::VARCHAR",
  size: "sum(s)",
};

/** Reads exact sums. When one does not fit DuckDB's type, it is asked for in two parts: one absurd call must not hide the rest. */
export async function readMoney(
  database: Database,
  query: (sums: Sums, params: Params) => string,
  limits?: QueryLimits,
): Promise<readonly Row[]> {
  try {
    return await database.read((params) => query(narrow, params), limits);
  } catch (error) {
    if (!LedgerError.isInstance(error) || diagnose(error.cause) !== "overflow") throw error;
    return database.read((params) => query(wide, params), limits);
  }
}
