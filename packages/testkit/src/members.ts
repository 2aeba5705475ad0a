/** An object of JSON. */
export type Members = Record<string, unknown>;

/** Whether the value is an object with members: no null, no array. */
export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an object with members, or an empty one. */
export function membersOf(value: unknown): Members {
  return isMembers(value) ? value : {};
}

/** JSON text as a value; undefined when it is none. */
export function parseJson(text: unknown): unknown {
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
