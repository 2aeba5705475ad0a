import type { SpoolRecord } from "@waybill/core";

import { writeEntry } from "../format/entry.js";
import { leasedKey, readyKey, recordKey, rowKind } from "../format/keys.js";
import { writeRecord } from "../format/record-row.js";
import { addSink, chargeOf, sinkAt, type Totals } from "../format/totals.js";
import { writeWanted } from "../format/wanted.js";
import type { Segment } from "./segment.js";

/** Milliseconds become places with this many records to each, so that places are never given twice, whatever is lost. */
const PLACES_PER_MS = 1000;

export type Appending = {
  records: readonly SpoolRecord[];
  /** Epoch milliseconds. */
  now: number;
  /** Who has them at once, for some exporters or for all. */
  lease?: { owner: Uint8Array; sinks: readonly string[] | undefined } | undefined;
};

/**
 * Keeps records, all or none.
 * @param check looks at the bytes that are in use then, and throws if they are too many
 * @returns their places
 */
export function appendRecords(
  segment: Segment,
  { records, now, lease }: Appending,
  check: (bytes: number) => void,
): number[] {
  return segment.write((totals) => {
    let place = Math.max(totals.last, firstPlaceOf(now));
    const places = records.map((record) => {
      place++;
      const { sinks } = record;
      // Nobody wants it: it is settled already.
      if (sinks.length > 0) {
        const row = writeRecord({ place, storedAt: now, id: record.id, text: record.text, sinks });
        const charge = chargeOf(row.length);
        segment.env.put(recordKey(rowKind.record, place), row);
        const entry = { attempts: 0, charge, size: Buffer.byteLength(record.text) };
        putEntries(segment, totals, sinks, place, writeEntry(entry), lease);
        totals.bytes += charge;
      }
      return place;
    });
    if (records.length > 0) totals.last = place;
    check(totals.bytes);
    return places;
  });
}

function putEntries(
  { env }: Segment,
  totals: Totals,
  sinks: readonly string[],
  place: number,
  entry: Buffer,
  lease: Appending["lease"],
): void {
  const numbers = sinks.map((name) => {
    const number = addSink(totals, name);
    const isLeased = lease && (lease.sinks?.includes(name) ?? true);
    env.put(isLeased ? leasedKey(number, lease.owner, place) : readyKey(number, place), entry);
    sinkAt(totals, number).waiting++;
    return number;
  });
  if (numbers.length > 1) env.put(recordKey(rowKind.wanted, place), writeWanted(numbers));
}

/** Clocks that are far beyond any date give no places. */
function firstPlaceOf(now: number): number {
  const place = Math.floor(now) * PLACES_PER_MS;
  return place > 0 && place < Number.MAX_SAFE_INTEGER / 2 ? place : 0;
}
