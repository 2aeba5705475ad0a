import type { Recording } from "@waybill/core";

import { writeJson } from "./json/write-json.js";

/** How a recording is written. */
export type WriteOptions = {
  /** The recording that this one is a copy of, when it shares no object with it, as after `structuredClone`. */
  like?: Recording | undefined;
};

/**
 * Writes a recording as the recorder of llama-stack does. One that was read and not changed comes back byte for byte; in
 * one that was changed, everything else stays as it was spelled. A new one has two spaces, ASCII only, a final newline.
 * @throws UnwritableValueError for numbers that are not finite, and for cycles
 */
export function writeRecording(recording: Recording, { like }: WriteOptions = {}): string {
  return writeJson(recording, like);
}
