import { badQuery } from "../problems.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A stretch of time in which the clocks of a zone are ahead of UTC by the same offset. Milliseconds. */
export type Stretch = { from: number; offset: number };

/** The stretches of a zone from one moment to another, the first from the beginning of time. */
export function stretchesOf(zone: string, from: number, to: number): Stretch[] {
  const offsetAt = offsetsOf(zone);
  const stretches: Stretch[] = [{ from: -Infinity, offset: offsetAt(from) }];
  // Clocks are not changed twice within a week; where that has happened, nobody asks for years at a time.
  const stride = to - from > 60 * DAY ? 7 * DAY : DAY;
  for (let time = from; time < to; time += stride) {
    const next = Math.min(time + stride, to);
    const { offset } = stretches.at(-1) as Stretch;
    if (offsetAt(next) === offset) continue;
    let [before, after] = [time, next];
    while (after - before > 1000) {
      const middle = Math.floor((before + after) / 2000) * 1000;
      if (middle <= before) break;
      if (offsetAt(middle) === offset) before = middle;
      else after = middle;
    }
    stretches.push({ from: after, offset: offsetAt(after) });
  }
  return stretches;
}

function offsetsOf(zone: string): (time: number) => number {
  const format = formatOf(zone);
  return (time) => {
    const second = Math.floor(time / 1000) * 1000;
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(second)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second: seconds = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, seconds) - second;
  };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    throw badQuery(
      `${JSON.stringify(zone.slice(0, 80))} is no time zone: give an IANA name, e.g. Europe/Berlin`,
    );
  }
}
