import { badQuery, LedgerError } from "../problems.js";
import { stepFor, steps, type Step } from "./steps.js";
import { stretchesOf, type Stretch } from "./zone.js";

/** More points than this tell nobody anything. */
export const MOST_POINTS = 400;

/** Buckets of hours or days of a zone. A bucket is known by its number: whole steps of local time since a Monday of 1969. */
export type Buckets = {
  /** Epoch milliseconds at which each begins, in order. */
  starts: number[];
  /** Where in `starts` each number stands. */
  indexes: Map<number, number>;
  /** What the number is of a time that begins in a stretch: (time + shift) / step, without the rest. Milliseconds. */
  shifts: Stretch[];
  stepMs: number;
};

/** Weeks begin on Mondays, and every number is positive: three days before 1970. */
const EPOCH_SHIFT = 3 * 86_400_000;
const HOUR = 3_600_000;

/**
 * The buckets from one moment up to and without another, in epoch milliseconds. Steps over an hour follow the wall clock: a
 * day on which clocks are changed has 23 or 25 hours and is one bucket all the same. Up to an hour they follow the hours of
 * the clock where it stands, so that the hour that comes twice is two buckets.
 */
export function bucketsOf(from: number, to: number, step: Step, zone: string): Buckets {
  const stepMs = (Object.hasOwn(steps, step) ? steps[step] : 0) * 1000;
  if (stepMs === 0) throw badQuery(`step is one of ${Object.keys(steps).join(", ")}`);
  if (![from, to].every((time) => Number.isSafeInteger(time * 1000) && time >= 0))
    throw badQuery("from and to are epoch milliseconds");
  const points = Math.max(0, to - from) / stepMs;
  if (points > MOST_POINTS)
    throw new LedgerError(
      "too-many-points",
      `steps of ${step} would be ${Math.ceil(points)} points, and ${MOST_POINTS} are the most: use steps of ${stepFor((to - from) / 1000, MOST_POINTS)} or a shorter range`,
    );
  const shifts: Stretch[] = [];
  for (const { from: begin, offset } of stretchesOf(zone, from - stepMs, to)) {
    const kept = stepMs > HOUR ? offset : offset - Math.floor(offset / stepMs) * stepMs;
    if (shifts.at(-1)?.offset !== kept + EPOCH_SHIFT)
      shifts.push({ from: begin, offset: kept + EPOCH_SHIFT });
  }
  const first = new Map<number, number>();
  for (const [index, { from: begin, offset }] of shifts.entries()) {
    const end = Math.min(shifts[index + 1]?.from ?? Infinity, to);
    const last = Math.floor((end - 1 + offset) / stepMs);
    for (let label = Math.floor((Math.max(begin, from) + offset) / stepMs); label <= last; label++) {
      const own = label * stepMs - offset;
      const start = own >= begin ? own : earlier(label, begin, shifts[index - 1], stepMs);
      if (!first.has(label)) first.set(label, start);
    }
  }
  const ordered = [...first].toSorted((left, right) => left[1] - right[1]);
  return {
    starts: ordered.map(([, start]) => start),
    indexes: new Map(ordered.map(([label], index) => [label, index])),
    shifts,
    stepMs,
  };
}

/** The bucket that clocks are changed within begins before that, in the stretch before. */
function earlier(label: number, begin: number, before: Stretch | undefined, stepMs: number): number {
  const start = before ? label * stepMs - before.offset : begin;
  return start < begin && start >= (before?.from ?? begin) ? start : begin;
}
