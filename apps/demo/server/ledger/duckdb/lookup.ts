import type { CallFilter } from "../call-filter.js";
import { isoTime } from "../ledger-record.js";
import type { LedgerRow } from "../ledger-row.js";
import type { QueryLimits, Span } from "../ledger-store.js";
import { badQuery } from "../problems.js";
import type { Database, Row } from "./database.js";
import { countIn, readRow, rowColumns, textIn } from "./rows.js";
import { whereOf } from "./where.js";

/** The newest call of an id, with its payload. */
export async function byId(
  database: Database,
  id: string,
  limits?: QueryLimits,
): Promise<{ row: LedgerRow; payload: string } | null> {
  const [row] = await database.read(
    (params) =>
      `SELECT ${rowColumns} FROM calls WHERE seq = (SELECT max(seq) FROM calls WHERE mark = ${params.mark(id)})`,
    limits,
  );
  if (!row) return null;
  const read = readRow(row);
  const payload = await payloadOf(database, read.seq, limits);
  // It may have been pruned between the two.
  return payload === null ? null : { row: read, payload };
}

export async function payloadText(
  database: Database,
  id: string,
  limits?: QueryLimits,
): Promise<string | null> {
  const [row] = await database.read(
    (params) => `SELECT max(seq) FROM calls WHERE mark = ${params.mark(id)}`,
    limits,
  );
  const seq = countIn(row?.[0]);
  return seq === null ? null : payloadOf(database, seq, limits);
}

async function payloadOf(database: Database, seq: number, limits?: QueryLimits): Promise<string | null> {
  const [row] = await database.read(
    (params) => `SELECT json FROM payloads WHERE seq = ${params.integer(seq)}`,
    limits,
  );
  return textIn(row?.[0]);
}

export async function since(
  database: Database,
  seq: number,
  limit: number,
  limits?: QueryLimits,
): Promise<LedgerRow[]> {
  if (!Number.isSafeInteger(limit) || limit < 1) throw badQuery("limit is a whole number from 1");
  const rows = await database.read(
    (params) =>
      `SELECT ${rowColumns} FROM calls WHERE seq IN
        (SELECT seq FROM calls WHERE seq > ${params.integer(seq)} ORDER BY seq LIMIT ${limit}) ORDER BY seq`,
    limits,
  );
  return rows.map(readRow);
}

export async function countSince(database: Database, seq: number, limits?: QueryLimits): Promise<number> {
  const [row] = await database.read(
    (params) => `SELECT count(*) FROM calls WHERE seq > ${params.integer(seq)}`,
    limits,
  );
  return countIn(row?.[0]) ?? 0;
}

export async function spanOf(database: Database, limits?: QueryLimits): Promise<Span> {
  const [row] = await database.read(
    () =>
      `SELECT count(*), arg_min(id, started), epoch_us(min(started)), arg_max(id, started), epoch_us(max(started)) FROM calls`,
    limits,
  );
  const [calls, oldestId, oldest, newestId, newest] = row ?? [];
  return { calls: countIn(calls) ?? 0, oldest: end(oldestId, oldest), newest: end(newestId, newest) };
}

function end(id: Row[number] | undefined, started: Row[number] | undefined): Span["oldest"] {
  const [name, time] = [textIn(id), countIn(started)];
  return name === null || time === null ? null : { id: name, startedAt: isoTime(time) };
}

/** Calls are read by so many numbers at a time, which is a small piece of the file wherever it lies. */
const WINDOW = 5000;

/**
 * Rows in the order of entering. Each piece is a query of its own: nothing is held for as long as the reader takes, and calls
 * that enter meanwhile are not in it.
 */
export async function* exportRows(
  database: Database,
  filter: CallFilter,
  { max = Infinity, signal }: { max?: number; signal?: AbortSignal | undefined } = {},
): AsyncGenerator<LedgerRow> {
  const [ends] = await database.read(
    (params) => `SELECT min(seq), max(seq) FROM calls ${whereOf(filter, params)}`,
    { signal },
  );
  const [first, last] = [countIn(ends?.[0]), countIn(ends?.[1])];
  if (first === null || last === null) return;
  let count = 0;
  for (let from = first; from <= last && count < max; from += WINDOW) {
    const rows = await database.read(
      (params) => {
        const [low, high] = [params.integer(from), params.integer(Math.min(from + WINDOW - 1, last))];
        return `SELECT ${rowColumns} FROM calls ${whereOf(filter, params, `seq BETWEEN ${low} AND ${high}`)} ORDER BY seq`;
      },
      { signal },
    );
    for (const row of rows) {
      if (count++ >= max) return;
      yield readRow(row);
    }
  }
}
