import { facetFields, type CallFilter, type FacetField } from "../call-filter.js";
import type { Facets, KeySpend, Quantiles, QueryLimits } from "../ledger-store.js";
import { badQuery } from "../problems.js";
import type { Database } from "./database.js";
import { readMoney } from "./money.js";
import { countIn, moneyIn, textIn } from "./rows.js";
import { quantilesOf, readQuantiles } from "./totals.js";
import { whereOf } from "./where.js";

const columns: Record<FacetField, string> = {
  model: "model",
  provider: "provider",
  key: "key_id",
  tag: "unnest(tags)",
  status: "status",
  error: "coalesce(error_class, error_status::VARCHAR)",
  diag: "unnest(diagnostics)",
  audit: "audit",
};

const MOST_VALUES = 200;

/** The values of a field that begin with a prefix, in any case, with how many calls have each. */
export async function readFacets(
  database: Database,
  query: { filter: CallFilter; field: FacetField; prefix?: string; limit?: number },
  limits?: QueryLimits,
): Promise<Facets> {
  const { filter, field, prefix, limit = 50 } = query;
  if (!facetFields.includes(field)) throw badQuery(`field is one of ${facetFields.join(", ")}`);
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MOST_VALUES)
    throw badQuery(`limit is a whole number from 1 to ${MOST_VALUES}`);
  const label = field === "key" ? "key_alias" : "NULL";
  const rows = await readMoney(
    database,
    (sums, params) => {
      const begins = prefix ? `lower(${field === "key" ? "coalesce(l, g)" : "g"})` : "";
      return `SELECT g, max(l), count(*), ${sums.text("cost")}
        FROM (SELECT ${columns[field]} AS g, ${label}::VARCHAR AS l, cost FROM calls ${whereOf(filter, params)})
        WHERE g IS NOT NULL ${prefix ? `AND starts_with(${begins}, lower(${params.text(prefix)}))` : ""}
        GROUP BY g ORDER BY count(*) DESC, g LIMIT ${limit + 1}`;
    },
    limits,
  );
  return {
    values: rows.slice(0, limit).map(([value, alias, calls, spend]) => ({
      value: textIn(value),
      label: textIn(alias),
      calls: countIn(calls) ?? 0,
      spend: moneyIn(spend),
    })),
    more: rows.length > limit,
  };
}

const DAY_MS = 86_400_000;

/**
 * What each key has spent since a time, also on calls that are forgotten. Of those only the day is known: they count where
 * their day is not over when the time begins. A call without a cost counts with what was charged for it.
 */
export async function readSpend(
  database: Database,
  { from }: { from?: number },
  limits?: QueryLimits,
): Promise<KeySpend[]> {
  const rows = await readMoney(
    database,
    (sums, params) =>
      `SELECT key_id, ${sums.text("amount")}, sum(calls)::BIGINT, sum(priced)::BIGINT FROM (
        SELECT key_id, coalesce(cost, charged) AS amount, 1 AS calls, (cost IS NOT NULL)::INTEGER AS priced
        FROM calls ${whereOf(from === undefined ? {} : { from }, params)}
        UNION ALL SELECT key_id, amount, calls, priced
        FROM spent_before ${from === undefined ? "" : `WHERE day >= ${params.day(Math.floor(from / DAY_MS))}`})
      GROUP BY key_id ORDER BY key_id NULLS LAST`,
    limits,
  );
  return rows.map(([key, spent, calls, priced]) => ({
    keyId: textIn(key),
    // Nothing that is known was spent; how many calls nobody knows of stands beside it.
    spent: moneyIn(spent) ?? "0",
    calls: countIn(calls) ?? 0,
    unpriced: (countIn(calls) ?? 0) - (countIn(priced) ?? 0),
  }));
}

export async function readOutputQuantiles(
  database: Database,
  keyId: string,
  limits?: QueryLimits,
): Promise<Quantiles> {
  const [row = []] = await database.read(
    (params) => `SELECT ${quantilesOf("tokens_out")} FROM calls WHERE key_id = ${params.text(keyId)}`,
    limits,
  );
  return readQuantiles(row, 0, 1);
}
