import { link, lstat, rename, unlink } from "node:fs/promises";
import { join } from "node:path";

import { RecordingStoreError } from "../store/errors.js";
import type { RecordingStore } from "../store/recording-store.js";
import type { StoreProblem } from "../store/store-problem.js";
import { carryOut, renameOf, type Rename } from "../tools/rehash-plan.js";
import { errnoOf, fileError, isMissing } from "./file-error.js";
import { filesOf } from "./file-store.js";
import { readAll } from "./read-all.js";
import type { LayoutOptions } from "./store-layout.js";

/** Whether files are renamed, and where they lie. */
export type RehashOptions = LayoutOptions & {
  /** Otherwise it is only told what would be renamed. */
  write?: boolean | undefined;
};

/** What becomes of the files of a store. */
export type RehashReport = {
  /** How many recordings were read. */
  readonly checked: number;
  /** Those whose name is not that of the current version. */
  readonly renames: Rename[];
  /** Files that cannot be read. They stay as they are. */
  readonly problems: StoreProblem[];
};

/**
 * Gives recordings the names of the current version of the hash. A file is never put in the place of another, and never
 * changed: the ids in it stay. Without `write`, nothing happens.
 * @throws RecordingStoreError `unsupported` for `write` and a store that does not keep recordings in files
 */
export async function rehash(
  store: RecordingStore | string | URL,
  { write = false, ...options }: RehashOptions = {},
): Promise<RehashReport> {
  const files = filesOf(store, options);
  if (write && !files) {
    const message =
      "only recordings in files can be renamed: give a folder, or the store of openRecordingStore";
    throw new RecordingStoreError("unsupported", message);
  }
  const problems: StoreProblem[] = [];
  const taken = new Map<string, Set<string>>();
  const take = (folder: string, fileName: string): unknown =>
    taken.set(folder, (taken.get(folder) ?? new Set()).add(fileName));
  const renames: Rename[] = [];
  let checked = 0;
  const stored = readAll(store, options, (problem) => {
    problems.push(problem);
    take(problem.folder, problem.fileName);
  });
  for await (const each of stored) {
    checked++;
    take(each.folder, each.fileName);
    const wanted = await renameOf(each);
    if (wanted) renames.push(wanted);
  }
  const paths = new Map<string, string>();
  if (write)
    for await (const { name, path } of files?.ownFolders({ onProblem: () => undefined }) ?? [])
      paths.set(name, path);
  const move = async ({ folder, from, to }: Rename): Promise<"planned" | "renamed" | "blocked"> => {
    const path = paths.get(folder);
    return path === undefined ? "planned" : renameFile(join(path, from), join(path, to));
  };
  return { checked, renames: await carryOut(renames, taken, move), problems };
}

/** A link is made only where nothing is, and after it the file has both names for a moment: it cannot get lost. */
async function renameFile(from: string, to: string): Promise<"renamed" | "blocked"> {
  try {
    await link(from, to);
    await unlink(from);
    return "renamed";
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return "blocked";
    if (!["EPERM", "ENOTSUP", "ENOSYS", "EMLINK"].includes(errnoOf(error) ?? ""))
      throw fileError(error, "rename", from);
  }
  // Not every file system has links.
  if (await exists(to)) return "blocked";
  try {
    await rename(from, to);
    return "renamed";
  } catch (error) {
    throw fileError(error, "rename", from);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw fileError(error, "look at", path);
  }
}
