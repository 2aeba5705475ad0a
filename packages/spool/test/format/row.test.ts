import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  dueKey,
  keyText,
  leasedKey,
  placeIn,
  placeOf,
  readyKey,
  recordKey,
  rowKind,
} from "../../src/format/keys.js";
import { cutText, readRow, rowLength, writeRow } from "../../src/format/row.js";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("\ud800", "\udc00", "a", "é") }),
);
const numbers = fc.array(fc.maxSafeNat(), { maxLength: 5 });
const row = fc.record({ numbers, texts: fc.array(text, { maxLength: 5 }) });
const place = fc.maxSafeNat();

describe("a row", () => {
  it("is read as it was written, also with half characters", () => {
    fc.assert(
      fc.property(row, fc.nat(255), (value, letter) => {
        const bytes = Buffer.from(writeRow(letter, value));
        expect(readRow(letter, bytes)).toEqual(value);
        expect(readRow((letter + 1) % 256, bytes)).toBeUndefined();
      }),
    );
  });

  it("is not read when any bit of it is wrong, or any byte is missing", () => {
    fc.assert(
      fc.property(row, fc.nat(), fc.nat(7), (value, offset, bit) => {
        const bytes = Buffer.from(writeRow(1, value));
        const at = offset % bytes.length;
        expect(readRow(1, bytes.subarray(0, at))).toBeUndefined();
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        expect(readRow(1, bytes)).toBeUndefined();
      }),
    );
  });

  it("says how long it is, whatever comes behind it", () => {
    fc.assert(
      fc.property(row, fc.uint8Array(), (value, rest) => {
        const bytes = Buffer.from(writeRow(1, value));
        expect(rowLength(Buffer.concat([bytes, rest]))).toBe(bytes.length);
      }),
    );
  });

  it("is never read out of noise, and noise never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        expect(readRow(noise[4] ?? 0, noise)).toBeUndefined();
        rowLength(Buffer.from(noise));
      }),
    );
  });

  it("may be larger than what is kept ready for writing", () => {
    const value = { numbers: [1], texts: ["x".repeat(3_000_000), "é".repeat(70_000)] };
    expect(readRow(1, Buffer.from(writeRow(1, value)))).toEqual(value);
    expect(readRow(1, Buffer.from(writeRow(1, { numbers: [], texts: [] })))).toEqual({
      numbers: [],
      texts: [],
    });
  });
});

describe("keys", () => {
  it("sort as places do, and tell them", () => {
    fc.assert(
      fc.property(place, place, fc.nat(65_535), (one, other, sink) => {
        const keys = [one, other].map((each) => readyKey(sink, each));
        expect(Math.sign(Buffer.compare(keys[0] ?? zero, keys[1] ?? zero))).toBe(Math.sign(one - other));
        expect(keyText(one) < keyText(other)).toBe(one < other);
        expect(placeOf(keyText(one))).toBe(one);
        for (const key of [recordKey(rowKind.record, one), leasedKey(sink, zero, one), dueKey(sink, 5, one)])
          expect(placeIn(key)).toBe(one);
      }),
    );
  });

  it("sort what is due by its time first, and take any number for a time", () => {
    const times = [Number.NaN, -Infinity, -1, 0, 0.5, 1, 1_700_000_000_000, 2 ** 47, 2 ** 60, Infinity];
    const keys = times.map((time) => dueKey(1, time, 9).toString("hex"));
    expect(keys).toEqual(keys.toSorted());
  });

  it.each([
    "",
    "1",
    "060A24181E4001",
    "060a24181e40010",
    "ffffffffffffff",
    "../../../../../",
    "0x00000000001",
    5,
    null,
  ])("are none of ours: %j", (key) => {
    expect(placeOf(key)).toBeUndefined();
  });
});

describe("cutText", () => {
  it.each([
    ["abc", 2, "ab"],
    ["💣x", 1, "\ufffd"],
    ["\udc00", 9, "\ufffd"],
    [undefined, 9, "undefined"],
    [5, 9, "5"],
  ])("makes of %j, cut to %i, %j", (given, most, expected) => {
    expect(cutText(given, most)).toBe(expected);
  });
});

const zero = Buffer.alloc(6);
