import { InvalidCount } from "./usage/counts.js";

/** Numbers below this are seconds (until the year 5138), above it milliseconds (since 1973). */
const SECONDS_BELOW = 1e11;

/** The time of a call in epoch milliseconds. */
export function timeOf(at: unknown): number {
  const time =
    at instanceof Date
      ? at.getTime()
      : typeof at === "string"
        ? Date.parse(at)
        : typeof at === "number"
          ? Math.abs(at) < SECONDS_BELOW
            ? at * 1000
            : at
          : Number.NaN;
  if (Number.isFinite(time)) return time;
  throw new InvalidCount("/at is no time, and it is a Date, ISO text, or epoch seconds or milliseconds");
}
