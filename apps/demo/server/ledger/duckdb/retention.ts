import { BIGINT, type DuckDBConnection } from "@duckdb/node-api";

import { badQuery } from "../problems.js";
import type { Database } from "./database.js";

/** Amounts that no call costs have rows of their own, so that no sum is beyond its type. */
const keepSpent = `INSERT INTO spent_before
  SELECT key_id, day, sum(coalesce(cost, charged)), count(*), count(cost) FROM calls WHERE day < $1::DATE
  GROUP BY key_id, day, CASE WHEN abs(coalesce(cost, charged)) > 1000000 THEN seq END`;

/** Deletes what is older than a day of UTC, and keeps what it cost; what is deleted gives its place in the file to what comes. */
export async function prune(
  database: Database,
  beforeDay: string,
  lastSeq: () => number,
): Promise<{ calls: number; deliveries: number }> {
  const time = Date.parse(`${beforeDay}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(beforeDay) || Number.isNaN(time))
    throw badQuery(`${JSON.stringify(beforeDay.slice(0, 40))} is no day: give one as 2026-11-20`);
  return database.transact("prune", async (connection) => {
    // The numbers of deleted calls are not given again: whoever remembers one would take another call for it.
    await connection.run("UPDATE waybill_ledger SET last_seq = $1", [BigInt(lastSeq())], [BIGINT]);
    await connection.run(keepSpent, [beforeDay]);
    await connection.run("DELETE FROM payloads WHERE day < $1::DATE", [beforeDay]);
    const calls = await connection.run("DELETE FROM calls WHERE day < $1::DATE", [beforeDay]);
    const deliveries = await connection.run("DELETE FROM deliveries WHERE noted < $1::DATE", [beforeDay]);
    return { calls: calls.rowsChanged, deliveries: deliveries.rowsChanged };
  });
}

/** Writes the log into the file. While a query looks at what was deleted there is nothing to be done, and it is no error. */
export async function checkpoint(connection: DuckDBConnection): Promise<void> {
  try {
    await connection.run("CHECKPOINT");
  } catch (error) {
    if (!/^TransactionContext Error/i.test((error as Error).message)) throw error;
  }
}
