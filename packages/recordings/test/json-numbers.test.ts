import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { fiveDecimals, pythonFloat, pythonNumber, roundToFive } from "../src/json/python-number.js";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
/** Values that often lie exactly between two decimals. */
const dyadic = fc
  .tuple(fc.integer({ min: -(2 ** 31), max: 2 ** 31 }), fc.integer({ min: 0, max: 40 }))
  .map(([mantissa, shift]) => mantissa / 2 ** shift);

describe("pythonFloat", () => {
  it.each([
    [0, "0.0"],
    [-0, "-0.0"],
    [1, "1.0"],
    [-12, "-12.0"],
    [0.1, "0.1"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [0.000015, "1.5e-05"],
    [1e-7, "1e-07"],
    [1.5e-10, "1.5e-10"],
    [5e-324, "5e-324"],
    [123456.789, "123456.789"],
    [1e15, "1000000000000000.0"],
    [9999999999999998, "9999999999999998.0"],
    [1e16, "1e+16"],
    [1.2345678901234567e19, "1.2345678901234567e+19"],
    [1e21, "1e+21"],
    [1e100, "1e+100"],
    [-1.7976931348623157e308, "-1.7976931348623157e+308"],
  ])("writes %d as %s", (value, text) => {
    expect(pythonFloat(value)).toBe(text);
  });

  it("is a float for every reader, and the same one", () => {
    fc.assert(
      fc.property(finite, (value) => {
        const text = pythonFloat(value);
        expect(text).toMatch(/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]\d{2,3})?$/);
        expect(text).toMatch(/[.e]/);
        expect(Number(text)).toBe(value);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("pythonNumber", () => {
  it.each([
    [1, "1"],
    [-0, "0"],
    [2 ** 53, "9007199254740992"],
    [1e20, "100000000000000000000"],
    [1e21, "1e+21"],
    [0.5, "0.5"],
    [1e-5, "1e-05"],
  ])("writes %d as %s", (value, text) => {
    expect(pythonNumber(value)).toBe(text);
  });
});

describe("fiveDecimals", () => {
  it.each([
    [0.015625, "0.01562"],
    [0.046875, "0.04688"],
    [-0.015625, "-0.01562"],
    [2.5, "2.50000"],
    [1.234565, "1.23456"],
    [0.000005, "0.00001"],
    [0.000015, "0.00002"],
    [-0.000001, "-0.00000"],
    [-0, "-0.00000"],
    [99999.999996, "100000.00000"],
    [0.999999, "1.00000"],
    [1e21, "1000000000000000000000.00000"],
    [1e22, "10000000000000000000000.00000"],
  ])("writes %d as %s", (value, text) => {
    expect(fiveDecimals(value)).toBe(text);
  });

  it("agrees with integer arithmetic on the bits of the value", () => {
    fc.assert(
      fc.property(fc.oneof(finite, dyadic, fc.double({ min: -10, max: 10, noNaN: true })), (value) => {
        expect(fiveDecimals(value)).toBe(slowFiveDecimals(value));
      }),
      { numRuns: 20_000 },
    );
  });

  it("rounds to the float that is nearest to the five decimals", () => {
    expect(roundToFive(0.015625)).toBe(0.01562);
    expect(roundToFive(-0.000001)).toBe(-0);
    expect(roundToFive(1e300)).toBe(1e300);
  });
});

/** The exact value times 100,000 as a fraction of integers, rounded half to even. */
function slowFiveDecimals(value: number): string {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const raw = bits.getBigUint64(0);
  const exponent = Number((raw >> 52n) & 0x7ffn);
  const fraction = raw & 0xf_ffff_ffff_ffffn;
  const mantissa = exponent === 0 ? fraction : fraction | (1n << 52n);
  const shift = BigInt(Math.max(exponent, 1) - 1075);
  const numerator = mantissa * 100_000n * (shift > 0n ? 1n << shift : 1n);
  const denominator = shift < 0n ? 1n << -shift : 1n;
  let quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice > denominator || (twice === denominator && quotient % 2n === 1n)) quotient++;
  const digits = String(quotient).padStart(6, "0");
  return `${raw >> 63n ? "-" : ""}${digits.slice(0, -5)}.${digits.slice(-5)}`;
}
