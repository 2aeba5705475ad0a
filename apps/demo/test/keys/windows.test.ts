import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createWindows } from "../../server/keys/windows.js";

const iso = (moment: number | null) => (moment === null ? null : new Date(moment).toISOString());

describe("a window", () => {
  it.each<[string, string, "day" | "month", string, [name: string, from: string, to: string]]>([
    [
      "a day of UTC",
      "UTC",
      "day",
      "2026-11-20T12:00:00Z",
      ["2026-11-20", "2026-11-20T00:00:00.000Z", "2026-11-21T00:00:00.000Z"],
    ],
    [
      "its first moment",
      "UTC",
      "day",
      "2026-11-20T00:00:00Z",
      ["2026-11-20", "2026-11-20T00:00:00.000Z", "2026-11-21T00:00:00.000Z"],
    ],
    [
      "its last",
      "UTC",
      "day",
      "2026-11-20T23:59:59.999Z",
      ["2026-11-20", "2026-11-20T00:00:00.000Z", "2026-11-21T00:00:00.000Z"],
    ],
    [
      "a day elsewhere that is not ours",
      "Asia/Tokyo",
      "day",
      "2026-11-20T20:00:00Z",
      ["2026-11-21", "2026-11-20T15:00:00.000Z", "2026-11-21T15:00:00.000Z"],
    ],
    [
      "a day of 25 hours",
      "Europe/Berlin",
      "day",
      "2026-10-25T12:00:00Z",
      ["2026-10-25", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"],
    ],
    [
      "a day of 23 hours",
      "America/New_York",
      "day",
      "2026-03-08T12:00:00Z",
      ["2026-03-08", "2026-03-08T05:00:00.000Z", "2026-03-09T04:00:00.000Z"],
    ],
    [
      "a day without a midnight",
      "Africa/Cairo",
      "day",
      "2026-04-24T12:00:00Z",
      ["2026-04-24", "2026-04-23T22:00:00.000Z", "2026-04-24T21:00:00.000Z"],
    ],
    [
      "the zone that is furthest ahead",
      "Pacific/Kiritimati",
      "day",
      "2026-11-20T12:00:00Z",
      ["2026-11-21", "2026-11-20T10:00:00.000Z", "2026-11-21T10:00:00.000Z"],
    ],
    [
      "a zone off the hour",
      "Asia/Kathmandu",
      "day",
      "2026-11-20T12:00:00Z",
      ["2026-11-20", "2026-11-19T18:15:00.000Z", "2026-11-20T18:15:00.000Z"],
    ],
    [
      "a month",
      "UTC",
      "month",
      "2026-02-10T00:00:00Z",
      ["2026-02", "2026-02-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z"],
    ],
    [
      "a month over the change of clocks",
      "Europe/Berlin",
      "month",
      "2026-10-31T23:30:00Z",
      ["2026-11", "2026-10-31T23:00:00.000Z", "2026-11-30T23:00:00.000Z"],
    ],
    [
      "the last month of a year",
      "America/Los_Angeles",
      "month",
      "2027-01-01T07:59:59Z",
      ["2026-12", "2026-12-01T08:00:00.000Z", "2027-01-01T08:00:00.000Z"],
    ],
  ])("is right for %s", (_, zone, window, moment, [name, from, to]) => {
    const stretch = createWindows(zone)(window, Date.parse(moment));
    expect([stretch.name, iso(stretch.from), iso(stretch.to)]).toEqual([name, from, to]);
  });

  it("in total never ends", () => {
    expect(createWindows("UTC")("total", 0)).toEqual({ name: "total", from: null, to: null });
  });

  const zones = [
    "UTC",
    "Europe/Berlin",
    "America/St_Johns",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Asia/Beirut",
  ];
  it("holds its moment, and the next one begins where it ends", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom("day" as const, "month" as const),
        fc.integer({ min: Date.parse("2026-01-01"), max: Date.parse("2028-01-01") }),
        (zone, window, moment) => {
          const windowAt = createWindows(zone);
          const { name, from, to } = windowAt(window, moment);
          if (from === null || to === null) throw new Error("it has both ends");
          expect(from <= moment && moment < to).toBe(true);
          const next = windowAt(window, to);
          expect([next.from, next.name > name]).toEqual([to, true]);
          expect(windowAt(window, moment)).toEqual({ name, from, to });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is refused for a zone that is none", () => {
    expect(() => createWindows("Mars/Phobos")).toThrow(RangeError);
  });
});
