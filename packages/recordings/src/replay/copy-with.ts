import { keepNotes, notesOf } from "../json/notes.js";

/** A copy of an object or array that keeps what is known about the text of the original. */
export function copyOf<Container extends object>(container: Container): Container {
  const copy = (Array.isArray(container) ? [...(container as unknown[])] : { ...container }) as Container;
  const notes = notesOf(container);
  if (notes) keepNotes(copy, { ...notes, isRoot: false });
  return copy;
}

/** Whether a value has members. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
