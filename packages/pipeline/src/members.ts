export type Members = Record<string, unknown>;

/** Whether the value is an object with members. */
export function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
