import type { Item } from "./memory.js";

/** A record on its way to one exporter. */
export type Entry = {
  readonly item: Item;
  /** Its place in the spool, when it is there too. */
  readonly key: string | undefined;
};

/** Records that are sent together, and again together, so that a retry has the same bytes. */
export type Batch = {
  entries: Entry[];
  /** How often it was sent. */
  attempts: number;
  /** How often in a row nothing of it was taken. */
  failures: number;
  /** When that began. Milliseconds of the monotonic clock. */
  failingSince: number;
  /** Whether it is one of two halves: then it is halved again at the next failure. */
  isHalf: boolean;
  /** Not sent before. Milliseconds of the monotonic clock. */
  dueAt: number;
};

/** A batch that was never sent. */
export function batchOf(entries: Entry[], attempts = 0): Batch {
  return { entries, attempts, failures: 0, failingSince: 0, isHalf: false, dueAt: 0 };
}

/** Two halves, to find out in which of them the trouble is. */
export function halvesOf(batch: Batch): Batch[] {
  const middle = Math.ceil(batch.entries.length / 2);
  const halves = [batch.entries.slice(0, middle), batch.entries.slice(middle)];
  return halves.map((entries) => ({ ...batch, entries, isHalf: true }));
}
