import { InvalidDocumentError, type Check, type TextLimits } from "@waybill/core";

import { recordingLimits } from "./json-limits.js";
import { JsonReader } from "./json-reader.js";
import { Refusal } from "./json-tokens.js";

/** Reads JSON text without losing anything, or says where it is wrong. Never throws for what the text is. */
export function checkJson(text: string, limits?: Partial<TextLimits>): Check<unknown> {
  if (typeof text !== "string") {
    const message = `expected text, found ${typeof text}`;
    return { ok: false, issues: [{ path: "", code: "not-text", message }] };
  }
  try {
    return { ok: true, value: new JsonReader(text, { ...recordingLimits, ...limits }).read() };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { ok: false, issues: [thrown.issue] };
    throw thrown;
  }
}

/**
 * Reads JSON text into plain values. What these do not tell (that a number was written `1.0`, digits beyond a double, the
 * order of integer-like keys, odd escapes) is remembered beside them, by the identity of their objects and arrays, for
 * `writeRecording` and `requestHash`. Of equal keys the last one wins. A key `__proto__` is an own member like any other.
 * @throws InvalidDocumentError whose issue names the place
 */
export function readJson(text: string, limits?: Partial<TextLimits>): unknown {
  const checked = checkJson(text, limits);
  if (!checked.ok) throw new InvalidDocumentError("JSON text", checked.issues);
  return checked.value;
}
