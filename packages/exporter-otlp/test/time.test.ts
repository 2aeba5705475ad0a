import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { toNanoseconds } from "../src/index.js";
import { secondsBetween } from "../src/time.js";

describe("nanoseconds", () => {
  it.each([
    [1766000068.28466, "1766000068284660000"],
    [1766000070.07935, "1766000070079350000"],
    [1766000068, "1766000068000000000"],
    [0, "0"],
    [-0, "0"],
    [1e-7, "100"],
    [1e-9, "1"],
    [5e-324, "0"],
    [18446744072, "18446744072000000000"],
    ["2025-12-17 19:34:28.284660", "1766000068284660000"],
    ["2025-12-17T19:34:28.28466Z", "1766000068284660000"],
    ["2025-12-17T20:34:28.123456789123+01:00", "1766000068123456789"],
    ["2025-12-17 19:34", "1766000040000000000"],
  ])("of %s", (time, expected) => {
    expect(toNanoseconds(time)).toBe(BigInt(expected));
  });

  it.each([
    undefined,
    null,
    NaN,
    Infinity,
    -1,
    18446744073,
    1e300,
    "",
    "yesterday",
    "1766000068.28",
    "1969-12-31 23:59:59",
    "2025-13-01 00:00:00",
    `2025-12-17 19:34:28.${"1".repeat(100_000)}`,
    "9".repeat(100_000),
    {},
    [],
    1n,
    true,
  ])("%# are none", (time) => {
    expect(toNanoseconds(time)).toBeUndefined();
  });

  it("are the digits that JavaScript writes for the seconds, and no others", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 4_000_000_000, noNaN: true }), (seconds) => {
        const [whole, fraction = ""] = String(seconds).split(".");
        expect(String(toNanoseconds(seconds))).toBe(
          String(BigInt(whole + fraction.padEnd(9, "0").slice(0, 9))),
        );
      }),
    );
  });
});

describe("the seconds between two times", () => {
  it.each([
    [1_000_000_000n, 2_500_000_000n, 1.5],
    [1n, 1n, 0],
    [2n, 1n, undefined],
    [undefined, 1n, undefined],
    [1n, undefined, undefined],
  ])("%s and %s", (start, end, expected) => {
    expect(secondsBetween(start, end)).toBe(expected);
  });
});
