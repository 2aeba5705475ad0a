import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { patterns } from "../src/schemas/patterns.js";
import { isDateTime, isLonger, isOneLine, ucs2length } from "../src/validation/runtime.js";

const dateTime = new RegExp(patterns.dateTime, "u");
const oneLine = new RegExp(patterns.oneLine, "u");

/** Texts near the edge between times and no times. */
const nearlyTimes = fc
  .record({
    year: fc.constantFrom("2024", "2023", "1900", "2000", "0001", "20x4", "224"),
    month: fc.constantFrom("01", "02", "04", "12", "13", "00", "1"),
    day: fc.constantFrom("01", "28", "29", "30", "31", "32", "00"),
    separator: fc.constantFrom("T", "t", " ", ""),
    clock: fc.constantFrom("00:00", "23:59", "24:00", "12:60", "1:00", "12"),
    seconds: fc.constantFrom("", ":00", ":59", ":60", ":5", ":", ":00.1", ":00.123456789", ":00.", ":00,5"),
    zone: fc.constantFrom("Z", "z", "", "+00:00", "-23:59", "+24:00", "+0100", "+01:00x", "ZZ", "\n"),
  })
  .map(({ year, month, day, separator, clock, seconds, zone }) =>
    [year, "-", month, "-", day, separator, clock, seconds, zone].join(""),
  );

describe("the functions that stand for patterns", () => {
  it("isDateTime agrees with its pattern on texts that are nearly times", () => {
    fc.assert(
      fc.property(nearlyTimes, (text) => {
        expect(isDateTime(text)).toBe(dateTime.test(text));
      }),
      { numRuns: 20_000 },
    );
  });

  it("isDateTime agrees with its pattern on damaged times", () => {
    fc.assert(
      fc.property(fc.nat(29), fc.string({ maxLength: 2, unit: "binary" }), (at, damage) => {
        const time = "2024-02-29T03:04:05.678+01:30";
        const text = time.slice(0, at) + damage + time.slice(at + damage.length);
        expect(isDateTime(text)).toBe(dateTime.test(text));
      }),
      { numRuns: 5000 },
    );
  });

  it("isDateTime knows the days of every month of four hundred years", () => {
    const wrong: string[] = [];
    for (let year = 1896; year <= 2304; year++) {
      for (let month = 1; month <= 12; month++) {
        for (const day of [28, 29, 30, 31]) {
          const text = `${year}-${String(month).padStart(2, "0")}-${day}T00:00:00Z`;
          const exists = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
          if (isDateTime(text) !== exists || dateTime.test(text) !== exists) wrong.push(text);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it("isOneLine agrees with its pattern", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "\r", "\n", "\u2028", "😀")), (parts) => {
        expect(isOneLine(parts.join(""))).toBe(oneLine.test(parts.join("")));
      }),
    );
  });

  it("ucs2length counts code points, and isLonger compares with them", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(20), (text, limit) => {
        expect(ucs2length(text)).toBe(Array.from(text).length);
        expect(isLonger(text, limit)).toBe(Array.from(text).length > limit);
      }),
    );
    expect(ucs2length("\ud83d")).toBe(1);
  });
});
