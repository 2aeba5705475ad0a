import { DamagedError } from "../errors.js";
import { rowKind } from "./keys.js";
import { readRow, writeRow } from "./row.js";

/** What a segment holds for one exporter. Its number is its index in `sinks`. */
export type SinkTotals = { name: string; waiting: number; dead: number; deadBytes: number };

/** What a segment holds. It changes in the same transactions as the rows that it counts. */
export type Totals = {
  /** The last place that was given away before there was this segment. */
  base: number;
  /** The last place that was given away, here or in an older segment. */
  last: number;
  /** Bytes of the records that wait. */
  bytes: number;
  /** How far the spool's clock was ahead of the machine's when a due time was last written. */
  clockOffset: number;
  /** How often dead letters came back to life, which is the only way for old places to appear again. */
  revivals: number;
  sinks: SinkTotals[];
};

/** What a record costs beside its own row, in bytes: the rows that point to it. */
const ROW_OVERHEAD = 64;

/** What a record counts for, by the length of its row. */
export function chargeOf(rowLength: number): number {
  return rowLength + ROW_OVERHEAD;
}

export function emptyTotals(last: number): Totals {
  return { base: last, last, bytes: 0, clockOffset: 0, revivals: 0, sinks: [] };
}

export function writeTotals(totals: Totals): Buffer {
  return writeRow(rowKind.totals, { numbers: [], texts: [JSON.stringify(totals)] });
}

/** @throws DamagedError */
export function readTotals(row: Uint8Array | undefined): Totals {
  const text = row && readRow(rowKind.totals, row)?.texts[0];
  if (text === undefined) throw new DamagedError("the totals of a segment cannot be read");
  // The checksum says that it is what `writeTotals` wrote.
  return JSON.parse(text) as Totals;
}

/** The number of an exporter in a segment; undefined when nothing was ever kept for it there. */
export function sinkNumber({ sinks }: Totals, name: string): number | undefined {
  const index = sinks.findIndex((sink) => sink.name === name);
  return index === -1 ? undefined : index;
}

/** The number of an exporter in a segment, which is given if it has none. */
export function addSink(totals: Totals, name: string): number {
  return sinkNumber(totals, name) ?? totals.sinks.push({ name, waiting: 0, dead: 0, deadBytes: 0 }) - 1;
}

/** The totals of an exporter that has a number. */
export function sinkAt({ sinks }: Totals, number: number): SinkTotals {
  const sink = sinks[number];
  if (!sink) throw new DamagedError(`a row names exporter ${number}, and there are ${sinks.length}`);
  return sink;
}

export function waitingIn({ sinks }: Totals): number {
  return sinks.reduce((sum, { waiting }) => sum + waiting, 0);
}

export function deadIn({ sinks }: Totals): { dead: number; deadBytes: number } {
  return sinks.reduce(
    (sum, sink) => ({ dead: sum.dead + sink.dead, deadBytes: sum.deadBytes + sink.deadBytes }),
    {
      dead: 0,
      deadBytes: 0,
    },
  );
}
