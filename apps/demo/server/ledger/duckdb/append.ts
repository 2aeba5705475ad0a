import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListType,
  DuckDBTimestampValue,
  VARCHAR,
  type DuckDBAppender,
  type DuckDBConnection,
} from "@duckdb/node-api";

import { readAmount } from "../amounts.js";
import type { LedgerRecord } from "../ledger-record.js";
import type { Appended } from "../ledger-store.js";
import { markOf } from "./mark.js";
import { Params } from "./params.js";
import { countIn, textIn } from "./rows.js";

const DAY_MICROSECONDS = 86_400_000_000;
const textList = new DuckDBListType(VARCHAR);

/** A record that fits the columns, with its amounts as DuckDB takes them. */
export type Checked = {
  record: LedgerRecord;
  cost: DuckDBDecimalValue | null;
  saved: DuckDBDecimalValue | null;
  charged: DuckDBDecimalValue | null;
};

/** Checks what DuckDB would round, or choke on in the middle of a batch. */
export function check(record: LedgerRecord): Checked | { refused: string; reason: string } {
  const amounts = [record.cost, record.saved, record.charged].map((text) =>
    text === null ? null : readAmount(text),
  );
  for (const amount of amounts) if (amount && "refused" in amount) return amount;
  const [cost = null, saved = null, charged = null] = amounts.map((amount) =>
    amount && "units" in amount ? new DuckDBDecimalValue(amount.units, 38, 24) : null,
  );
  return { record, cost, saved, charged };
}

/**
 * Puts records into the tables within a transaction, those that are not there yet. Repeats are looked for among the calls of
 * the record's own day and of those around it, whenever they come: two records of one answer start at nearly the same time.
 */
export async function insert(
  connection: DuckDBConnection,
  batch: readonly Checked[],
  lastSeq: number,
): Promise<Appended[]> {
  const held = await heldKeys(connection, batch);
  const fresh: { checked: Checked; seq: number }[] = [];
  let seq = lastSeq;
  const outcomes = batch.map((checked): Appended => {
    const { key } = checked.record;
    const there = held.get(key);
    if (there !== undefined) return { seq: there, added: false };
    held.set(key, ++seq);
    fresh.push({ checked, seq });
    return { seq, added: true };
  });
  if (fresh.length > 0) {
    await fill(connection, "calls", (appender) => {
      for (const each of fresh) appendCall(appender, each.checked, each.seq);
    });
    await fill(connection, "payloads", (appender) => {
      for (const { checked, seq: own } of fresh) {
        appender.appendBigInt(BigInt(own));
        appender.appendDate(new DuckDBDateValue(dayOf(checked.record)));
        appender.appendVarchar(checked.record.payload);
        appender.endRow();
      }
    });
  }
  return outcomes;
}

/** Which of the keys are there, and the seq of each. */
async function heldKeys(
  connection: DuckDBConnection,
  batch: readonly Checked[],
): Promise<Map<string, number>> {
  const params = new Params();
  const days = new Set(batch.flatMap(({ record }) => [-1, 0, 1].map((distance) => dayOf(record) + distance)));
  const ranges = rangesOf([...days]).map(
    ([first, last]) => `day BETWEEN ${params.day(first)} AND ${params.day(last)}`,
  );
  const keys = params.textList(batch.map(({ record }) => record.key));
  const result = await connection.runAndReadAll(
    `SELECT key, min(seq) FROM calls WHERE (${ranges.join(" OR ")}) AND key IN (SELECT unnest(${keys})) GROUP BY key`,
    params.values,
    params.types,
  );
  return new Map(result.getRowsJS().map(([key, seq]) => [textIn(key) ?? "", countIn(seq) ?? 0]));
}

/** Days as ranges without gaps. */
export function rangesOf(days: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const day of days.toSorted((left, right) => left - right)) {
    const last = ranges.at(-1);
    if (last && day <= last[1] + 1) last[1] = day;
    else ranges.push([day, day]);
  }
  return ranges;
}

async function fill(
  connection: DuckDBConnection,
  table: string,
  append: (appender: DuckDBAppender) => void,
): Promise<void> {
  const appender = await connection.createAppender(table);
  try {
    append(appender);
  } catch (error) {
    // Closing would write the rows that are there so far, and the transaction is given up.
    appender.clear();
    appender.closeSync();
    throw error;
  }
  appender.closeSync();
}

function appendCall(appender: DuckDBAppender, { record, cost, saved, charged }: Checked, seq: number): void {
  const text = (value: string | null): void =>
    value === null ? appender.appendNull() : appender.appendVarchar(value);
  const count = (value: number | null): void =>
    value === null ? appender.appendNull() : appender.appendBigInt(BigInt(value));
  const time = (value: number | null): void =>
    value === null
      ? appender.appendNull()
      : appender.appendTimestamp(new DuckDBTimestampValue(BigInt(value)));
  const amount = (value: DuckDBDecimalValue | null): void =>
    value === null ? appender.appendNull() : appender.appendDecimal(value);
  const { tokens, caller, errorStatus, rate } = record;
  count(seq);
  appender.appendBigInt(markOf(record.id));
  text(record.id);
  text(record.key);
  appender.appendDate(new DuckDBDateValue(dayOf(record)));
  time(record.started);
  time(record.ended);
  text(record.provider);
  text(record.modelAsked);
  text(record.model);
  text(caller?.id ?? null);
  text(caller?.alias ?? null);
  text(caller?.lastFour ?? null);
  text(record.status);
  text(record.errorClass);
  if (errorStatus === null) appender.appendNull();
  else appender.appendInteger(errorStatus);
  text(record.errorMessage);
  appender.appendBoolean(record.stream);
  count(record.ttft);
  count(record.total);
  count(record.gap);
  if (rate === null) appender.appendNull();
  else appender.appendDouble(rate);
  count(tokens.in);
  count(tokens.out);
  count(tokens.cacheRead);
  count(tokens.cacheWrite);
  count(tokens.reasoning);
  count(tokens.total);
  count(record.freshIn);
  count(record.plainOut);
  text(record.usageSource);
  amount(cost);
  text(record.costStatus);
  text(record.costReason);
  amount(saved);
  appender.appendList(record.diagnostics, textList);
  text(record.audit);
  appender.appendList(record.tags, textList);
  text(record.preview);
  text(record.traceId);
  text(record.sessionId);
  text(record.userId);
  amount(charged);
  appender.endRow();
}

/** Days since 1970 of the start, by UTC. */
function dayOf({ started }: LedgerRecord): number {
  return Math.floor(started / DAY_MICROSECONDS);
}
