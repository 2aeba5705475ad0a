import { WaybillError } from "@waybill/core";

import { checkedFileName } from "../store/file-name.js";
import type { ListingStore } from "../store/store-problem.js";
import { StoreFiles, type FileStoreOptions } from "./store-files.js";

/** Recordings in files. */
export type FileStore = ListingStore & {
  /**
   * The files that were found or kept since the store was opened: by name in the base folder, and with the folder before it
   * (`tests/x/recordings/HASH.json`) elsewhere.
   */
  readonly used: ReadonlySet<string>;
};

/**
 * Opens a folder of recordings, laid out as llama-stack does or all in one folder. Nothing is read before it is asked for,
 * and nothing is made before something is kept; `find` reads one file, however many there are. Many processes may use one
 * folder at a time. Files are written for their owner only.
 * @param dir the base folder, such as `tests/integration/common`, or the folder that holds the files themselves
 * @throws RecordingStoreError that names the file, from every method, as a rejection
 */
export function openRecordingStore(dir: string | URL, options: FileStoreOptions = {}): FileStore {
  const files = new StoreFiles(dir, options);
  const store: FileStore = {
    used: files.used,
    find: async (fileName, testId) => files.find(checkedFileName(fileName), testId),
    findModelLists: async (hash, testId) => files.findModelLists(hash, testId),
    list: (listOptions) => files.list({ onProblem: options.onProblem, ...listOptions }),
    put: async (fileName, testId, recording) => files.put(checkedFileName(fileName), testId, recording),
  };
  opened.set(store, files);
  return store;
}

/** What lies behind each store of this kind, for the tools. */
const opened = new WeakMap<object, StoreFiles>();

/** The files of a folder, or of a store that keeps recordings in files; undefined for any other store. */
export function filesOf(store: object | string, options: FileStoreOptions = {}): StoreFiles | undefined {
  if (typeof store === "string" || store instanceof URL) return new StoreFiles(store, options);
  if (options.root !== undefined || options.layout !== undefined)
    throw new WaybillError(
      "bad-option",
      "root and layout are options of openRecordingStore: a store has them",
    );
  return opened.get(store);
}
