import type { DeadLetter } from "@waybill/core";

import { writeEntry, type Entry } from "../format/entry.js";
import {
  after,
  behind,
  deadKey,
  keyText,
  placeIn,
  readyKey,
  recordKey,
  rowKind,
  sinkPrefix,
} from "../format/keys.js";
import {
  readLetter,
  readRecord,
  salvageRecord,
  writeLetter,
  writeRecord,
  type StoredLetter,
} from "../format/record-row.js";
import { addSink, chargeOf, sinkAt, sinkNumber, type Totals } from "../format/totals.js";
import { readWanted, writeWanted } from "../format/wanted.js";
import { forget } from "./forget.js";
import type { Segment } from "./segment.js";

const CHUNK = 256;

/** A dead letter of a segment with the length of its row. */
export type FoundLetter = { key: Uint8Array; place: number; size: number; letter: StoredLetter | undefined };

/**
 * Makes a dead letter of a record that waits, whose entry is gone already.
 * @returns the record's id
 */
export function bury(
  segment: Segment,
  totals: Totals,
  sink: number,
  place: number,
  entry: Entry,
  { now, code, reason, row }: { now: number; code: string; reason: string; row: Uint8Array | undefined },
): string {
  const record = row && (readRecord(row) ?? salvageRecord(row));
  const { id = "", text = "", storedAt = now } = record ?? {};
  putLetter(segment, totals, sink, {
    place,
    storedAt,
    attempts: entry.attempts,
    diedAt: now,
    id,
    text,
    code,
    reason,
  });
  forget(segment, totals, sink, place, entry.charge);
  return id;
}

/** Keeps a dead letter; one that is there already stays as it is. */
export function putLetter({ env }: Segment, totals: Totals, sink: number, letter: StoredLetter): void {
  const key = deadKey(sink, letter.place);
  if (env.get(key)) return;
  const row = writeLetter(letter);
  env.put(key, row);
  const counts = sinkAt(totals, sink);
  counts.dead++;
  counts.deadBytes += row.length;
}

/** Dead letters of an exporter behind a place, oldest first. */
export function lettersOf(
  segment: Segment,
  name: string,
  { behindPlace = -1, limit }: { behindPlace?: number | undefined; limit: number },
): FoundLetter[] {
  return segment.read((totals) => {
    const sink = sinkNumber(totals, name);
    if (sink === undefined || sinkAt(totals, sink).dead === 0) return [];
    const start = behindPlace < 0 ? sinkPrefix(rowKind.dead, sink) : after(deadKey(sink, behindPlace));
    const keys = segment.env.keys(start, behind(sinkPrefix(rowKind.dead, sink)), limit);
    return keys.map((key) => foundAt(segment, key));
  });
}

function foundAt({ env }: Segment, key: Uint8Array): FoundLetter {
  const row = env.get(key);
  return { key, place: placeIn(key), size: row?.length ?? 0, letter: row && readLetter(row) };
}

/** A dead letter as callers see it. */
export function toDeadLetter(sink: string, letter: StoredLetter): DeadLetter {
  const { place, storedAt, attempts, diedAt, id, text, code, reason } = letter;
  return { key: keyText(place), id, text, storedAt, attempts, sink, code, reason, diedAt };
}

/**
 * Lets dead letters wait again, or forgets them. One that cannot be read can only be forgotten.
 * @param places those that are meant; all when not given
 * @param done the places that are done; those that were before are only removed here
 */
export function endLetters(
  segment: Segment,
  name: string,
  places: readonly number[] | undefined,
  { revive, done }: { revive: boolean; done: Set<number> },
): void {
  segment.write((totals) => {
    const sink = sinkNumber(totals, name);
    if (sink === undefined) return;
    let revived = 0;
    for (const key of keysOf(segment, sink, places)) {
      const { place, letter, size } = foundAt(segment, key);
      const again = revive && !done.has(place);
      if (size === 0 || (again && !letter)) continue;
      segment.env.remove(key);
      const counts = sinkAt(totals, sink);
      counts.dead--;
      counts.deadBytes -= size;
      done.add(place);
      if (!again || !letter) continue;
      letWait(segment, totals, sink, letter);
      revived++;
    }
    if (revived > 0) totals.revivals++;
  });
}

/** What dead letters would count for if they waited again, or a little more. */
export function chargeOfLetters(
  segment: Segment,
  name: string,
  places: readonly number[] | undefined,
): number {
  return segment.read((totals) => {
    const sink = sinkNumber(totals, name);
    if (sink === undefined) return 0;
    if (!places) {
      const { dead, deadBytes } = sinkAt(totals, sink);
      return deadBytes + chargeOf(0) * dead;
    }
    const sizes = places.map((place) => segment.env.get(deadKey(sink, place))?.length ?? 0);
    return sizes.reduce((sum, size) => sum + (size === 0 ? 0 : chargeOf(size)), 0);
  });
}

/** The keys of dead letters: of those that are meant, or of all. */
function keysOf({ env }: Segment, sink: number, places: readonly number[] | undefined): Uint8Array[] {
  if (places) return places.map((place) => deadKey(sink, place));
  const prefix = sinkPrefix(rowKind.dead, sink);
  const keys: Uint8Array[] = [];
  for (let from: Uint8Array = prefix; ; from = after(keys.at(-1) ?? prefix)) {
    const chunk = env.keys(from, behind(prefix), CHUNK);
    keys.push(...chunk);
    if (chunk.length < CHUNK) return keys;
  }
}

function letWait({ env }: Segment, totals: Totals, sink: number, letter: StoredLetter): void {
  const { place, storedAt, id, text, attempts } = letter;
  const key = recordKey(rowKind.record, place);
  const there = env.get(key);
  let charge: number;
  if (there) {
    // Other exporters still want it.
    charge = chargeOf(there.length);
    const wanted = env.get(recordKey(rowKind.wanted, place));
    const others = wanted
      ? readWanted(wanted)
      : (readRecord(there)?.sinks ?? []).map((name) => addSink(totals, name));
    env.put(recordKey(rowKind.wanted, place), writeWanted([...others, sink]));
  } else {
    const row = writeRecord({ place, storedAt, id, text, sinks: [sinkAt(totals, sink).name] });
    charge = chargeOf(row.length);
    env.put(key, row);
    totals.bytes += charge;
  }
  env.put(readyKey(sink, place), writeEntry({ attempts, charge, size: Buffer.byteLength(text) }));
  sinkAt(totals, sink).waiting++;
}

/** The oldest dead letter of a segment, of whichever exporter. */
export function oldestLetter(segment: Segment): { sink: string; place: number } | undefined {
  return segment.read((totals) => {
    const oldest = totals.sinks.flatMap(({ name, dead }, sink) => {
      if (dead === 0) return [];
      const prefix = sinkPrefix(rowKind.dead, sink);
      return segment.env.keys(prefix, behind(prefix), 1).map((key) => ({ sink: name, place: placeIn(key) }));
    });
    return oldest.toSorted((one, other) => one.place - other.place)[0];
  });
}
