import type { BudgetWindow } from "./key-record.js";

/**
 * A stretch of time that has a budget of its own, in epoch milliseconds: `from` is inside, `to` is not. Both are null for a
 * window that never ends.
 */
export type Stretch = { name: string; from: number | null; to: number | null };

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * The days and months of a time zone. A day begins at its first moment, which is not always midnight: where clocks are put
 * forward at midnight, it is one o'clock.
 * @throws RangeError for a zone that Intl does not know
 */
export function createWindows(zone: string): (window: BudgetWindow, now: number) => Stretch {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "gregory",
    numberingSystem: "latn",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  const last: Partial<Record<BudgetWindow, Stretch>> = {};

  /** "2026-11-20" where it is that day. */
  function dayAt(moment: number): string {
    const parts: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(moment)) parts[type] = value;
    return `${parts.year?.padStart(4, "0")}-${parts.month}-${parts.day}`;
  }

  /** The first moment of a day: within 36 hours of midnight in UTC, as zones are at most 14 hours away from it. */
  function startOf(day: string): number {
    const midnight = Date.parse(`${day}T00:00:00.000Z`);
    let [before, after] = [midnight - 1.5 * DAY, midnight + 1.5 * DAY];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (dayAt(middle) < day) before = middle;
      else after = middle;
    }
    return after;
  }

  function find(window: "day" | "month", now: number): Stretch {
    const today = dayAt(now);
    if (window === "day") return { name: today, from: startOf(today), to: startOf(nextDay(today)) };
    const month = today.slice(0, 7);
    return { name: month, from: startOf(`${month}-01`), to: startOf(`${nextMonth(month)}-01`) };
  }

  return (window, now) => {
    if (window === "total") return { name: "total", from: null, to: null };
    const known = last[window];
    // Asking Intl takes long, and the answer is the same all day.
    if (known && known.from !== null && known.to !== null && now >= known.from && now < known.to)
      return known;
    return (last[window] = find(window, now));
  };
}

function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00.000Z`) + DAY).toISOString().slice(0, 10);
}

function nextMonth(month: string): string {
  // The first of a month and 31 days later is always in the next one.
  return new Date(Date.parse(`${month}-01T00:00:00.000Z`) + 31 * DAY).toISOString().slice(0, 7);
}
