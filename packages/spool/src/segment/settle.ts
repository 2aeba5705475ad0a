import type { SpoolSettlement } from "@waybill/core";

import { readEntry, writeEntry } from "../format/entry.js";
import { dueKey, leasedKey, recordKey, rowKind } from "../format/keys.js";
import { sinkNumber, type Totals } from "../format/totals.js";
import { forget } from "./forget.js";
import { bury } from "./letters.js";
import type { Segment } from "./segment.js";

/** A settlement with the place that its key names. */
export type PlacedSettlement = { place: number; settlement: SpoolSettlement };

/**
 * Settles what an owner took, in one transaction.
 * @param owners the ids under which it may have taken it
 * @param clockOffset how far the spool's clock is ahead of the machine's
 * @returns what is not here, or was taken by somebody else
 */
export function settleHere(
  segment: Segment,
  name: string,
  owners: readonly Buffer[],
  settlements: readonly PlacedSettlement[],
  { now, clockOffset }: { now: number; clockOffset: number },
): PlacedSettlement[] {
  return segment.write((totals) => {
    const sink = sinkNumber(totals, name);
    if (sink === undefined) return [...settlements];
    return settlements.filter(({ place, settlement }) => {
      const value = takeLease(segment, sink, owners, place);
      if (!value) return true;
      apply(segment, totals, sink, place, value, settlement, { now, clockOffset });
      return false;
    });
  });
}

/** Whether an owner has any of them here. */
export function holdsAny(
  segment: Segment,
  name: string,
  owners: readonly Buffer[],
  settlements: readonly PlacedSettlement[],
): boolean {
  return segment.read((totals) => {
    const sink = sinkNumber(totals, name);
    if (sink === undefined) return false;
    return settlements.some(({ place }) =>
      owners.some((owner) => segment.env.get(leasedKey(sink, owner, place)) !== undefined),
    );
  });
}

function takeLease(
  { env }: Segment,
  sink: number,
  owners: readonly Buffer[],
  place: number,
): Buffer | undefined {
  for (const owner of owners) {
    const key = leasedKey(sink, owner, place);
    const value = env.get(key);
    if (!value) continue;
    env.remove(key);
    return value;
  }
  return undefined;
}

function apply(
  segment: Segment,
  totals: Totals,
  sink: number,
  place: number,
  value: Buffer,
  settlement: SpoolSettlement,
  { now, clockOffset }: { now: number; clockOffset: number },
): void {
  const entry = readEntry(value);
  switch (settlement.status) {
    case "done":
      forget(segment, totals, sink, place, entry.charge);
      return;
    case "retry": {
      const due = settlement.notBefore + clockOffset;
      segment.env.put(dueKey(sink, due, place), writeEntry({ ...entry, attempts: entry.attempts + 1 }));
      totals.clockOffset = clockOffset;
      return;
    }
    case "dead": {
      const row = segment.env.get(recordKey(rowKind.record, place));
      const { code, reason } = settlement;
      bury(segment, totals, sink, place, entry, { now, code, reason, row });
    }
  }
}
