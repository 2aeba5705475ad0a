export type Members = Record<string, unknown>;

/** Thrown for a body that a collector does not decode; the message names the place. */
export class Refusal extends Error {}

/** Holds that what is expected at a place is there. */
export function expectThat(holds: boolean, path: string, expected: string): void {
  if (!holds) throw new Refusal(`${path}: expected ${expected}`);
}

/** An object with members. */
export function membersAt(value: unknown, path: string): Members {
  expectThat(typeof value === "object" && value !== null && !Array.isArray(value), path, "an object");
  return value as Members;
}

/** A list; an absent one is empty. */
export function listAt(value: unknown, path: string): unknown[] {
  expectThat(value === undefined || Array.isArray(value), path, "a list");
  return (value ?? []) as unknown[];
}

/** Nanoseconds as decimal text, which fits into 64 bits. */
export function nanosAt(value: unknown, path: string): string {
  const isTime = typeof value === "string" && /^[0-9]{1,20}$/.test(value) && BigInt(value) < 2n ** 64n;
  expectThat(isTime, path, "nanoseconds as decimal text");
  return value as string;
}
