import { checkText, InvalidDocumentError, type Recording } from "@waybill/core";

/**
 * Reads the text of a recording file.
 * @throws InvalidDocumentError whose issues name the place, when the text is not JSON or not a recording
 */
export function readRecording(text: string): Recording {
  const checked = checkText(text, "recording");
  if (!checked.ok) throw new InvalidDocumentError("recording", checked.issues);
  return checked.value;
}
