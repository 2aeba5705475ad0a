import { fileId } from "../store/file-name.js";
import type { RecordingStore } from "../store/recording-store.js";
import { findingsOfError, type StoreFinding } from "../tools/store-finding.js";
import { verifyRecording } from "../tools/verify-recording.js";
import { readAll } from "./read-all.js";
import type { LayoutOptions } from "./store-layout.js";

/** What is in a store, and what is wrong with it. */
export type VerifyReport = {
  /** How many files were looked at. */
  readonly checked: number;
  readonly findings: StoreFinding[];
};

/**
 * Looks at every recording of a store, or of a folder: names against hashes, ids against names, the schema, core's `lint`,
 * unknown types, files that are cut off or no JSON. `verifyRecording` says what its codes mean.
 */
export async function verifyStore(
  store: RecordingStore | string | URL,
  options: LayoutOptions = {},
): Promise<VerifyReport> {
  const findings: StoreFinding[] = [];
  let checked = 0;
  const stored = readAll(store, options, ({ folder, fileName, error }) => {
    if (fileName !== "") checked++;
    findings.push(...findingsOfError(fileId(folder, fileName), error));
  });
  for await (const each of stored) {
    checked++;
    findings.push(...(await verifyRecording(each)));
  }
  return { checked, findings };
}
