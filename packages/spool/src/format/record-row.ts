import { rowKind } from "./keys.js";
import { readRow, salvageRow, writeRow, type Row } from "./row.js";

/** A record as it is kept. */
export type StoredRecord = {
  place: number;
  /** Epoch milliseconds. */
  storedAt: number;
  id: string;
  text: string;
  /** The exporters that it was kept for at first. */
  sinks: readonly string[];
};

/** A dead letter as it is kept. */
export type StoredLetter = {
  place: number;
  storedAt: number;
  attempts: number;
  /** Epoch milliseconds. */
  diedAt: number;
  id: string;
  text: string;
  code: string;
  reason: string;
};

/** The bytes are good until the next row is written. */
export function writeRecord({ place, storedAt, id, text, sinks }: StoredRecord): Buffer {
  return writeRow(rowKind.record, { numbers: [place, whole(storedAt)], texts: [id, text, ...sinks] });
}

/** Undefined when the row is damaged. */
export function readRecord(row: Uint8Array): StoredRecord | undefined {
  return toRecord(readRow(rowKind.record, row));
}

/** What can be read of a damaged row. */
export function salvageRecord(row: Uint8Array): StoredRecord | undefined {
  return toRecord(salvageRow(rowKind.record, row));
}

function toRecord(row: Row | undefined): StoredRecord | undefined {
  const [place, storedAt] = row?.numbers ?? [];
  const [id, text, ...sinks] = row?.texts ?? [];
  if (place === undefined || storedAt === undefined || id === undefined || text === undefined)
    return undefined;
  return { place, storedAt, id, text, sinks };
}

/** The bytes are good until the next row is written. */
export function writeLetter({
  place,
  storedAt,
  attempts,
  diedAt,
  id,
  text,
  code,
  reason,
}: StoredLetter): Buffer {
  const numbers = [place, whole(storedAt), attempts, whole(diedAt)];
  return writeRow(rowKind.dead, { numbers, texts: [id, text, code, reason] });
}

/** Undefined when the row is damaged. */
export function readLetter(row: Uint8Array): StoredLetter | undefined {
  const { numbers, texts } = readRow(rowKind.dead, row) ?? { numbers: [], texts: [] };
  const [place, storedAt, attempts, diedAt] = numbers;
  const [id, text, code, reason] = texts;
  if (place === undefined || storedAt === undefined || attempts === undefined || diedAt === undefined)
    return undefined;
  if (id === undefined || text === undefined || code === undefined || reason === undefined) return undefined;
  return { place, storedAt, attempts, diedAt, id, text, code, reason };
}

/** Clocks may show fractions, and a clock that was never set may show anything. */
function whole(time: number): number {
  return time > 0 ? Math.min(Math.floor(time), Number.MAX_SAFE_INTEGER) : 0;
}
