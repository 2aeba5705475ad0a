import { randomBytes } from "node:crypto";
import { existsSync, linkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { codeOf } from "../errors.js";

/** Room for LMDB's lock and 250 readers. */
const SIZE = 16 * 1024 + 256;

/**
 * Makes LMDB's lock file beforehand. LMDB would make one full of holes and write into it through a map of memory; on a full disk
 * that ends the process with a bus error, where writing zeros is an error that can be handled. It gets its name only when it
 * is whole, so that processes that open a folder at the same time see the same file.
 */
export function prepareLockFile(folder: string): void {
  const lockFile = join(folder, "lock.mdb");
  if (existsSync(lockFile)) return;
  const draft = join(folder, `lock-${randomBytes(6).toString("hex")}.tmp`);
  try {
    writeFileSync(draft, Buffer.alloc(SIZE), { mode: 0o600, flag: "wx" });
    linkSync(draft, lockFile);
  } catch (error) {
    // Another process was faster, or there are no links on this disk and LMDB has to make the file.
    if (!["EEXIST", "EPERM", "ENOTSUP", "ENOSYS"].includes(String(codeOf(error)))) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
