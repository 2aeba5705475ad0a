import { statfsSync } from "node:fs";

import { WaybillError } from "@waybill/core/errors";

/** What can be wrong with a spool. */
export type SpoolErrorCode =
  /** The limit of bytes would be exceeded. */
  | "spool-full"
  /** The disk, or the user's quota, is full. */
  | "disk-full"
  /** The spool was closed. */
  | "spool-closed"
  /** The operating system refused: permissions, a read-only disk, a folder that is gone. */
  | "spool-io"
  /** A record is over `maxRecordBytes`. */
  | "record-too-large"
  /** What is to be kept is no record. */
  | "bad-record"
  /** An option is not what it has to be. */
  | "bad-option";

/** Thrown by every method of a spool. The message names the folder and, where there is one, the cure. */
export class SpoolError extends WaybillError {
  override readonly name: "SpoolError";
  declare readonly code: SpoolErrorCode;

  constructor(code: SpoolErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.name = "SpoolError";
  }

  /** Whether the value is such an error, also of another copy of this package. */
  static override isInstance(value: unknown): value is SpoolError {
    return WaybillError.isInstance(value) && value.name === "SpoolError";
  }
}

/** Thrown within this package alone: what lies in a folder is no database of ours any more. */
export class DamagedError extends Error {
  override readonly name = "DamagedError";
  /** The folder of the files that make no sense, as soon as it is known. */
  readonly folder: string | undefined;

  constructor(message: string, { folder, ...options }: ErrorOptions & { folder?: string } = {}) {
    super(message, options);
    this.folder = folder;
  }
}

/** LMDB's own codes for files that make no sense. */
const damageCodes = new Set([
  -30797, // MDB_PAGE_NOTFOUND
  -30796, // MDB_CORRUPTED
  -30794, // MDB_VERSION_MISMATCH
  -30793, // MDB_INVALID
  -30787, // MDB_CURSOR_FULL: the tree is deeper than any can be
  -30786, // MDB_PAGE_FULL
  -30779, // MDB_PROBLEM
]);
const fullCodes = new Set<unknown>(["ENOSPC", "EDQUOT", 28, 122, -30792]);
const ioErrors = new Set<unknown>(["EIO", 5]);

const cures: Record<string, string> = {
  EACCES: "the process may not: give its user the folder and everything in it",
  EPERM: "the process may not: give its user the folder and everything in it",
  EROFS: "the disk is read-only: choose a folder on another",
  ENOENT: "the folder was removed: open the spool again",
  ENOTDIR: "a part of the path is a file: choose another folder",
  EEXIST: "something else has this name: choose another folder",
  EMFILE: "too many files are open: close some, or raise the limit (ulimit -n)",
  ENFILE: "too many files are open on this machine: close some",
  ENOMEM: "there is not enough memory, or address space, for the map of a file",
};

const errnos: Record<number, string> = {
  1: "EPERM",
  2: "ENOENT",
  5: "EIO",
  12: "ENOMEM",
  13: "EACCES",
  20: "ENOTDIR",
  23: "ENFILE",
  24: "EMFILE",
  28: "ENOSPC",
  30: "EROFS",
  122: "EDQUOT",
};

/** The code of an error of the file system (`ENOENT`) or of LMDB (a number). */
export function codeOf(error: unknown): unknown {
  return error instanceof Error ? (error as { code?: unknown }).code : undefined;
}

/** Whether LMDB says that its files make no sense. */
export function isDamage(error: unknown): boolean {
  return error instanceof DamagedError || damageCodes.has(Number(codeOf(error)));
}

/** Whether there is no room: also when a write was cut short, which LMDB calls an error of input and output. */
export function isDiskFull(error: unknown, folder: string): boolean {
  if (SpoolError.isInstance(error)) return error.code === "disk-full";
  const code = codeOf(error);
  return fullCodes.has(code) || (ioErrors.has(code) && freeBytes(folder) < 1 << 20);
}

/** How much an ordinary user may still write there; infinite when the system does not say. */
export function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}

/** An error with what was to be done, the folder, and what can be done about it. */
export function spoolError(error: unknown, action: string, folder: string): SpoolError {
  if (SpoolError.isInstance(error)) return error;
  const code = codeOf(error);
  const word =
    typeof code === "string" ? code : typeof code === "number" ? (errnos[code] ?? `${code}`) : "unknown";
  if (isDiskFull(error, folder)) {
    return new SpoolError(
      "disk-full",
      `cannot ${action} in ${folder}: the disk is full: make room (${word})`,
      {
        cause: error,
      },
    );
  }
  const cure = cures[word] ?? (error instanceof Error ? error.message : String(error));
  return new SpoolError("spool-io", `cannot ${action} in ${folder}: ${cure} (${word})`, { cause: error });
}
