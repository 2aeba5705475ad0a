import { DuckDBTimestampValue, type DuckDBConnection } from "@duckdb/node-api";

import type { DeliveryState } from "../call-filter.js";
import type { DeliveryEvent, QueryLimits } from "../ledger-store.js";
import { oneLine, wellFormed } from "../plain-text.js";
import type { Database } from "./database.js";
import { markOf } from "./mark.js";
import { countIn, textIn } from "./rows.js";

/** The payload of a sink's answer is not kept here. */
const LONGEST_REASON = 500;

/** Writes events behind those that are there; `n` is the number of the last one. */
export async function insertDeliveries(
  connection: DuckDBConnection,
  events: readonly DeliveryEvent[],
  last: number,
): Promise<void> {
  const appender = await connection.createAppender("deliveries");
  let n = last;
  for (const { id, sink, at, attempt, state, code, reason } of events) {
    appender.appendBigInt(BigInt(++n));
    appender.appendBigInt(markOf(id));
    appender.appendVarchar(wellFormed(id));
    appender.appendVarchar(wellFormed(sink));
    appender.appendTimestamp(new DuckDBTimestampValue(BigInt(Math.round(at * 1000))));
    if (attempt === null) appender.appendNull();
    else appender.appendInteger(attempt);
    appender.appendVarchar(state);
    for (const text of [code, reason]) {
      if (text === null) appender.appendNull();
      else appender.appendVarchar(oneLine(text, LONGEST_REASON));
    }
    appender.endRow();
  }
  appender.closeSync();
}

export async function readDeliveries(
  database: Database,
  ids: readonly string[],
  limits?: QueryLimits,
): Promise<DeliveryEvent[]> {
  if (ids.length === 0) return [];
  const rows = await database.read(
    (params) => `SELECT id, sink, epoch_us(noted), attempt, state, code, reason FROM deliveries
      WHERE mark IN (${ids.map((id) => params.mark(id)).join(", ")}) ORDER BY n`,
    limits,
  );
  return rows.map(([id, sink, at, attempt, state, code, reason]) => ({
    id: textIn(id) ?? "",
    sink: textIn(sink) ?? "",
    at: (countIn(at) ?? 0) / 1000,
    attempt: countIn(attempt),
    state: textIn(state) as DeliveryState,
    code: textIn(code),
    reason: textIn(reason),
  }));
}
