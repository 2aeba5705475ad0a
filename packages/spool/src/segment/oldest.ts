import { after, placeIn, recordKey, rowKind } from "../format/keys.js";
import { readRecord } from "../format/record-row.js";
import { sinkAt, sinkNumber, type Totals } from "../format/totals.js";
import { readWanted } from "../format/wanted.js";
import type { Segment } from "./segment.js";

const FIRST_CHUNK = 4;
const CHUNK = 256;
const end = Buffer.from([rowKind.record + 1]);

/** Where the oldest record is and when it was kept, in epoch milliseconds; null when the record is damaged. */
export type Oldest = { place: number; storedAt: number | null };

/**
 * The oldest record that waits for an exporter. What was passed once is not passed again, so that asking often stays cheap.
 */
export function oldestOf(segment: Segment, name: string): Oldest | undefined {
  return segment.read((totals) => {
    const sink = sinkNumber(totals, name);
    if (sink === undefined || sinkAt(totals, sink).waiting === 0) return undefined;
    const known = segment.nothingBefore.get(sink);
    let from: Uint8Array = recordKey(rowKind.record, known?.revivals === totals.revivals ? known.place : 0);
    for (let size = FIRST_CHUNK; ; size = CHUNK) {
      const keys = segment.env.keys(from, end, size);
      const key = keys.find((each) => waits(segment, totals, sink, each));
      if (key) {
        const place = placeIn(key);
        segment.nothingBefore.set(sink, { place, revivals: totals.revivals });
        return { place, storedAt: readRecord(segment.env.get(key) ?? Buffer.alloc(0))?.storedAt ?? null };
      }
      const last = keys.at(-1);
      if (!last || keys.length < size) return undefined;
      from = after(last);
    }
  });
}

function waits({ env }: Segment, totals: Totals, sink: number, key: Uint8Array): boolean {
  if (totals.sinks.length === 1) return true;
  const wanted = env.get(recordKey(rowKind.wanted, placeIn(key)));
  if (wanted) return readWanted(wanted).includes(sink);
  const [name] = readRecord(env.get(key) ?? Buffer.alloc(0))?.sinks ?? [];
  return name !== undefined && sinkNumber(totals, name) === sink;
}
