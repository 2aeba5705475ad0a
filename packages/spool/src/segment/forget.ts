import { recordKey, rowKind } from "../format/keys.js";
import { sinkAt, type Totals } from "../format/totals.js";
import { readWanted, writeWanted } from "../format/wanted.js";
import type { Segment } from "./segment.js";

/** An exporter needs a record no more. With the last one that did, the record goes. */
export function forget({ env }: Segment, totals: Totals, sink: number, place: number, charge: number): void {
  sinkAt(totals, sink).waiting--;
  // A record that only one exporter wanted has no such row, and in a segment of one exporter there is none at all.
  const wanted = totals.sinks.length > 1 ? env.get(recordKey(rowKind.wanted, place)) : undefined;
  const left = wanted ? readWanted(wanted).filter((number) => number !== sink) : [];
  if (left.length > 0) {
    env.put(recordKey(rowKind.wanted, place), writeWanted(left));
    return;
  }
  if (wanted) env.remove(recordKey(rowKind.wanted, place));
  env.remove(recordKey(rowKind.record, place));
  totals.bytes -= charge;
}
