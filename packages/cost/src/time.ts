import { InvalidCount } from "./usage/counts.js";

/** Numbers below this are seconds (until the year 5138), above it milliseconds (since 1973). */
const SECONDS_BELOW = 1e11;

const iso = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?$/;

/** The time of a call in epoch milliseconds. Text without an offset is UTC, wherever the program runs. */
export function timeOf(at: unknown): number {
  const time =
    at instanceof Date
      ? at.getTime()
      : typeof at === "string"
        ? timeOfText(at)
        : typeof at === "number"
          ? Math.abs(at) < SECONDS_BELOW
            ? at * 1000
            : at
          : Number.NaN;
  if (Number.isFinite(time)) return time;
  throw new InvalidCount("/at is no time, and it is a Date, ISO text, or epoch seconds or milliseconds");
}

function timeOfText(text: string): number {
  const [, day, time = "", offset = ""] = iso.exec(text.replace(" ", "T")) ?? [];
  return day === undefined ? Number.NaN : Date.parse(day + time + (offset || (time && "Z")));
}
