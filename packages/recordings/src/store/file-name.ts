import { RecordingStoreError } from "./errors.js";

/** Whether a file of this name is taken for a recording. Hidden files are not. */
export function isFileName(name: string): boolean {
  return /^[^./\\:\0][^/\\:\0]*\.json$/.test(name) && name.length <= 255;
}

/** The name that a recorder gives: its hash, and for model lists the digest. */
const hashName = /^(?:models-)?([0-9a-f]{12}|[0-9a-f]{64})(?:-[0-9a-f]{8})?\.json$/;

/** The digits of the hash in the name of a recording; undefined when somebody else gave it the name. */
export function digitsOf(fileName: string): string | undefined {
  return hashName.exec(fileName)?.[1];
}

/**
 * The name of a file in a folder of recordings, as it was given.
 * @throws RecordingStoreError `bad-file-name` for what is no name of a file, such as a path
 */
export function checkedFileName(name: string): string {
  if (isFileName(name)) return name;
  const message = `${JSON.stringify(name)} is no name of a recording: it is a hash with .json, and no path`;
  throw new RecordingStoreError("bad-file-name", message, { file: name });
}

/** How a recording is called in messages, findings and `used`: its folder, if it has one, and its name. */
export function fileId(folder: string, fileName: string): string {
  return folder === "" ? fileName : `${folder}/${fileName}`;
}

/** How the names of the model lists of a request begin. */
export function modelListPrefix(hash: string): string {
  return `models-${hash}-`;
}
