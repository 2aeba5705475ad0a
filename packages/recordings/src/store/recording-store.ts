import type { Recording } from "@waybill/core";

/** A recording and where it lies. */
export type StoredRecording = {
  /** The name of its file, such as `cc01...6d.json` or `models-HASH-DIGEST.json`. */
  readonly fileName: string;
  /** The folder that its test has, "" for the base folder: `tests/integration/responses/recordings`. */
  readonly folder: string;
  readonly recording: Recording;
};

/** Where recordings are kept: memory, or folders as llama-stack lays them out. Each test has a folder, and all share a base. */
export type RecordingStore = {
  /** The recording of a file name, in the folder of the test before the base folder. */
  find(fileName: string, testId: string | null): Promise<StoredRecording | undefined>;
  /** Every model list of a request hash: those of the base folder come after those of the test's. */
  findModelLists(hash: string, testId: string | null): Promise<StoredRecording[]>;
  /** Everything, one after the other: for an index, and for what is nearest to a request that is not found. */
  list(): AsyncIterable<StoredRecording>;
  /** Keeps a recording under a name, in place of the one that was there: whole, or not at all. */
  put(fileName: string, testId: string | null, recording: Recording): Promise<void>;
};
