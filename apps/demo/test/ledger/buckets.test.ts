import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bucketsOf } from "../../server/ledger/time/buckets.js";
import { stepFor, steps, type Step } from "../../server/ledger/time/steps.js";

const iso = (time: number): string => new Date(time).toISOString();

function startsOf(from: string, to: string, step: Step, zone: string): string[] {
  return bucketsOf(Date.parse(from), Date.parse(to), step, zone).starts.map(iso);
}

const cases: [what: string, from: string, to: string, step: Step, zone: string, starts: string[]][] = [
  [
    "days of UTC",
    "2026-03-01T00:00Z",
    "2026-03-03T00:00Z",
    "1d",
    "UTC",
    ["2026-03-01T00:00:00.000Z", "2026-03-02T00:00:00.000Z"],
  ],
  [
    "a day of 23 hours in Berlin",
    "2026-03-28T23:00Z",
    "2026-03-30T22:00Z",
    "1d",
    "Europe/Berlin",
    ["2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
  ],
  [
    "a day of 25 hours in New York",
    "2026-11-01T04:00Z",
    "2026-11-03T05:00Z",
    "1d",
    "America/New_York",
    ["2026-11-01T04:00:00.000Z", "2026-11-02T05:00:00.000Z"],
  ],
  [
    "the hour that comes twice as two",
    "2026-10-25T00:00Z",
    "2026-10-25T03:00Z",
    "1h",
    "Europe/Berlin",
    ["2026-10-25T00:00:00.000Z", "2026-10-25T01:00:00.000Z", "2026-10-25T02:00:00.000Z"],
  ],
  [
    "six hours with one more when clocks go back",
    "2026-10-24T22:00Z",
    "2026-10-25T11:00Z",
    "6h",
    "Europe/Berlin",
    ["2026-10-24T22:00:00.000Z", "2026-10-25T05:00:00.000Z"],
  ],
  [
    "hours of India, half an hour off",
    "2026-01-01T00:00Z",
    "2026-01-01T01:00Z",
    "1h",
    "Asia/Kolkata",
    ["2025-12-31T23:30:00.000Z", "2026-01-01T00:30:00.000Z"],
  ],
  [
    "days of Nepal, a quarter of an hour off",
    "2026-01-01T00:00Z",
    "2026-01-01T19:00Z",
    "1d",
    "Asia/Kathmandu",
    ["2025-12-31T18:15:00.000Z", "2026-01-01T18:15:00.000Z"],
  ],
  [
    "a day that begins at one, where clocks go forward at midnight",
    "2026-03-07T05:00Z",
    "2026-03-09T12:00Z",
    "1d",
    "America/Havana",
    ["2026-03-07T05:00:00.000Z", "2026-03-08T05:00:00.000Z", "2026-03-09T04:00:00.000Z"],
  ],
  [
    "no day where a zone left one out",
    "2011-12-29T10:00Z",
    "2011-12-31T10:00Z",
    "1d",
    "Pacific/Apia",
    ["2011-12-29T10:00:00.000Z", "2011-12-30T10:00:00.000Z"],
  ],
  [
    "weeks from Monday",
    "2026-11-20T00:00Z",
    "2026-11-24T00:00Z",
    "7d",
    "UTC",
    ["2026-11-16T00:00:00.000Z", "2026-11-23T00:00:00.000Z"],
  ],
  ["nothing of a range without length", "2026-01-01T00:00Z", "2026-01-01T00:00Z", "1h", "UTC", []],
];

describe("buckets", () => {
  it.each(cases)("make %s", (_, from, to, step, zone, starts) => {
    expect(startsOf(from, to, step, zone)).toEqual(starts);
  });

  it("are the days that Intl prints, in every zone and year", () => {
    const zones = [
      "Europe/Berlin",
      "America/New_York",
      "Australia/Lord_Howe",
      "Africa/Casablanca",
      "America/Sao_Paulo",
    ];
    const day = fc.integer({ min: Date.UTC(2005, 0) / 86_400_000, max: Date.UTC(2030, 0) / 86_400_000 });
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        day,
        fc.array(fc.integer({ min: 0, max: 40 * 86_400 - 1 })),
        (zone, first, times) => {
          const from = first * 86_400_000;
          const { indexes, shifts, stepMs } = bucketsOf(from, from + 40 * 86_400_000, "1d", zone);
          const format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" });
          const days = new Map<number, string>();
          for (const second of times) {
            const time = from + second * 1000;
            const shift = shifts.findLast((stretch) => stretch.from <= time)?.offset ?? 0;
            const label = Math.floor((time + shift) / stepMs);
            expect(indexes.has(label)).toBe(true);
            expect(days.get(label) ?? format.format(time)).toBe(format.format(time));
            days.set(label, format.format(time));
          }
          expect(new Set(days.values()).size).toBe(days.size);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each<[what: string, code: string, step: string, zone: string, days: number]>([
    ["too many points, naming a step that would do", "too-many-points", "1m", "UTC", 1],
    ["a step that is none", "bad-query", "toString", "UTC", 1],
    ["a zone that is none", "bad-query", "1d", "Mars/Olympus'; --", 1],
  ])("refuse %s", (_, code, step, zone, days) => {
    expect(() => bucketsOf(0, days * 86_400_000, step as Step, zone)).toThrowError(
      expect.objectContaining({ code, message: expect.stringMatching(/5m|one of|IANA/) }) as Error,
    );
  });

  it("have a step for every range", () => {
    for (const step of Object.keys(steps) as Step[]) expect(stepFor(steps[step] * 400, 400)).toBe(step);
    expect(stepFor(1e12, 400)).toBe("7d");
  });
});
