/*
 * Reading members of documents that may be anything: lint runs on invalid ones too.
 */

import { lengthOf } from "../validation/runtime.js";

/** An object of which nothing is known. */
export type Members = Record<string, unknown>;

/** The value as an object with members, or an empty one. */
export function membersOf(value: unknown): Members {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

/** The value as an array that can be walked, or an empty one. Holes and false lengths of exotic arrays are read as items. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value)
    ? Array.from({ length: lengthOf(value) }, (_, index) => value[index] as unknown)
    : [];
}

/** The value when it is a finite number. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The value when it is a string with something in it. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The value as a moment in milliseconds: ISO text, or LiteLLM's older text without a zone. */
export function momentOf(value: unknown): number | undefined {
  if (typeof value !== "string" || value.length > 300) return undefined;
  const time = Date.parse(/[+-][0-9]{2}:[0-9]{2}$|Z$/.test(value) ? value : `${value.replace(" ", "T")}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** The first of the members that is a finite number. */
export function firstNumber(members: Members, names: readonly string[]): number | undefined {
  return names.map((name) => numberOf(members[name])).find((value) => value !== undefined);
}

/** Sums of doubles differ in the last bits; more than a billionth, and than any price there is, is another number. */
export function isClose(left: number, right: number): boolean {
  return Math.abs(left - right) <= Math.max(1e-15, 1e-9 * Math.max(Math.abs(left), Math.abs(right)));
}

/** An amount without the noise of a double's last bits. */
export function plain(amount: number): string {
  return String(Number(amount.toPrecision(12)));
}
