import { float, isFloat } from "../json/float.js";
import { keepNotes, notesOf, spellingOf } from "../json/notes.js";
import { bodyValue } from "./canonical-request.js";
import type { RequestBody } from "./request.js";

/** Parameters that Python's callers nearly always give as floats: `temperature=0.0`. */
const parameters = ["temperature", "top_p", "frequency_penalty", "presence_penalty"];

/**
 * The bodies that Python may have sent where JavaScript sends this one: some of `temperature`, `top_p`,
 * `frequency_penalty` and `presence_penalty` are floats instead of integers. All of them first, then ever fewer; none if
 * there is nothing to read otherwise. For looking up a recording that was made in Python.
 */
export function floatReadings(body: RequestBody): RequestBody[] {
  const value = bodyValue(body);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const object = value as Record<string, unknown>;
  const names = parameters.filter((name) => isWholeNumber(object, name));
  return subsets(names).map((chosen) => withFloats(object, chosen));
}

function isWholeNumber(object: Record<string, unknown>, name: string): boolean {
  if (!Object.hasOwn(object, name)) return false;
  const value = object[name];
  if (isFloat(value) || !Number.isSafeInteger(value)) return false;
  const spelling = spellingOf(notesOf(object), name, value);
  return spelling === undefined || !/[.eE]/.test(spelling);
}

/** A copy that keeps what is known about the text of the original. */
function withFloats(object: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  const copy = { ...object };
  for (const name of names) copy[name] = float(object[name] as number);
  const notes = notesOf(object);
  if (notes) keepNotes(copy, { ...notes, isRoot: false });
  return copy;
}

/** All that are not empty, the largest first. */
function subsets(names: readonly string[]): string[][] {
  const all = names.reduceRight<string[][]>(
    (sets, name) => [...sets.map((set) => [name, ...set]), ...sets],
    [[]],
  );
  return all.filter((set) => set.length > 0).toSorted((left, right) => right.length - left.length);
}
