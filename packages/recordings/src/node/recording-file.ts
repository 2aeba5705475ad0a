import { constants } from "node:fs";
import { open, realpath, type FileHandle } from "node:fs/promises";
import { dirname, sep } from "node:path";

import { InvalidDocumentError, type Recording } from "@waybill/core";

import { recordingLimits } from "../json/json-limits.js";
import { readRecording } from "../read-recording.js";
import { RecordingStoreError } from "../store/errors.js";
import { fewAtOnce } from "./few-at-once.js";
import { errnoOf, fileError, isMissing } from "./file-error.js";
import { utf8Text } from "./utf8-text.js";

const gate = fewAtOnce(64);

/** Windows has no such flags. A pipe is not waited for. */
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Reads a recording from a file of a folder that was resolved; undefined when there is none. A link is followed as far as
 * it stays inside of the roots.
 * @throws RecordingStoreError that names the file, and the place inside when it is not a recording
 */
export async function readRecordingFile(
  path: string,
  roots: readonly string[],
): Promise<Recording | undefined> {
  const bytes = await gate(async () => readBytes(path, roots));
  return bytes && parse(utf8Text(bytes, path), path);
}

/** Whether a resolved path lies in one of the resolved roots. */
export function isInside(realPath: string, roots: readonly string[]): boolean {
  return roots.some(
    (root) => realPath === root || realPath.startsWith(root.endsWith(sep) ? root : root + sep),
  );
}

/** The error for a path whose links lead out. */
export function outside(path: string, realPath: string): RecordingStoreError {
  const cure = "remove the link, or open the folder that it leads to as a store of its own";
  const message = `${path} leads out of the repository by a link, to ${realPath}: ${cure}`;
  return new RecordingStoreError("outside-root", message, { file: path });
}

async function readBytes(path: string, roots: readonly string[]): Promise<Uint8Array | undefined> {
  try {
    const handle = await openInside(path, roots);
    try {
      const info = await handle.stat();
      if (!info.isFile()) throw notAFile(path);
      // No unit of text takes more than three bytes.
      if (info.size > 3 * recordingLimits.textLength) throw tooLong(path, info.size);
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw fileError(error, "read", path);
  }
}

async function openInside(path: string, roots: readonly string[]): Promise<FileHandle> {
  try {
    return await open(path, flags);
  } catch (error) {
    // FreeBSD has a word of its own for a link that is not to be followed.
    if (errnoOf(error) !== "ELOOP" && errnoOf(error) !== "EMLINK") throw error;
    const realPath = await realpath(path);
    if (!isInside(dirname(realPath), roots)) throw outside(path, realPath);
    return open(realPath, flags);
  }
}

function parse(text: string, file: string): Recording {
  try {
    return readRecording(text);
  } catch (error) {
    if (!InvalidDocumentError.isInstance(error)) throw error;
    const { message, issues } = error;
    throw new RecordingStoreError("invalid-file", `${file} is ${message}`, { file, issues, cause: error });
  }
}

function notAFile(file: string): RecordingStoreError {
  return new RecordingStoreError("not-a-file", `${file} is no file: move it away`, { file });
}

function tooLong(file: string, size: number): RecordingStoreError {
  const message = `is ${size} bytes long, more than a recording may have`;
  const issues = [{ path: "", code: "too-long", message }];
  return new RecordingStoreError("invalid-file", `${file} ${message}`, { file, issues });
}
