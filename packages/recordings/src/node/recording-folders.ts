import { readdir } from "node:fs/promises";
import { join } from "node:path";

import type { RecordingStoreError } from "../store/errors.js";
import { fileError, isMissing } from "./file-error.js";

/** Folders that hold no tests of the repository itself. Hidden folders do not either. */
const foreign = new Set(["node_modules", "__pycache__"]);

/** All folders called `recordings` in a repository, by path. Links are not followed. */
export async function* recordingFolders(
  root: string,
  onError: (error: RecordingStoreError, path: string) => void,
): AsyncGenerator<string> {
  const open = [root];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const names = await foldersIn(path, onError);
    if (names.includes("recordings")) yield join(path, "recordings");
    for (const name of names.toReversed()) open.push(join(path, name));
  }
}

async function foldersIn(
  path: string,
  onError: (error: RecordingStoreError, path: string) => void,
): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    return folders.filter((name) => !name.startsWith(".") && !foreign.has(name)).toSorted();
  } catch (error) {
    if (!isMissing(error)) onError(fileError(error, "list", path), path);
    return [];
  }
}
