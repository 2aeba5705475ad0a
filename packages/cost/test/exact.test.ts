import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decimalOf, formatDecimal, parseDecimal } from "../src/decimal.js";
import { addExact, compareExact, subtractExact, sumExact } from "../src/index.js";

const texts: [text: string, plain: string | undefined][] = [
  ["0.000575", "0.000575"],
  ["2.5e-06", "0.0000025"],
  ["1e3", "1000"],
  ["1.50", "1.5"],
  ["-0.10", "-0.1"],
  ["+7", "7"],
  ["0.0", "0"],
  ["-0", "0"],
  ["1e-401", undefined],
  ["1e999999999", undefined],
  [".5", undefined],
  ["1.", undefined],
  ["", undefined],
  ["1,5", undefined],
  ["NaN", undefined],
  ["0x10", undefined],
];

describe("decimal text", () => {
  it.each(texts)("%j is %j", (text, plain) => {
    const decimal = parseDecimal(text);
    expect(decimal && formatDecimal(decimal)).toBe(plain);
  });

  it("of a double reads back as that double", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(formatDecimal(decimalOf(value)))).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});

describe("exact sums", () => {
  it("do not drift where doubles do", () => {
    const amounts = Array.from({ length: 10_000 }, () => "0.00022500000000000002");
    expect(sumExact(amounts)).toBe("2.2500000000000002");
    expect(amounts.reduce((sum, amount) => sum + Number(amount), 0)).not.toBe(2.25);
  });

  it("of ten million calls are right to the last digit", () => {
    const calls = 10_000_000;
    // What calls of gpt-4o with i prompt and 3i completion tokens cost, in units of 10^-7 USD: 25i + 300i.
    const units = Array.from({ length: 1000 }, (_, index) => (index + 1) * 325);
    const amounts = units.map((unit) => formatDecimal({ coefficient: BigInt(unit), scale: 7 }));
    let drifting = 0;
    function* each() {
      for (let call = 0; call < calls; call++) {
        const amount = amounts[call % 1000] as string;
        drifting += Number(amount);
        yield amount;
      }
    }
    // 10,000 times 325 times the sum of 1 to 1000, in the same units.
    expect(sumExact(each())).toBe("162662.5");
    expect(drifting).not.toBe(162662.5);
    expect(drifting).toBeCloseTo(162662.5, 2);
  });

  it("do not depend on the order", () => {
    const amount = fc
      .tuple(fc.bigInt(), fc.nat(30))
      .map(([coefficient, scale]) => formatDecimal({ coefficient, scale }));
    fc.assert(
      fc.property(fc.array(amount), (amounts) => {
        expect(sumExact(amounts.toReversed())).toBe(sumExact(amounts));
      }),
    );
  });

  it("add, subtract and compare", () => {
    expect(addExact("0.1", "0.2")).toBe("0.3");
    expect(subtractExact("0.3", "0.1")).toBe("0.2");
    expect(sumExact([])).toBe("0");
    expect(compareExact("0.10", "0.1")).toBe(0);
    expect(compareExact("1e-7", "0.0000002")).toBeLessThan(0);
    expect(compareExact("2", "-3")).toBeGreaterThan(0);
  });

  it("refuse what is no amount", () => {
    expect(() => addExact("1", "one")).toThrow('"one" is not a decimal number');
  });
});
