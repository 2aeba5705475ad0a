import { closeSync, fdatasyncSync, fsyncSync, openSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";

import { readMetas, withDataFile, type Meta } from "../disk/lmdb-file.js";
import { snapshotFileIn, writeSnapshot } from "../disk/snapshot.js";
import { codeOf } from "../errors.js";
import type { Segment } from "../segment/segment.js";

/** A state of a segment that is about to be flushed. Its pages stay as they are meanwhile. */
export type Flushing = {
  segment: Segment;
  writes: number;
  size: number;
  meta: Meta | undefined;
  unpin: () => void;
};

/** Takes hold of the present state of a segment. Whoever calls it holds the spool's lock. */
export function beginFlush(segment: Segment): Flushing {
  const meta = withDataFile(segment.env.dataFile, (file) => readMetas(file)[0]);
  segment.env.forgetDeadReaders();
  return { segment, writes: segment.writes, size: segment.env.size() ?? 0, meta, unpin: segment.env.pin() };
}

/** Flushes it, while the process goes on. A segment that was removed meanwhile needs no flush. */
export async function flushToDisk(
  { segment, meta }: Flushing,
  boot: string,
  locked: (action: () => void) => void,
): Promise<void> {
  const { folder, dataFile } = segment.env;
  try {
    await syncFile(dataFile);
    locked(() => {
      if (meta) writeSnapshot(folder, { boot, meta });
    });
    await syncFile(snapshotFileIn(folder));
  } catch (error) {
    if (codeOf(error) === "ENOENT" && segment.env.size() === undefined) return;
    throw error;
  }
  if (segment.namesAreOnDisk) return;
  await syncFolder(folder);
  await syncFolder(dirname(folder));
  segment.namesAreOnDisk = true;
}

/** The state is on the disk, or could not be brought there. */
export function endFlush({ segment, writes, size, unpin }: Flushing, isFlushed: boolean): void {
  if (!isFlushed) {
    unpin();
    return;
  }
  segment.sizeAtFlush = size;
  segment.moveToPin(unpin, writes);
}

/** Flushes a segment before it returns. Whoever calls it holds the spool's lock. */
export function flushNow(segment: Segment, boot: string): void {
  const flushing = beginFlush(segment);
  let isFlushed = false;
  try {
    const { folder, dataFile } = segment.env;
    syncFileNow(dataFile);
    if (flushing.meta) writeSnapshot(folder, { boot, meta: flushing.meta });
    syncFileNow(snapshotFileIn(folder));
    syncFolderNow(folder);
    syncFolderNow(dirname(folder));
    segment.namesAreOnDisk = true;
    isFlushed = true;
  } finally {
    endFlush(flushing, isFlushed);
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** A new name lasts only when its folder is on the disk too. Not every system has a way to ask for that. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch {
    // The files themselves are there.
  }
}

function syncFileNow(path: string): void {
  const file = openSync(path, "r+");
  try {
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Brings a folder's names to the disk. */
function syncFolderNow(path: string): void {
  try {
    const folder = openSync(path, "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // The files themselves are there.
  }
}
