import type { Issue } from "@waybill/core";

import type { RecordingStoreError } from "../store/errors.js";

/** Something in a store of recordings that its owner should know. */
export type StoreFinding = {
  /** The file: its folder, unless that is the base folder, and its name. */
  readonly file: string;
  /** Stable word: one of those of `verifyRecording`, a code of core's `lint` or schema check, or a `StoreErrorCode`. */
  readonly code: string;
  /** error: the recording does not work. warning: probably a mistake. info: worth knowing. */
  readonly severity: "error" | "warning" | "info";
  /** JSON Pointer of the member, when it is one. */
  readonly path?: string;
  readonly message: string;
};

/** What makes a file useless, as findings: each place in it, or the file itself. */
export function findingsOfError(
  file: string,
  { code, issues, message }: RecordingStoreError,
): StoreFinding[] {
  return issues.length > 0 ? findingsOfIssues(file, issues) : [{ file, code, severity: "error", message }];
}

/** Violations of the schema, as findings. */
export function findingsOfIssues(file: string, issues: readonly Issue[]): StoreFinding[] {
  return issues.map(({ code, path, message }) => ({ file, code, severity: "error", path, message }));
}
