import type { Stats } from "node:fs";
import { stat, unlink } from "node:fs/promises";
import { join } from "node:path";

import { WaybillError } from "@waybill/core";

import { RecordingStoreError } from "../store/errors.js";
import { digitsOf, fileId, isFileName } from "../store/file-name.js";
import { writerOf } from "./atomic-file.js";
import { fileError, isMissing } from "./file-error.js";
import { filesOf, type FileStore } from "./file-store.js";
import type { StoreFiles } from "./store-files.js";
import { namesIn, type Folder } from "./store-folders.js";
import type { LayoutOptions } from "./store-layout.js";

/** What counts as used, whether the rest is removed, and where files lie. */
export type PruneOptions = LayoutOptions & {
  /** Files that were used, as in `store.used`; those of stores of one repository may be put together. A store's own if not given. */
  used?: ReadonlySet<string> | undefined;
  /** Files count as used that were written or accessed since. Open the stores of such a run with `markUse`. */
  usedSince?: Date | undefined;
  /** Otherwise it is only told what would be removed. */
  write?: boolean | undefined;
};

/** A file that is not needed. */
export type PrunedFile = {
  readonly file: string;
  /** `temporary`: a writer that died left it behind. */
  readonly reason: "unused" | "temporary";
  readonly bytes: number;
  readonly removed: boolean;
  /** Why it could not be removed. */
  readonly error?: RecordingStoreError;
};

/** What was, or would be, removed. */
export type PruneReport = {
  /** How many recordings count as used. */
  readonly kept: number;
  readonly files: PrunedFile[];
};

/** Nobody writes one file for so long. In milliseconds. */
const STALE_AFTER = 60 * 60 * 1000;

/**
 * Finds, and with `write` removes, recordings that were not used, and temporary files that writers left behind. A folder
 * that is given without `used` and `usedSince` only loses temporary files. Files that are no recordings stay.
 * A file that is called like a hash counts as a recording, also when it is broken.
 * @throws WaybillError `bad-option`
 * @throws RecordingStoreError `nothing-used` when all would go: then the wrong run was asked for
 */
export async function prune(
  store: FileStore | string | URL,
  { write = false, ...options }: PruneOptions = {},
): Promise<PruneReport> {
  checkOptions({ write, ...options });
  const files = filesOf(store, options);
  if (!files)
    throw new RecordingStoreError("unsupported", "only recordings in files can be removed: give a folder");
  const isUsed = ruleOf(store, options);
  const unneeded: { path: string; pruned: PrunedFile }[] = [];
  let kept = 0;
  for await (const folder of files.ownFolders({ used: options.used })) {
    for (const fileName of await namesIn(folder)) {
      const path = join(folder.path, fileName);
      const info = await infoOf(path);
      if (!info) continue;
      const state = await stateOf(files, folder, fileName, info, isUsed);
      if (state === "used") kept++;
      if (state !== "unused" && state !== "temporary") continue;
      const file = fileId(folder.name, fileName);
      unneeded.push({ path, pruned: { file, reason: state, bytes: info.size, removed: false } });
    }
  }
  if (kept === 0 && unneeded.some(({ pruned }) => pruned.reason === "unused")) {
    const message =
      "no recording counts as used, so that all would be removed: is it the right run, and the right folder?";
    throw new RecordingStoreError("nothing-used", message);
  }
  if (!write) return { kept, files: unneeded.map(({ pruned }) => pruned) };
  return { kept, files: await Promise.all(unneeded.map(async ({ path, pruned }) => remove(path, pruned))) };
}

/** What removes files should not guess. */
function checkOptions({ write, used, usedSince }: PruneOptions): void {
  if (typeof write !== "boolean") throw new WaybillError("bad-option", "write is true or false");
  if (used !== undefined && typeof used.has !== "function")
    throw new WaybillError("bad-option", "used is a Set of files, such as store.used");
  if (usedSince !== undefined && !(usedSince instanceof Date && !Number.isNaN(usedSince.getTime())))
    throw new WaybillError("bad-option", "usedSince is a Date");
}

type Rule = (id: string, fileName: string, info: Stats) => boolean;

function ruleOf(store: FileStore | string | URL, { used, usedSince }: PruneOptions): Rule {
  const own = typeof store === "string" || store instanceof URL ? undefined : store.used;
  const names = used ?? (usedSince === undefined ? own : undefined);
  if (names === undefined && usedSince === undefined) return () => true;
  const since = usedSince?.getTime() ?? Infinity;
  // A store that was opened by another path calls its folders otherwise. Hashes are the same everywhere.
  const hashes = new Set([...(names ?? [])].map((id) => id.slice(id.lastIndexOf("/") + 1)).filter(digitsOf));
  return (id, fileName, { atimeMs, mtimeMs }) =>
    names?.has(id) === true || hashes.has(fileName) || Math.max(atimeMs, mtimeMs) >= since;
}

async function stateOf(
  files: StoreFiles,
  folder: Folder,
  fileName: string,
  info: Stats,
  isUsed: Rule,
): Promise<"used" | "unused" | "temporary" | "foreign"> {
  const writer = writerOf(fileName);
  if (writer !== undefined) return isStale(writer, info) ? "temporary" : "foreign";
  if (!isFileName(fileName)) return "foreign";
  if (isUsed(fileId(folder.name, fileName), fileName, info)) return "used";
  // Only its content tells whether a file of another name is a recording.
  const isRecording = digitsOf(fileName) !== undefined || (await isReadable(files, folder, fileName));
  return isRecording ? "unused" : "foreign";
}

function isStale(writer: number, { mtimeMs }: Stats): boolean {
  return mtimeMs < Date.now() - STALE_AFTER || !isRunning(writer);
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    // Processes of other users may not be asked, but they are there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function isReadable(files: StoreFiles, folder: Folder, fileName: string): Promise<boolean> {
  try {
    return (await files.read(folder, fileName)) !== undefined;
  } catch (error) {
    if (RecordingStoreError.isInstance(error)) return false;
    throw error;
  }
}

async function infoOf(path: string): Promise<Stats | undefined> {
  try {
    const info = await stat(path);
    return info.isDirectory() ? undefined : info;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw fileError(error, "look at", path);
  }
}

async function remove(path: string, pruned: PrunedFile): Promise<PrunedFile> {
  try {
    await unlink(path);
    return { ...pruned, removed: true };
  } catch (error) {
    return isMissing(error)
      ? { ...pruned, removed: true }
      : { ...pruned, error: fileError(error, "remove", path) };
  }
}
