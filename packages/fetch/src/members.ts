/** The members of an object from outside: each may be anything. */
export type Members = Record<string, unknown>;

export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value's members, or none. */
export function membersOf(value: unknown): Members {
  return isMembers(value) ? value : {};
}

/** Text that says something. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
