import type { RecordingStoreError } from "./errors.js";
import type { RecordingStore, StoredRecording } from "./recording-store.js";

/** A file that cannot be read as a recording. */
export type StoreProblem = {
  readonly folder: string;
  readonly fileName: string;
  readonly error: RecordingStoreError;
};

/** What a store does about files that it cannot read while it lists the others. */
export type ListOptions = {
  /** Gets each such file; without it, the first one is thrown. */
  onProblem?: ((problem: StoreProblem) => void) | undefined;
};

/** A store that can go on behind a file that it cannot read. */
export type ListingStore = Omit<RecordingStore, "list"> & {
  list(options?: ListOptions): AsyncIterable<StoredRecording>;
};
