import { stat, utimes } from "node:fs/promises";
import { join } from "node:path";

import { checkRecording, type Issue, type Recording } from "@waybill/core";

import { checkJson } from "../json/read-json.js";
import { RecordingStoreError } from "../store/errors.js";
import { fileId, modelListPrefix } from "../store/file-name.js";
import type { StoredRecording } from "../store/recording-store.js";
import type { ListOptions } from "../store/store-problem.js";
import { writeRecording } from "../write-recording.js";
import { writeAtomically } from "./atomic-file.js";
import { errnoOf, fileError } from "./file-error.js";
import { readRecordingFile } from "./recording-file.js";
import { recordingNames, StoreFolders, type Folder } from "./store-folders.js";
import { checkLayout, layoutOf, pathOf, type LayoutOptions } from "./store-layout.js";

/** How a folder is opened. */
export type FileStoreOptions = LayoutOptions &
  ListOptions & {
    /**
     * Whether a file that is found gets the present moment for its time of access, which `prune` can ask for later, also in
     * another process. Many systems do not keep that time by themselves.
     */
    markUse?: boolean | undefined;
  };

/** The files of a store. Names of files and of tests have been checked. */
export class StoreFiles {
  /** The files that were found or kept. */
  readonly used = new Set<string>();
  readonly #dir: string;
  readonly #options: FileStoreOptions;
  /** A relative path begins where the process was when the store was opened. */
  readonly #workingFolder = process.cwd();
  #folders: Promise<StoreFolders> | undefined;

  constructor(dir: string | URL, options: FileStoreOptions) {
    checkLayout(dir, options);
    this.#dir = pathOf(dir);
    this.#options = options;
  }

  async find(fileName: string, testId: string | null): Promise<StoredRecording | undefined> {
    const folders = await this.#open();
    for (const folder of await folders.lookup(testId)) {
      const stored = await this.#use(folder, fileName);
      if (stored) return stored;
    }
    return undefined;
  }

  async findModelLists(hash: string, testId: string | null): Promise<StoredRecording[]> {
    const folders = await this.#open();
    const lists: (StoredRecording | undefined)[] = [];
    for (const folder of await folders.lookup(testId)) {
      const names = (await recordingNames(folder)).filter((name) => name.startsWith(modelListPrefix(hash)));
      lists.push(...(await Promise.all(names.map(async (name) => this.#use(folder, name)))));
    }
    return lists.filter((stored) => stored !== undefined);
  }

  /** All recordings that a test could find. */
  async *list(options: ListOptions = {}): AsyncGenerator<StoredRecording> {
    const folders = await this.#open();
    yield* this.#readAll(folders.all(toProblems(options)), options);
  }

  /** The recordings that tools look after. */
  async *listOwn(options: ListOptions = {}): AsyncGenerator<StoredRecording> {
    yield* this.#readAll(this.ownFolders(options), options);
  }

  async *#readAll(
    folders: AsyncIterable<Folder>,
    { onProblem }: ListOptions,
  ): AsyncGenerator<StoredRecording> {
    for await (const folder of folders) {
      for (const fileName of await recordingNames(folder)) {
        try {
          const stored = await this.read(folder, fileName);
          if (stored) yield stored;
        } catch (error) {
          if (!onProblem || !RecordingStoreError.isInstance(error)) throw error;
          onProblem({ folder: folder.name, fileName, error });
        }
      }
    }
  }

  async put(fileName: string, testId: string | null, recording: Recording): Promise<void> {
    const text = textOf(fileName, recording);
    const folder = await (await this.#open()).destination(testId);
    await keep(join(folder.path, fileName), text);
    this.used.add(fileId(folder.name, fileName));
  }

  /**
   * The folders that tools look after; also those of the files in `used`. One that cannot be read is a problem without a
   * file's name.
   * @throws RecordingStoreError `no-folder` when what was opened is not there
   */
  async *ownFolders(
    options: ListOptions & { used?: ReadonlySet<string> | undefined } = {},
  ): AsyncGenerator<Folder> {
    const folders = await this.#open();
    const used = [...this.used, ...(options.used ?? [])].map(partsOf).filter(({ folder }) => folder !== "");
    if (used.length === 0 && !(await folders.exists())) {
      const message = `there is no folder ${this.#dir}: name the one that holds the recordings`;
      throw new RecordingStoreError("no-folder", message, { file: this.#dir });
    }
    yield* folders.own(used, toProblems(options));
  }

  /** A recording of a folder; undefined when it is gone. */
  async read({ name, path }: Folder, fileName: string): Promise<StoredRecording | undefined> {
    const recording = await readRecordingFile(join(path, fileName), await (await this.#open()).roots());
    return recording && { fileName, folder: name, recording };
  }

  async #use(folder: Folder, fileName: string): Promise<StoredRecording | undefined> {
    const stored = await this.read(folder, fileName);
    if (!stored) return undefined;
    if (this.#options.markUse === true) await markUse(join(folder.path, fileName));
    this.used.add(fileId(folder.name, fileName));
    return stored;
  }

  async #open(): Promise<StoreFolders> {
    this.#folders ??= layoutOf(this.#dir, this.#options, this.#workingFolder).then(
      (layout) => new StoreFolders(layout),
    );
    try {
      return await this.#folders;
    } catch (error) {
      // Whoever repairs the folder need not open the store again.
      this.#folders = undefined;
      throw error;
    }
  }
}

/** A folder that cannot be read is a problem if somebody listens, and an error otherwise. */
function toProblems({ onProblem }: ListOptions): (error: RecordingStoreError, folder: Folder) => void {
  return (error, { name }) => {
    if (!onProblem) throw error;
    onProblem({ folder: name, fileName: "", error });
  };
}

/** The folder and the name of a file of `used`; the folder "" is the base folder. */
function partsOf(file: string): { folder: string; fileName: string } {
  const at = file.lastIndexOf("/");
  return { folder: file.slice(0, Math.max(0, at)), fileName: file.slice(at + 1) };
}

/** @throws RecordingStoreError for what would not be read back */
function textOf(file: string, recording: Recording): string {
  const checked = checkRecording(recording);
  if (!checked.ok) throw unkeepable(file, checked.issues);
  const text = writeRecording(checked.value);
  // With its envelope a body may be deeper, and as ASCII longer, than what is read.
  const reread = checkJson(text);
  if (!reread.ok) throw unkeepable(file, reread.issues);
  return text;
}

function unkeepable(file: string, issues: readonly Issue[]): RecordingStoreError {
  const [{ path, message } = { path: "", message: "" }] = issues;
  const words = `cannot keep ${file}, it could not be read again: ${path}: ${message}`;
  return new RecordingStoreError("invalid-file", words, { file, issues });
}

async function keep(path: string, text: string): Promise<void> {
  try {
    // Somebody who tidies up may take the draft of a slow writer for one that was left behind.
    await writeAtomically(path, text).catch(async (error: unknown) => {
      if (errnoOf(error) !== "ENOENT") throw error;
      await writeAtomically(path, text);
    });
  } catch (error) {
    throw fileError(error, "write", path);
  }
}

async function markUse(path: string): Promise<void> {
  try {
    const { mtime } = await stat(path);
    await utimes(path, new Date(), mtime);
  } catch (error) {
    throw fileError(error, "note the use of", path);
  }
}
