import { checkRecording, InvalidDocumentError, type Recording, type TextLimits } from "@waybill/core";

import { checkJson } from "./json/read-json.js";

/**
 * Reads the text of a recording file into plain values. How the text was written is remembered beside them, so that
 * `writeRecording` gives it back byte for byte.
 * @param limits other bounds than core's for documents; up to a million items are read without
 * @throws InvalidDocumentError whose issues name the place, when the text is not JSON or not a recording
 */
export function readRecording(text: string, limits?: Partial<TextLimits>): Recording {
  const read = checkJson(text, limits);
  const checked = read.ok ? checkRecording(read.value) : read;
  if (!checked.ok) throw new InvalidDocumentError("recording", checked.issues);
  return checked.value;
}
