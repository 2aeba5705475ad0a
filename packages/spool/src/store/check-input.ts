import type { SpoolClaim, SpoolRecord, SpoolSettlement } from "@waybill/core";

import { SpoolError } from "../errors.js";
import { placeOf } from "../format/keys.js";
import { cutText, isWellFormed } from "../format/row.js";
import type { PlacedSettlement } from "../segment/settle.js";

/** So many exporters one record may have. */
const MOST_SINKS = 200;
const LONGEST_NAME = 256;
/** Units of UTF-16 that are kept of what an exporter says. */
const MOST_CODE = 128;
const MOST_REASON = 2048;

/**
 * The records as they are at this moment: nothing of the caller's runs later, while all processes wait.
 * @throws SpoolError `bad-record` or `record-too-large`, which name the record's index
 */
export function checkRecords(records: readonly SpoolRecord[], maxRecordBytes: number): SpoolRecord[] {
  return Array.from(records, (record, index) => {
    const { id, text, sinks } = record as Partial<SpoolRecord>;
    if (typeof id !== "string" || typeof text !== "string")
      throw new SpoolError("bad-record", `record ${index}: id and text are strings`);
    if (!Array.isArray(sinks) || sinks.length > MOST_SINKS)
      throw new SpoolError("bad-record", `record ${index}: sinks is a list of at most ${MOST_SINKS} names`);
    const names = [...new Set<string>(sinks)];
    for (const name of names) checkSink(name, `record ${index}`);
    // A unit of UTF-16 has at most three bytes, so most records need not be measured.
    const isSmall = (id.length + text.length) * 3 <= maxRecordBytes;
    const bytes = isSmall ? 0 : Buffer.byteLength(id) + Buffer.byteLength(text);
    if (bytes > maxRecordBytes) {
      const message = `record ${index} has ${bytes} bytes, and maxRecordBytes is ${maxRecordBytes}`;
      throw new SpoolError("record-too-large", message);
    }
    return { id, text, sinks: names };
  });
}

/**
 * Settlements as they are at this moment, with the places that their keys name. A key that is none of ours names nothing.
 * @throws SpoolError `bad-option`, which names the settlement's index
 */
export function checkSettlements(settlements: readonly SpoolSettlement[]): PlacedSettlement[] {
  return Array.from(settlements, (settlement, index) => {
    const place = placeOf(settlement.key);
    const copy = copyOf(settlement);
    if (copy) return { place, settlement: copy };
    const message = `settlement ${index} is done, retry with a number for notBefore, or dead`;
    throw new SpoolError("bad-option", message);
  }).filter((each): each is PlacedSettlement => each.place !== undefined);
}

function copyOf(settlement: SpoolSettlement): SpoolSettlement | undefined {
  const { key } = settlement;
  switch (settlement.status) {
    case "done":
      return { key, status: "done" };
    case "retry": {
      const { notBefore } = settlement;
      return typeof notBefore === "number" ? { key, status: "retry", notBefore } : undefined;
    }
    case "dead": {
      const code = cutText(settlement.code, MOST_CODE);
      return { key, status: "dead", code, reason: cutText(settlement.reason, MOST_REASON) };
    }
    default:
      return undefined;
  }
}

function checkSink(name: unknown, where: string): void {
  if (typeof name !== "string" || name === "" || name.length > LONGEST_NAME || !isWellFormed(name))
    throw new SpoolError(
      "bad-record",
      `${where}: the name of an exporter has 1 to ${LONGEST_NAME} characters`,
    );
}

/** @throws SpoolError `bad-option` */
export function checkClaim({ owner, leaseMs }: SpoolClaim): void {
  checkOwner(owner);
  if (typeof leaseMs !== "number" || Number.isNaN(leaseMs))
    throw new SpoolError("bad-option", `leaseMs is a number of milliseconds, not ${String(leaseMs)}`);
}

/** @throws SpoolError `bad-option` */
export function checkOwner(owner: unknown): void {
  if (typeof owner !== "string" || owner === "" || owner.length > LONGEST_NAME)
    throw new SpoolError("bad-option", `owner is a name of 1 to ${LONGEST_NAME} characters`);
}

/** @throws SpoolError `bad-option` */
export function checkSinks(sinks: unknown): void {
  if (sinks !== undefined && !Array.isArray(sinks))
    throw new SpoolError("bad-option", "the sinks of a claim are a list of names");
}

/** How many may be taken: at least one. */
export function atLeastOne(most: number): number {
  return most >= 1 ? Math.floor(most) : 1;
}
