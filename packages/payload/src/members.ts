/*
 * Requests and answers come from outside and may have any shape; a record of them must not fail for it.
 */

export type Members = Record<string, unknown>;

/** The value as an object with members, or an empty one. */
export function membersOf(value: unknown): Members {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

/** The value when it is text with something in it. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A count that a payload can carry; the text and fractions of odd gateways stay in the raw usage. */
export function countOf(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
