import { randomBytes } from "node:crypto";
import { open, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";

const temporary = /^\.waybill-(\d+)-[0-9a-f]{16}\.tmp$/;

/** The process that writes, or wrote, a temporary file of ours; undefined for any other file. */
export function writerOf(fileName: string): number | undefined {
  const id = temporary.exec(fileName)?.[1];
  return id === undefined ? undefined : Number(id);
}

/**
 * Writes a file that only its owner may read, in the place of the one that was there. Whoever reads sees the old text or
 * the new one, also when the process or the machine dies meanwhile; what is left then is a temporary file in the same folder.
 */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  const draft = join(folder, `.waybill-${process.pid}-${randomBytes(8).toString("hex")}.tmp`);
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}

/** The new name lasts only when the folder is on the disk too. Not every system has a way to ask for that. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The file is whole and in its place all the same.
  }
}
