import { WaybillError, type Issue } from "@waybill/core";

/** What can be wrong with a store. */
export type StoreErrorCode =
  /** The file is not JSON, or no recording; `issues` name the places. */
  | "invalid-file"
  /** What has the name of a recording is a folder, a pipe or a device. */
  | "not-a-file"
  /** The name is none of a file in a folder of recordings. */
  | "bad-file-name"
  /** The test id leads out of the repository, or is no path. */
  | "bad-test-id"
  /** A link leads out of the repository. */
  | "outside-root"
  /** There is no such folder. */
  | "no-folder"
  /** It is not known where the repository begins. */
  | "no-root"
  /** The store cannot do that. */
  | "unsupported"
  /** By this rule, every file would be removed. */
  | "nothing-used"
  /** The disk is mounted read-only. */
  | "read-only"
  /** The process may not do that with the file. */
  | "no-permission"
  /** The disk, or the quota, is full. */
  | "disk-full"
  /** Any other error of the file system. */
  | "file-system";

/** More about what went wrong. */
export type StoreErrorOptions = ErrorOptions & { file?: string | undefined; issues?: readonly Issue[] };

/** Thrown when recordings cannot be found, read or kept. The message names the file and, where there is one, the cure. */
export class RecordingStoreError extends WaybillError {
  override readonly name = "RecordingStoreError";
  declare readonly code: StoreErrorCode;
  /** The file or folder at fault. */
  readonly file: string | undefined;
  /** What is wrong inside of the file; empty when that is not the question. */
  readonly issues: readonly Issue[];

  constructor(
    code: StoreErrorCode,
    message: string,
    { file, issues = [], ...options }: StoreErrorOptions = {},
  ) {
    super(code, message, options);
    this.file = file;
    this.issues = issues;
  }

  /** Whether the value is such an error, also of another copy of this package. */
  static override isInstance(value: unknown): value is RecordingStoreError {
    return WaybillError.isInstance(value) && value.name === "RecordingStoreError";
  }
}

/** Whether a test's id is at fault, and not the store. */
export function isBadTestId(error: unknown): error is RecordingStoreError {
  return RecordingStoreError.isInstance(error) && error.code === "bad-test-id";
}
