import { isFloat, type Float } from "./float.js";

/** What has a JSON text. A function, a symbol or undefined has none. */
export type Writable = null | boolean | number | bigint | string | Float | readonly unknown[] | Record<string, unknown>;

/**
 * A value as `JSON.stringify` would see it, only that big integers are integers and marked floats stay floats. Undefined
 * is left out of objects and is null in arrays.
 */
export function writable(value: unknown, key: string | number): Writable | undefined {
  const seen = hasToJson(value) && !isFloat(value) ? value.toJSON(String(key)) : value;
  return typeof seen === "undefined" || typeof seen === "function" || typeof seen === "symbol"
    ? undefined
    : (seen as Writable);
}

function hasToJson(value: unknown): value is { toJSON: (key: string) => unknown } {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { toJSON?: unknown }).toJSON === "function"
  );
}
