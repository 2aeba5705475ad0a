import { RecordingStoreError, type StoreErrorCode } from "../store/errors.js";

const causes: Record<string, [StoreErrorCode, string]> = {
  EROFS: ["read-only", "the disk is read-only: keep recordings on another, or use the mode replay"],
  EACCES: ["no-permission", "the process may not: give its user access to the file and to its folder"],
  EPERM: ["no-permission", "the process may not: give its user access to the file and to its folder"],
  ENOSPC: ["disk-full", "the disk is full: make room, for example by prune"],
  EDQUOT: ["disk-full", "the user's quota is used up: make room, for example by prune"],
  EISDIR: ["not-a-file", "it is a folder: move it away"],
  ENOTEMPTY: ["not-a-file", "it is a folder: move it away"],
  EEXIST: ["not-a-file", "something else has this name: move it away"],
  ENOTDIR: ["not-a-file", "a part of its path is a file where a folder is needed: move it away"],
  ELOOP: ["outside-root", "it is a link that leads nowhere: remove it"],
  ENXIO: ["not-a-file", "it is a socket or a device: move it away"],
  ENOENT: ["file-system", "a folder on its path was removed meanwhile: try again"],
  EMFILE: ["file-system", "too many files are open: close some, or raise the limit (ulimit -n)"],
};

/** An error of the file system with what was to be done, the file, and what can be done about it. */
export function fileError(error: unknown, action: string, file: string): RecordingStoreError {
  if (RecordingStoreError.isInstance(error)) return error;
  const system = errnoOf(error);
  const [code, cure] = causes[system ?? ""] ?? ["file-system", String(error)];
  const word = system === undefined ? "" : ` (${system})`;
  return new RecordingStoreError(code, `cannot ${action} ${file}: ${cure}${word}`, { file, cause: error });
}

/** The word that the file system has for an error, such as ENOENT. */
export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** Nothing has this name. */
export function isMissing(error: unknown): boolean {
  return errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR";
}
