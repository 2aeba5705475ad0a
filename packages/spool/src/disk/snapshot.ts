import { closeSync, fdatasyncSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";

import { codeOf } from "../errors.js";
import { readRow, writeRow } from "../format/row.js";
import { META_BYTES, META_OFFSET, pageFlag, parseMeta, type Meta } from "./lmdb-file.js";

/**
 * Which state of a segment is known to be on the disk. LMDB without flushes leaves a file whose newest state may be half there
 * when the machine stops. So after each flush the state that was flushed is written beside the file, its pages are kept by
 * a reader until the next flush, and after the machine has stopped the file is set back to it.
 */
export type Snapshot = { boot: string; meta: Meta };

const LETTER = 0x73;
/** There are two, so that one is whole while the other is written. */
const SLOT = 1024;

export function snapshotFileIn(folder: string): string {
  return join(folder, "snapshot");
}

/** The newest state that was flushed; undefined when there is none that can be read. */
export function readSnapshot(folder: string): Snapshot | undefined {
  const file = openIfThere(snapshotFileIn(folder), "r");
  if (file === undefined) return undefined;
  try {
    return newestOf(readSlots(file));
  } finally {
    closeSync(file);
  }
}

/** Notes that a state is on the disk, unless a newer one is noted already. The note itself still has to be flushed. */
export function writeSnapshot(folder: string, snapshot: Snapshot): void {
  const path = snapshotFileIn(folder);
  const file = openIfThere(path, "r+") ?? openSync(path, "w+", 0o600);
  try {
    const slots = readSlots(file);
    const newest = newestOf(slots);
    if (newest && newest.boot === snapshot.boot && newest.meta.transaction >= snapshot.meta.transaction)
      return;
    const slot = newest && newest === slots[0] ? 1 : 0;
    writeSync(file, slotOf(snapshot), 0, SLOT, slot * SLOT);
  } finally {
    closeSync(file);
  }
}

/**
 * Makes a state of a data file the only one, on the disk too. Nobody may have the file open.
 * @param boot which run of the operating system it is that relies on it from now on
 */
export function restoreState(folder: string, dataFile: string, { boot, meta }: Snapshot): void {
  const file = openSync(dataFile, "r+");
  try {
    // LMDB keeps the state of transaction n on page n % 2 and takes the newer one; the other becomes the same, one older.
    for (const older of [1, 0]) {
      const page = Buffer.alloc(META_OFFSET + META_BYTES);
      const number = (meta.transaction - older) & 1;
      page.writeBigUInt64LE(BigInt(number), 0);
      page.writeUInt16LE(pageFlag.meta, 18);
      meta.bytes.copy(page, META_OFFSET);
      page.writeBigUInt64LE(BigInt(Math.max(0, meta.transaction - older)), META_OFFSET + 128);
      writeSync(file, page, 0, page.length, number * meta.pageSize);
    }
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
  const note = openSync(snapshotFileIn(folder), "w", 0o600);
  try {
    writeSync(note, Buffer.concat([slotOf({ boot, meta }), Buffer.alloc(SLOT)]));
    fdatasyncSync(note);
  } finally {
    closeSync(note);
  }
}

function slotOf({ boot, meta }: Snapshot): Buffer {
  const slot = Buffer.alloc(SLOT);
  const row = writeRow(LETTER, { numbers: [], texts: [boot, meta.bytes.toString("base64")] });
  slot.writeUInt16BE(row.length, 0);
  row.copy(slot, 2);
  return slot;
}

function readSlots(file: number): (Snapshot | undefined)[] {
  const bytes = Buffer.alloc(2 * SLOT);
  readSync(file, bytes, 0, bytes.length, 0);
  return [bytes.subarray(0, SLOT), bytes.subarray(SLOT)].map((slot) => {
    const length = Math.min(slot.readUInt16BE(0), SLOT - 2);
    const [boot, text] = readRow(LETTER, slot.subarray(2, 2 + length))?.texts ?? [];
    const meta = text === undefined ? undefined : parseMeta(Buffer.from(text, "base64"));
    return boot === undefined || !meta ? undefined : { boot, meta };
  });
}

function newestOf(slots: (Snapshot | undefined)[]): Snapshot | undefined {
  return slots
    .filter((slot) => slot !== undefined)
    .reduce<Snapshot | undefined>(
      (best, slot) => (best && best.meta.transaction >= slot.meta.transaction ? best : slot),
      undefined,
    );
}

function openIfThere(path: string, flags: string): number | undefined {
  try {
    return openSync(path, flags);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
