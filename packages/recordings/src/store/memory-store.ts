import type { Recording } from "@waybill/core";

import { compareCodePoints } from "../hash/code-point-order.js";
import { checkedFileName, modelListPrefix } from "./file-name.js";
import { recordingNameOf, testIdOf } from "./recording-name.js";
import type { RecordingStore, StoredRecording } from "./recording-store.js";
import { testFolder } from "./test-folder.js";

/** A recording for a store in memory, with what is not to be derived from it. */
export type MemoryRecording = {
  readonly recording: Recording;
  /** Its request's hash if not given. */
  readonly fileName?: string | undefined;
  /** The test whose folder it lies in: the recording's own if not given, null for the base folder. */
  readonly testId?: string | null | undefined;
  /** The folder itself; "" is the base folder. Goes before `testId`. */
  readonly folder?: string | undefined;
};

/**
 * Keeps recordings in memory, in any runtime. A recording that is given alone gets its request's hash for a name and the
 * folder of its own test; of two with one name in one folder the later stays. Recordings are not copied.
 */
export function memoryStore(recordings: Iterable<Recording | MemoryRecording> = []): RecordingStore {
  const folders: Folders = new Map();
  const given = [...recordings];
  let filling: Promise<void> | undefined;
  // Names are hashes, and hashing takes time: the first use waits for it.
  const filled = async (): Promise<Folders> => {
    await (filling ??= fill(folders, given));
    return folders;
  };

  return {
    async find(fileName, testId) {
      const places = placesOf(testId);
      const known = await filled();
      for (const folder of places) {
        const stored = known.get(folder)?.get(fileName);
        if (stored) return stored;
      }
      return undefined;
    },

    async findModelLists(hash, testId) {
      const places = placesOf(testId);
      const known = await filled();
      const prefix = modelListPrefix(hash);
      return places.flatMap((folder) =>
        [...(known.get(folder)?.values() ?? [])]
          .filter(({ fileName }) => fileName.startsWith(prefix))
          .toSorted((left, right) => compareCodePoints(left.fileName, right.fileName)),
      );
    },

    async *list() {
      const known = await filled();
      // All that are there now: who walks may add.
      yield* Array.from(known.values(), (folder) => Array.from(folder.values())).flat();
    },

    async put(fileName, testId, recording) {
      const stored = { fileName: checkedFileName(fileName), folder: testFolder(testId), recording };
      keep(await filled(), stored);
    },
  };
}

/** Recordings by folder and file name. */
type Folders = Map<string, Map<string, StoredRecording>>;

/** The test's folder comes before the base folder. */
function placesOf(testId: string | null): string[] {
  return [...new Set([testFolder(testId), ""])];
}

async function fill(folders: Folders, given: readonly (Recording | MemoryRecording)[]): Promise<void> {
  for (const stored of await Promise.all(given.map(storedOf))) keep(folders, stored);
}

async function storedOf(given: Recording | MemoryRecording): Promise<StoredRecording> {
  const { recording, fileName, testId, folder } = isRecordingItself(given) ? alone(given) : given;
  return {
    fileName: fileName === undefined ? await recordingNameOf(recording) : checkedFileName(fileName),
    folder: folder ?? (testId === undefined ? ownFolder(recording) : testFolder(testId)),
    recording,
  };
}

/** The folder of a recording's own test. A test that can have none, as with an absolute path, leaves it to the base folder. */
function ownFolder(recording: Recording): string {
  try {
    return testFolder(testIdOf(recording));
  } catch {
    return "";
  }
}

function isRecordingItself(given: Recording | MemoryRecording): given is Recording {
  return "request" in given && "response" in given;
}

function alone(recording: Recording): MemoryRecording {
  return { recording };
}

function keep(folders: Folders, stored: StoredRecording): void {
  const folder = folders.get(stored.folder) ?? new Map<string, StoredRecording>();
  folder.set(stored.fileName, stored);
  folders.set(stored.folder, folder);
}
