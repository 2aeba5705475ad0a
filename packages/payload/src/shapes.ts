import { isMembers } from "./members.js";

/*
 * Readers of values that a payload holds to a schema. A reader answers undefined for what is not of its shape.
 */

export type Reader<Value> = (value: unknown) => Value | undefined;
type Readers = Record<string, Reader<unknown>>;
type Read<Shape extends Readers> = { [Name in keyof Shape]: Exclude<ReturnType<Shape[Name]>, undefined> };

export const text: Reader<string> = (value) => (typeof value === "string" ? value : undefined);
export const someText: Reader<string> = (value) => (value === "" ? undefined : text(value));
export const flag: Reader<boolean> = (value) => (typeof value === "boolean" ? value : undefined);
export const amount: Reader<number> = (value) =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
export const measure: Reader<number> = (value) =>
  typeof value === "number" && value >= 0 && value < Infinity ? value : undefined;
export const count: Reader<number> = (value) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
export const decimal: Reader<string> = (value) =>
  typeof value === "string" && value.length <= 400 && /^-?[0-9]+(?:\.[0-9]+)?$/.test(value)
    ? value
    : undefined;
export const members: Reader<Record<string, unknown>> = (value) => (isMembers(value) ? value : undefined);
export const anything: Reader<unknown> = (value) => value;

/** One of these words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Reader<Word> {
  return (value) => words.find((word) => word === value);
}

/** The shape, or null. */
export function orNull<Value>(reader: Reader<Value>): Reader<Value | null> {
  return (value) => (value === null ? null : reader(value));
}

/** A list of which every item is of the shape. */
export function listOfAll<Value>(reader: Reader<Value>): Reader<Value[]> {
  return (value) => {
    if (!Array.isArray(value)) return undefined;
    const items = value.map(reader);
    return items.includes(undefined) ? undefined : (items as Value[]);
  };
}

/** The first shape that the value is of. */
export function either<Value>(...readers: readonly Reader<Value>[]): Reader<Value> {
  return (value) => {
    for (const reader of readers) {
      const read = reader(value);
      if (read !== undefined) return read;
    }
    return undefined;
  };
}

/** An object of the required members and, where they are there, the optional ones; what else it has is left out. */
export function exactly<Required extends Readers, Optional extends Readers>(
  required: Required,
  optional: Optional,
): Reader<Read<Required> & Partial<Read<Optional>>> {
  return (value) => {
    if (!isMembers(value)) return undefined;
    const result: Record<string, unknown> = {};
    for (const [name, reader] of Object.entries(required)) {
      const read = reader(value[name]);
      if (read === undefined) return undefined;
      result[name] = read;
    }
    for (const [name, reader] of Object.entries(optional)) {
      if (value[name] === undefined) continue;
      const read = reader(value[name]);
      if (read === undefined) return undefined;
      result[name] = read;
    }
    return result as Read<Required> & Partial<Read<Optional>>;
  };
}
