import type { SpooledRecord } from "@waybill/core";

import { readEntry, type Entry } from "../format/entry.js";
import {
  after,
  behind,
  dueEnd,
  keyText,
  leasedKey,
  ownerIn,
  ownerPrefix,
  placeIn,
  readyKey,
  recordKey,
  rowKind,
  sinkPrefix,
} from "../format/keys.js";
import { readRecord } from "../format/record-row.js";
import { sinkAt, sinkNumber, type Totals } from "../format/totals.js";
import { bury } from "./letters.js";
import type { Segment } from "./segment.js";

/** How many that have become due are made ready in one go. */
const DUE_AT_ONCE = 1024;
const FIRST_CHUNK = 16;
const LARGEST_CHUNK = 512;

/** A record that may be taken. */
export type Candidate = { segment: Segment; key: Uint8Array; place: number };

/** A row of records that may be taken, the oldest first. */
export class Source {
  readonly #segment: Segment;
  readonly #end: Buffer;
  #from: Uint8Array;
  #chunk: Uint8Array[] = [];
  #next = 0;
  #size = FIRST_CHUNK;
  #isOver = false;

  constructor(segment: Segment, prefix: Buffer) {
    this.#segment = segment;
    this.#from = prefix;
    this.#end = behind(prefix);
  }

  /** The oldest; undefined when there are no more. */
  peek(): Candidate | undefined {
    if (this.#next >= this.#chunk.length && !this.#isOver) this.#load();
    const key = this.#chunk[this.#next];
    return key && { segment: this.#segment, key, place: placeIn(key) };
  }

  skip(): void {
    this.#next++;
  }

  #load(): void {
    const { env } = this.#segment;
    this.#chunk = env.transact(() => env.keys(this.#from, this.#end, this.#size));
    this.#next = 0;
    this.#isOver = this.#chunk.length < this.#size;
    this.#size = Math.min(this.#size * 4, LARGEST_CHUNK);
    const last = this.#chunk.at(-1);
    if (last) this.#from = after(last);
  }
}

/**
 * Where an exporter's records are that may be taken: those that nobody has, and those of owners whose leases have run out.
 * Those that are due by now are made ready first.
 * @param time of the spool's clock
 */
export function sourcesOf(
  segment: Segment,
  name: string,
  time: number,
  isFree: (owner: Buffer) => boolean,
): Source[] {
  const sink = segment.read((totals) => {
    const number = sinkNumber(totals, name);
    return number !== undefined && sinkAt(totals, number).waiting > 0 ? number : undefined;
  });
  if (sink === undefined) return [];
  const due = segment.read(() => dueKeys(segment, sink, time));
  if (due.length > 0) segment.write(() => makeReady(segment, sink, due));
  const owners = segment.read(() => ownersIn(segment, sink)).filter(isFree);
  const prefixes = [sinkPrefix(rowKind.ready, sink), ...owners.map((owner) => ownerPrefix(sink, owner))];
  return prefixes.map((prefix) => new Source(segment, prefix));
}

function dueKeys({ env }: Segment, sink: number, time: number): Uint8Array[] {
  return env.keys(sinkPrefix(rowKind.due, sink), dueEnd(sink, time), DUE_AT_ONCE);
}

function makeReady({ env }: Segment, sink: number, keys: Uint8Array[]): void {
  for (const key of keys) {
    const entry = env.get(key);
    if (!entry) continue;
    env.put(readyKey(sink, placeIn(key)), entry);
    env.remove(key);
  }
}

/** Everybody who has a lease on a record of an exporter. */
function ownersIn({ env }: Segment, sink: number): Buffer[] {
  const prefix = sinkPrefix(rowKind.leased, sink);
  const owners: Buffer[] = [];
  let from: Uint8Array = prefix;
  for (;;) {
    const [key] = env.keys(from, behind(prefix), 1);
    if (!key) return owners;
    const owner = ownerIn(key);
    owners.push(owner);
    from = behind(ownerPrefix(sink, owner));
  }
}

/** How much may still be taken. */
export type Budget = { records: number; bytes: number; isEmpty: boolean };

/**
 * Takes candidates of one segment in their order, as far as the budget goes. A record that cannot be read becomes a dead letter.
 * @param onDamaged hears of each of those
 */
export function take(
  segment: Segment,
  name: string,
  owner: Uint8Array,
  candidates: readonly Candidate[],
  budget: Budget,
  { now, onDamaged }: { now: number; onDamaged: (id: string, place: number) => void },
): SpooledRecord[] {
  // A transaction that fails takes nothing of the budget.
  const left = { ...budget };
  const records = segment.write((totals) => {
    const sink = sinkNumber(totals, name) ?? 0;
    const taken: SpooledRecord[] = [];
    for (const { key, place } of candidates) {
      const value = segment.env.get(key);
      if (!value) continue;
      const entry = readEntry(value);
      if (left.records < 1 || (left.bytes < entry.size && !left.isEmpty)) {
        left.records = 0;
        break;
      }
      segment.env.remove(key);
      const record = load(segment, totals, sink, place, entry, { now, onDamaged });
      if (!record) continue;
      segment.env.put(leasedKey(sink, owner, place), value);
      taken.push(record);
      left.isEmpty = false;
      left.records--;
      left.bytes -= entry.size;
    }
    return taken;
  });
  Object.assign(budget, left);
  return records;
}

function load(
  segment: Segment,
  totals: Totals,
  sink: number,
  place: number,
  entry: Entry,
  { now, onDamaged }: { now: number; onDamaged: (id: string, place: number) => void },
): SpooledRecord | undefined {
  const row = segment.env.get(recordKey(rowKind.record, place));
  const record = row && readRecord(row);
  if (record?.place === place) {
    const { id, text, storedAt } = record;
    return { key: keyText(place), id, text, storedAt, attempts: entry.attempts };
  }
  onDamaged(bury(segment, totals, sink, place, entry, { now, row, ...damaged }), place);
  return undefined;
}

const damaged = { code: "damaged", reason: "the record was damaged on the disk; its text is what was left" };
