import { checkRecording, lint, type Recording } from "@waybill/core";

import { hashesOf, type RecordingHash } from "../hash/hashes-of.js";
import { envelopesOf } from "../store/envelopes.js";
import { digitsOf, fileId } from "../store/file-name.js";
import type { StoredRecording } from "../store/recording-store.js";
import { recordedDigits, responseIdsOf } from "../store/response-id.js";
import { plainName } from "../store/turn-name.js";
import { isKnownType } from "./known-types.js";
import { findingsOfIssues, type StoreFinding } from "./store-finding.js";

/**
 * What is wrong with a recording in its place. Beside violations of the schema and what core's `lint` finds:
 *
 * - `name-mismatch`: no version of the hash gives its request this name. An error when its ids tell that one was made with a
 *   hash that fits, and the file renamed since; otherwise a warning, since recorders had unreleased versions too.
 * - `digest-mismatch`: the hash fits, and the digest of the model list does not.
 * - `id-prefix`: an id of the answer is not `rec-` and the first twelve digits of the file's name.
 * - `unknown-type`: a `__type__` that recordings are not known to hold.
 */
export async function verifyRecording(stored: StoredRecording): Promise<StoreFinding[]> {
  const file = fileId(stored.folder, stored.fileName);
  const checked = checkRecording(stored.recording);
  if (!checked.ok) return findingsOfIssues(file, checked.issues);
  const recording = checked.value;
  const found = [
    ...nameFindings(plainName(stored.fileName), recording, await hashesOf(recording)),
    ...idFindings(plainName(stored.fileName), recording),
    ...typeFindings(recording),
    ...lint("recording", recording),
  ];
  return found.map((finding) => ({ file, ...finding }));
}

type Found = Omit<StoreFinding, "file">;

function nameFindings(name: string, recording: Recording, hashes: readonly RecordingHash[]): Found[] {
  if (hashes.some(({ fileName }) => fileName === name)) return [];
  const expected = hashes[0]?.fileName ?? "";
  const digits = digitsOf(name);
  if (digits !== undefined && hashes.some(({ hash }) => hash === digits)) {
    const message = `the list of models has another digest than the file's name: ${expected} would fit`;
    return [{ code: "digest-mismatch", severity: "warning", message }];
  }
  const made = recordedDigits(recording);
  const isRenamed =
    digits !== undefined && made !== undefined && hashes.some(({ hash }) => hash.startsWith(made));
  const message = `no version of the hash gives this name to the request: replay looks for ${expected}`;
  return [{ code: "name-mismatch", severity: isRenamed ? "error" : "warning", message }];
}

/** Only the first is told: all that follow are the same mistake. A name that is no hash has no digits to compare with. */
function idFindings(name: string, recording: Recording): Found[] {
  const digits = digitsOf(name)?.slice(0, 12);
  if (digits === undefined) return [];
  const wrong = responseIdsOf(recording).find(({ id }) => id !== `rec-${digits}`);
  if (!wrong) return [];
  const message = `is ${JSON.stringify(wrong.id)}, and the name of the file asks for "rec-${digits}"`;
  return [{ code: "id-prefix", severity: "warning", path: wrong.path, message }];
}

/** Each type is told once. */
function typeFindings(recording: Recording): Found[] {
  const unknown = new Map<unknown, string>();
  for (const { type, path } of envelopesOf(recording)) {
    if (!isKnownType(type) && !unknown.has(type)) unknown.set(type, path);
  }
  return Array.from(unknown, ([type, path]) => ({
    code: "unknown-type",
    severity: "warning",
    path: `${path}/__type__`,
    message: `${JSON.stringify(type)} is no object that recordings are known to hold`,
  }));
}
