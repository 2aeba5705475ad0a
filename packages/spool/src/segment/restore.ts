import { writeEntry } from "../format/entry.js";
import { readyKey, recordKey, rowKind } from "../format/keys.js";
import { writeRecord, type StoredLetter } from "../format/record-row.js";
import { addSink, chargeOf, sinkAt } from "../format/totals.js";
import { writeWanted } from "../format/wanted.js";
import { putLetter } from "./letters.js";
import type { Rescued, RescuedRecord } from "./rescue.js";
import type { Segment } from "./segment.js";

/** So many in one transaction, which holds its pages in memory. */
const AT_ONCE = 256;

/** Puts what was read of a damaged file into a segment, in the places that it had. What is there already stays as it is. */
export function restoreInto(segment: Segment, { records, letters }: Rescued): void {
  for (let from = 0; from < records.length; from += AT_ONCE)
    putRecords(segment, records.slice(from, from + AT_ONCE));
  putLetters(segment, letters);
}

export function putLetters(segment: Segment, letters: readonly (StoredLetter & { sink: string })[]): void {
  for (let from = 0; from < letters.length; from += AT_ONCE) {
    segment.write((totals) => {
      for (const { sink, ...letter } of letters.slice(from, from + AT_ONCE))
        putLetter(segment, totals, addSink(totals, sink), letter);
    });
  }
}

function putRecords(segment: Segment, records: readonly RescuedRecord[]): void {
  segment.write((totals) => {
    for (const record of records) {
      const key = recordKey(rowKind.record, record.place);
      const sinks = [...new Set(record.sinks)];
      if (segment.env.get(key) || sinks.length === 0) continue;
      const row = writeRecord({ ...record, sinks });
      const charge = chargeOf(row.length);
      segment.env.put(key, row);
      const numbers = sinks.map((name) => addSink(totals, name));
      if (numbers.length > 1) segment.env.put(recordKey(rowKind.wanted, record.place), writeWanted(numbers));
      const entry = writeEntry({ attempts: record.attempts, charge, size: Buffer.byteLength(record.text) });
      for (const number of numbers) {
        segment.env.put(readyKey(number, record.place), entry);
        sinkAt(totals, number).waiting++;
      }
      totals.bytes += charge;
      totals.last = Math.max(totals.last, record.place);
    }
    totals.revivals++;
  });
}
