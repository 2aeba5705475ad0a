import { keepNotes, keysOf, notesOf, spellingOf, type Notes } from "../json/notes.js";
import { pythonFloat } from "../json/python-number.js";

/**
 * A copy of a value that was read from JSON text, to be written as Python writes what it has read: the order of keys, the
 * digits of integers and that a number is a float are kept, how strings and floats were spelled is not.
 */
export function respelled(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = notesOf(value);
  const isArray = Array.isArray(value);
  const copy: object = isArray ? [] : {};
  const notes: Notes = { text: "", isRoot: false, order: isArray ? [] : keysOf(value, known) };
  const spellings = new Map<string | number, { value: number; text: string }>();
  for (const [key, member] of Object.entries(value)) {
    const name = isArray ? Number(key) : key;
    Object.defineProperty(copy, name, {
      value: respelled(member),
      writable: true,
      enumerable: true,
      configurable: true,
    });
    const spelling = typeof member === "number" ? spellingOf(known, name, member) : undefined;
    if (spelling === undefined) continue;
    const text = /[.eE]/.test(spelling) ? pythonFloat(member as number) : spelling === "-0" ? "0" : spelling;
    spellings.set(name, { value: member as number, text });
  }
  if (spellings.size > 0) notes.spellings = spellings;
  if (isArray) delete notes.order;
  if (spellings.size > 0 || !isArray) keepNotes(copy, notes);
  return copy;
}
