import { RecordingStoreError } from "../store/errors.js";
import type { RecordingStore, StoredRecording } from "../store/recording-store.js";
import type { StoreProblem } from "../store/store-problem.js";
import { filesOf } from "./file-store.js";
import type { LayoutOptions } from "./store-layout.js";

/** What a store or a folder holds, for tools. A file that cannot be read is a problem; in a store of another kind, the last. */
export async function* readAll(
  store: RecordingStore | string | URL,
  options: LayoutOptions,
  onProblem: (problem: StoreProblem) => void,
): AsyncGenerator<StoredRecording> {
  const files = filesOf(store, options);
  if (files) {
    yield* files.listOwn({ onProblem });
    return;
  }
  try {
    yield* (store as RecordingStore).list();
  } catch (error) {
    if (!RecordingStoreError.isInstance(error)) throw error;
    onProblem({ folder: "", fileName: error.file ?? "", error });
  }
}
