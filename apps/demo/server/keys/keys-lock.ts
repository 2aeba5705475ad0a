import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import { wordsOf } from "@waybill/core/thrown";

import { KeysError } from "./problems.js";

/** A file of keys that is ours until it is released. */
export type KeysLock = { release(): void };

/** Locks of this process. One with its number that is not here is an earlier process's: in containers all have the same. */
const ours = new Set<string>();

/** Each try finds a lock, or none, or takes away one that is dead. Others may come in between. */
const TRIES = 5;

/**
 * Takes a file of keys for this process: two servers on one file would each let a budget be spent. The lock is a file beside
 * it with the number of the process; one whose process is dead is taken over. Processes of other machines and containers
 * are not seen.
 * @throws KeysError `keys-locked`, `keys-io`
 */
export async function lockKeys(keysFile: string): Promise<KeysLock> {
  const path = `${keysFile}.lock`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    for (let tries = 0; tries < TRIES; tries++) {
      if (await made(path)) return held(path);
      const text = await textOf(path);
      if (text === undefined) continue;
      const pid = Number(text);
      if (isAlive(pid) && (pid !== process.pid || ours.has(path))) throw locked(keysFile, path, pid);
      await takeAway(path, text);
    }
  } catch (error) {
    if (KeysError.isInstance(error)) throw error;
    const cure = "let the user of this process write there, or name another file of keys with --keys";
    throw new KeysError("keys-io", `${path} cannot be written (${wordsOf(error)}): ${cure}`, {
      cause: error,
    });
  }
  throw new KeysError("keys-locked", `${path} is taken again and again by others: name another with --keys`);
}

/** The lock gets its name only when it is whole, so that nobody finds one without a number. */
async function made(path: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, `${process.pid}\n`, { flag: "wx", mode: 0o600 });
    await link(draft, path);
    return true;
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === "EEXIST") return false;
    // There are no links on this disk.
    if (code === "EPERM" || code === "ENOTSUP" || code === "ENOSYS") return madeAtOnce(path);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function madeAtOnce(path: string): Promise<boolean> {
  try {
    await writeFile(path, `${process.pid}\n`, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === "EEXIST") return false;
    throw error;
  }
}

function held(path: string): KeysLock {
  if (ours.size === 0) process.once("exit", leave);
  ours.add(path);
  let isOver = false;
  return {
    release() {
      if (isOver) return;
      isOver = true;
      // At once, so that nobody in this process takes it for dead, or has a new one taken away.
      rmSync(path, { force: true });
      ours.delete(path);
      if (ours.size === 0) process.off("exit", leave);
    },
  };
}

/** A process that ends without a stop leaves no lock, unless it is killed. */
function leave(): void {
  for (const path of ours) rmSync(path, { force: true });
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Signal 0 is none: it only asks. A process of somebody else's may not be asked, and is alive. */
function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code !== "ESRCH";
  }
}

/** Takes a dead lock away. Another process may have been faster and hold a new one by now, which is put back. */
async function takeAway(path: string, dead: string): Promise<void> {
  const aside = `${path}.${randomUUID()}.tmp`;
  try {
    await rename(path, aside);
    if ((await textOf(aside)) !== dead) await link(aside, path);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code !== "ENOENT" && code !== "EEXIST") throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

function locked(keysFile: string, path: string, pid: number): KeysError {
  const message = `${keysFile} is in use by the process ${pid}, and budgets hold in one process only: stop it, or name another file with --keys. If that process is no Waybill, remove ${path}`;
  return new KeysError("keys-locked", message);
}
