import { recordingStyle, styleOf } from "./json-style.js";
import { writable } from "./json-value.js";
import { JsonWriter } from "./json-writer.js";
import { notesOf, type Notes } from "./notes.js";
import { checkJson } from "./read-json.js";

/**
 * Writes a value as Python's json module would. What `readJson` gave and nobody changed comes back byte for byte; what
 * was changed is written in the style of the text, and its untouched members as they were spelled.
 * @param like what a copy that shares no object with the original (`structuredClone`) was made of
 * @throws UnwritableValueError for numbers that are not finite, and for cycles
 */
export function writeJson(value: unknown, like?: unknown): string {
  const notes = notesOf(value) ?? notesOf(like);
  const text = (notes ?? notesOfMember(value))?.text;
  const style = text === undefined ? recordingStyle : styleOf(text);
  const json = new JsonWriter(style).write(writable(value, "") ?? null, notes);
  const written = style.head + json + style.tail;
  // A text that nobody would write like this (odd white space, a key twice) is still what its value came from.
  const isOdd = notes?.isRoot === true && text !== undefined && text !== written;
  return isOdd && isUntouched(value, text) ? text : written;
}

/** Who copies the root of a document still holds its members. */
function notesOfMember(value: unknown): Notes | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const member of Object.values(value)) {
    const notes = notesOf(member);
    if (notes) return notes;
  }
  return undefined;
}

/** Whether a value is still what its text says. */
function isUntouched(value: unknown, text: string): boolean {
  const limits = { depth: Infinity, items: Infinity, stringLength: Infinity, textLength: Infinity };
  const read = checkJson(text, limits);
  return read.ok && isSame(value, read.value);
}

function isSame(left: unknown, right: unknown): boolean {
  if (typeof left !== "object" || left === null || typeof right !== "object" || right === null)
    return Object.is(left, right);
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const keys = Object.keys(left);
  const others = Object.keys(right);
  return (
    keys.length === others.length &&
    keys.every(
      (key, index) =>
        key === others[index] &&
        isSame((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]),
    )
  );
}
