import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { movePoint, samePrice, significantDigits } from "../scripts/decimal-text.js";

const moved: [text: string, places: number, expected: string][] = [
  ["2.5", -6, "2.5e-6"],
  ["0.15", -6, "1.5e-7"],
  ["0.003625", -6, "3.625e-9"],
  ["10", -6, "1e-5"],
  ["10", -3, "0.01"],
  ["150", -6, "1.5e-4"],
  ["1000000", -6, "1"],
  ["2500000", -6, "2.5"],
  ["0", -6, "0"],
  ["0.0", -6, "0"],
  ["1e-7", -6, "1e-13"],
  ["1.25e+2", -3, "0.125"],
  ["7", 0, "7"],
  ["7", 3, "7000"],
];

describe("moving the decimal point", () => {
  it.each(moved)("of %s by %i gives %s", (text, places, expected) => {
    expect(movePoint(text, places)).toBe(expected);
  });

  it("gives the double that is nearest to the decimal, which dividing does not", () => {
    expect(2.19 / 1e6).not.toBe(2.19e-6);
    expect(Number(movePoint("2.19", -6))).toBe(2.19e-6);
  });

  it("there and back changes nothing, for any number", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.integer({ min: -9, max: 9 }),
        (value, places) => {
          const back = movePoint(movePoint(String(value), places), -places);
          expect(Number(back)).toBe(value === 0 ? 0 : value);
        },
      ),
    );
  });

  it.each(["-1", "abc", "", "1e", ".5"])("refuses %j", (text) => {
    expect(() => movePoint(text, 1)).toThrow("is no decimal number");
  });
});

describe("digits of a literal", () => {
  it.each([
    ["2.5e-6", 2],
    ["0.000015", 2],
    ["1000", 1],
    ["0", 0],
    ["2.9999900000000002e-6", 17],
  ])("of %s are %i", (text, count) => {
    expect(significantDigits(text)).toBe(count);
  });

  it("that are noise do not make another price, and an absent price is not 0", () => {
    expect(samePrice("2.9999900000000002e-6", "2.99999e-6")).toBe(true);
    expect(samePrice("0.0000025", "2.5e-6")).toBe(true);
    expect(samePrice("2.5e-6", "2.6e-6")).toBe(false);
    expect(samePrice(undefined, "0")).toBe(false);
  });
});
