/** An object of parsed JSON. */
export type Members = Record<string, unknown>;

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An index; undefined for what is none. Some servers write it as text. */
export function readIndex(value: unknown): number | undefined {
  const index = typeof value === "string" && /^\d{1,3}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(index) && (index as number) >= 0 ? (index as number) : undefined;
}

/** A value as JSON text; undefined for what JSON cannot hold, or what nests too deep to be written. */
export function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** The value of a JSON text; undefined for what is none. */
export function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** How deep a value may nest that is kept as it is. */
const MAX_DEPTH = 32;

/**
 * What a value weighs: its characters and members. Infinite for what must not be kept: what nests deeper than 32, is more
 * than the limit, or has a member `__proto__`, which the next merge would take for a prototype.
 */
export function weightOf(value: unknown, limit: number, depth = 0): number {
  if (typeof value === "string") return value.length < limit ? value.length + 1 : Infinity;
  if (typeof value !== "object" || value === null) return typeof value === "function" ? Infinity : 1;
  if (depth >= MAX_DEPTH) return Infinity;
  let weight = 1;
  if (Array.isArray(value)) {
    for (const item of value) {
      weight += weightOf(item, limit, depth + 1);
      if (weight > limit) return Infinity;
    }
    return weight;
  }
  for (const name in value) {
    if (name === "__proto__") return Infinity;
    weight += name.length + weightOf((value as Members)[name], limit, depth + 1);
    if (weight > limit) return Infinity;
  }
  return weight;
}

/** Whether two values of parsed JSON, of bounded depth, are equal; the order of members does not count. */
export function isSame(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => isSame(item, right[index]));
  }
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every(
    (name) => Object.hasOwn(right, name) && isSame((left as Members)[name], (right as Members)[name]),
  );
}
