import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

import { LedgerError } from "../problems.js";
import { ledgerError } from "./diagnose.js";

/** The one path of a ledger, whatever links lead to it. Its folder is made if it is not there. */
export function ledgerPath(path: string): string {
  const absolute = resolve(path);
  try {
    if (existsSync(absolute)) {
      const real = realpathSync(absolute);
      if (!statSync(real).isFile())
        throw new LedgerError(
          "ledger-foreign",
          `${path} is no file: give the path of one (--ledger other.duckdb)`,
        );
      return real;
    }
    const folder = dirname(absolute);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return join(realpathSync(folder), basename(absolute));
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Refuses early, and in our words, what could not be written: DuckDB's log lies beside the file. */
export function checkWritable(path: string): void {
  try {
    accessSync(dirname(path), constants.R_OK | constants.W_OK | constants.X_OK);
    for (const file of [path, walOf(path)])
      if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw fileError(error, path);
  }
}

/** DuckDB's log of what is not in the file yet. */
export function walOf(path: string): string {
  return `${path}.wal`;
}

/** What a file begins with. Never to be asked of one that is open: closing the handle gives away DuckDB's lock. */
export function looksLike(path: string): "nothing" | "duckdb" | "damaged" | "foreign" {
  const head = headOf(path);
  if (head === undefined) return "nothing";
  if (head.length === 0) return "damaged";
  if (head.subarray(8, 12).toString("latin1") === "DUCK") return "duckdb";
  // A file by another name, or one that plainly is something else, was given by mistake: it must stay where it is.
  return path.endsWith(".duckdb") && !isText(head) && !otherFormats.test(head.toString("hex"))
    ? "damaged"
    : "foreign";
}

/** What files of other formats begin with, in hex: SQLite, PDF, zip, gzip, Parquet, PNG, GIF, JPEG, programs. */
const otherFormats = /^(?:53514c69746520|25504446|504b0304|1f8b|50415231|89504e47|47494638|ffd8ff|7f454c46)/;

function isText(head: Buffer): boolean {
  // What was cut in the middle of a character is no sign against it.
  const text = new TextDecoder().decode(head, { stream: true });
  return !/[^\P{Cc}\s]|\uFFFD/u.test(text);
}

function headOf(path: string): Buffer | undefined {
  if (!existsSync(path)) return undefined;
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(4096);
    return head.subarray(0, readSync(file, head, 0, head.length, 0));
  } finally {
    closeSync(file);
  }
}

/** Moves a ledger that makes no sense aside, with its log. Answers where it went. */
export function moveAside(path: string, now: number): string {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  let movedTo = `${path}.corrupt-${stamp}`;
  for (let copy = 2; existsSync(movedTo) || existsSync(walOf(movedTo)); copy++)
    movedTo = `${path}.corrupt-${stamp}-${copy}`;
  try {
    if (existsSync(path)) renameSync(path, movedTo);
    if (existsSync(walOf(path))) renameSync(walOf(path), walOf(movedTo));
  } catch (error) {
    throw fileError(error, path);
  }
  return movedTo;
}

function fileError(error: unknown, path: string): LedgerError {
  if (LedgerError.isInstance(error)) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOSPC" || code === "EDQUOT") return ledgerError(error, "open", path);
  return new LedgerError(
    "ledger-not-writable",
    `cannot write ${path}: give this user the file and its folder, or use another file (--ledger other.duckdb) (${code || String(error)})`,
    { cause: error },
  );
}
