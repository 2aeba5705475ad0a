import { mkdir, readdir, realpath, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";

import { compareCodePoints } from "../hash/code-point-order.js";
import { RecordingStoreError } from "../store/errors.js";
import { isFileName } from "../store/file-name.js";
import { testFolder } from "../store/test-folder.js";
import { fileError, isMissing } from "./file-error.js";
import { isInside, outside } from "./recording-file.js";
import { recordingFolders } from "./recording-folders.js";
import type { Layout } from "./store-layout.js";

/** A folder of recordings: what it is called in a store, and where it really is. */
export type Folder = { readonly name: string; readonly path: string };

/** The folders of a store. None of them, nor anything in them, lies outside of the opened folder and the root. */
export class StoreFolders {
  readonly #layout: Layout;
  readonly #resolved = new Map<string, string>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** Where a recording of a test is looked for: in the test's folder, then in the base folder, as far as they exist. */
  async lookup(testId: string | null): Promise<Folder[]> {
    const { dir, base, root } = this.#layout;
    const own = base === "" ? "" : testFolder(testId);
    const baseFolder = await this.#existing(join(dir, base));
    const ownFolder = own === "" || root === undefined ? undefined : await this.#existing(join(root, own));
    const folders = [ownFolder, baseFolder].filter((folder) => folder !== undefined);
    return ownFolder?.path === baseFolder?.path ? folders.slice(0, 1) : folders;
  }

  /** Where a recording of a test is kept. The folder is made if there is none. */
  async destination(testId: string | null): Promise<Folder> {
    const { start, rest } = this.#destinationPath(testId);
    const path = join(start, rest);
    try {
      await mkdir(start, { recursive: true, mode: 0o700 });
      const existing = await this.#existing(path);
      if (existing) return existing;
      await mkdir(await this.#beyondLinks(path), { recursive: true, mode: 0o700 });
      const made = await this.#existing(path);
      if (made) return made;
    } catch (error) {
      throw fileError(error, "create", path);
    }
    throw new RecordingStoreError("file-system", `${path} was removed meanwhile: try again`, { file: path });
  }

  /** All folders: the base folder, then those of tests, by path. One that cannot be read goes to `onError`. */
  async *all(onError: (error: RecordingStoreError, folder: Folder) => void): AsyncGenerator<Folder> {
    const { dir, base, root } = this.#layout;
    const first = await this.#existing(join(dir, base));
    if (first) yield first;
    const start = root === undefined ? undefined : await this.#resolve(root);
    if (start === undefined) return;
    const walk = recordingFolders(start, (error, path) => onError(error, named(path, start)));
    for await (const path of walk) if (path !== first?.path) yield named(path, start);
  }

  /**
   * The folders that tools look after: all below the opened folder, and those of the named tests, which a run has used; all
   * below the root if the caller named it. Whatever else lies below a root that was guessed belongs to somebody else.
   */
  async *own(
    used: readonly { folder: string; fileName: string }[],
    onError: (error: RecordingStoreError, folder: Folder) => void,
  ): AsyncGenerator<Folder> {
    const { dir, base, root, reach } = this.#layout;
    if (reach === "root") {
      yield* this.all(onError);
      return;
    }
    const seen = new Set<string>();
    const isNew = (path: string): boolean => seen.size < seen.add(path).size;
    const start = await this.#resolve(dir);
    const first = start === undefined ? undefined : await this.#existing(join(dir, base));
    if (start !== undefined && first && isNew(first.path)) {
      if (isInside(first.path, [start])) yield first;
      else onError(outside(join(dir, base), first.path), first);
    }
    if (start !== undefined && reach === "below") {
      const within = await this.#nameBase(start);
      const walk = recordingFolders(start, (error, at) => onError(error, named(at, within)));
      for await (const path of walk) if (isNew(path)) yield named(path, within);
    }
    for (const { folder: name, fileName } of root === undefined ? [] : used) {
      const folder = await this.#existing(join(root as string, name));
      const isUsed = folder && (await realpathIfAny(join(folder.path, fileName))) !== undefined;
      if (isUsed && isNew(folder.path)) yield folder;
    }
  }

  /** Whether there is a folder at the path that was opened. */
  async exists(): Promise<boolean> {
    const real = await this.#resolve(this.#layout.dir);
    return real !== undefined && (await stat(real)).isDirectory();
  }

  /** What the names of folders are relative to: the root, unless the opened folder lies elsewhere. */
  async #nameBase(start: string): Promise<string> {
    const { root } = this.#layout;
    const real = root === undefined ? undefined : await this.#resolve(root);
    return real !== undefined && isInside(start, [real]) ? real : start;
  }

  /** The resolved folders that nothing leads out of. */
  async roots(): Promise<string[]> {
    const { dir, root } = this.#layout;
    const real = [await this.#resolve(dir), root === undefined ? undefined : await this.#resolve(root)];
    return real.filter((path) => path !== undefined);
  }

  #destinationPath(testId: string | null): { start: string; rest: string } {
    const { dir, base, root } = this.#layout;
    const own = base === "" ? "" : testFolder(testId);
    if (own === "") return { start: dir, rest: base };
    if (root !== undefined) return { start: root, rest: own };
    const message = `cannot tell where ${own} begins: ${dir} has no repository three levels above it. Give the option root`;
    throw new RecordingStoreError("no-root", message, { file: own });
  }

  /** A folder under its real path; undefined when there is none. */
  async #existing(path: string): Promise<Folder | undefined> {
    const { dir, base, root } = this.#layout;
    try {
      const real = await realpathIfAny(path);
      if (real === undefined) return undefined;
      if (!isInside(real, await this.roots())) throw outside(path, real);
      if (path === join(dir, base) || real === (await realpathIfAny(join(dir, base))))
        return { name: "", path: real };
      return named(real, (root === undefined ? undefined : await this.#resolve(root)) ?? real);
    } catch (error) {
      throw fileError(error, "open", path);
    }
  }

  /** The path of a folder that is to be made, with the links in the part of it that exists resolved. */
  async #beyondLinks(path: string): Promise<string> {
    let known = path;
    let real = await realpathIfAny(known);
    while (real === undefined) {
      known = dirname(known);
      real = await realpathIfAny(known);
    }
    if (!isInside(real, await this.roots())) throw outside(known, real);
    return join(real, relative(known, path));
  }

  /** The roots do not move once they are there. */
  async #resolve(root: string): Promise<string | undefined> {
    const real = this.#resolved.get(root) ?? (await realpathIfAny(root));
    if (real !== undefined) this.#resolved.set(root, real);
    return real;
  }
}

/** The names of the recordings in a folder, in order. */
export async function recordingNames(folder: Folder): Promise<string[]> {
  return (await namesIn(folder)).filter(isFileName);
}

/** The names of everything in a folder, in the order of their code points. */
export async function namesIn(folder: Folder): Promise<string[]> {
  try {
    return (await readdir(folder.path)).toSorted(compareCodePoints);
  } catch (error) {
    if (isMissing(error)) return [];
    throw fileError(error, "list", folder.path);
  }
}

/** Links may give a folder many paths; in the store it has one name. */
function named(real: string, root: string): Folder {
  return { name: relative(root, real).split(sep).join("/"), path: real };
}

async function realpathIfAny(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
