/*
 * Payloads and recorded batches come from outside, and any member of them may have any shape.
 */

export type Members = Record<string, unknown>;

/** The value as an object with members, or an empty one. */
export function membersOf(value: unknown): Members {
  return isMembers(value) ? value : {};
}

export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as a list, or an empty one. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The first of the values that is text with something in it. */
export function textOf(...values: unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === "string" && value !== "");
}

/** The value when it is a number of tokens. */
export function countOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

/** The value when it is an amount of money from 0. */
export function amountOf(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && value < Infinity ? value : undefined;
}

/** An object in which what may be undefined may be absent instead. */
type Present<Value> = {
  [Name in keyof Value as undefined extends Value[Name] ? never : Name]: Value[Name];
} & {
  [Name in keyof Value as undefined extends Value[Name] ? Name : never]?: Exclude<Value[Name], undefined>;
};

/** The object without the members that are undefined. On the way of every payload, so without lists in between. */
export function withoutUndefined<Value extends object>(value: Value): Present<Value> {
  const present: Members = {};
  for (const [name, member] of Object.entries(value)) {
    // A name from outside must not become a prototype.
    if (member !== undefined && name !== "__proto__") present[name] = member;
  }
  return present as Present<Value>;
}
