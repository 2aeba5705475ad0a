import { canonicalRequest } from "./canonical-request.js";
import { currentVersion, type HashOptions, type HashVersion, type RecordedRequest } from "./request.js";
import { sha256 } from "./sha256.js";

/**
 * The hash that names a request's recording: 64 hex digits, the same that the recorder of llama-stack computes for what
 * Python sends. Whole numbers of a JavaScript value are integers, although most recordings were made with floats such as
 * `1.0`: mark those with `float(1)`, give the body as text, or try its `floatReadings` too.
 * @throws what `canonicalRequest` throws, as a rejection
 */
export async function requestHash(request: RecordedRequest, options?: HashOptions): Promise<string> {
  return sha256(canonicalRequest(request, options));
}

/** The name of the file that a recording is kept in. Version 1 used 12 digits; model lists have a digest (`modelListDigest`). */
export function recordingFileName(
  hash: string,
  version: HashVersion = currentVersion,
  modelListDigest?: string,
): string {
  if (version === 1) return `${hash.slice(0, 12)}.json`;
  return modelListDigest === undefined ? `${hash}.json` : `models-${hash}-${modelListDigest}.json`;
}
