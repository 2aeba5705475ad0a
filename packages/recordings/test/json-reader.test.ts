import { InvalidDocumentError } from "@waybill/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { readJson, readRecording } from "../src/index.js";
import { checkJson } from "../src/json/read-json.js";

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

describe("readJson", () => {
  it.each([
    "null",
    " [true , false,null] ",
    '{"a":{"b":[{}]},"c":[]}',
    "[0,-0,1.5,-2e3,1E+2,1e-2,12345678901234567890,0.1e1]",
    String.raw`["\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00", "é😀"]`,
    '{"2":1,"b":2,"1":3,"a":1,"a":2}',
    "\r\n\t[\r\n\t1\r\n]\r\n",
  ])("reads what JSON.parse reads in %s", (text) => {
    expect(readJson(text)).toStrictEqual(JSON.parse(text));
  });

  it("takes __proto__ for a key like any other", () => {
    const value = readJson('{"__proto__":{"polluted":1},"a":{"__proto__":2}}') as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(["__proto__", "a"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect("polluted" in {}).toBe(false);
  });

  it("keeps halves of surrogate pairs", () => {
    expect(readJson(String.raw`["\ud800","\udc00x"]`)).toEqual(["\ud800", "\udc00x"]);
  });

  it("passes over a byte order mark", () => {
    expect(readJson("\ufeff{}")).toEqual({});
  });

  it("reads a stream of more items than core's documents may have", () => {
    expect(readJson(`[${"0,".repeat(200_000)}0]`)).toHaveLength(200_001);
  });
});

describe("text that is refused", () => {
  const refused: [text: string, code: string, path: string, message: string][] = [
    ["", "truncated", "", "where a value should be"],
    ["  ", "truncated", "", "line 1, column 3, byte 2"],
    ["{", "truncated", "", "a key in double quotes"],
    ['{"a"', "truncated", "", "a colon"],
    ['{"a":', "truncated", "/a", "a value"],
    ['{"a":1', "truncated", "/a", 'a comma or "}"'],
    ["[1,", "truncated", "/1", "a value"],
    ["[nul", "truncated", "/0", "where null should be"],
    ["[-", "truncated", "/0", "a digit"],
    ["[1.", "truncated", "/0", "a digit"],
    ["[1e+", "truncated", "/0", "a digit"],
    ['["abc', "truncated", "/0", "inside a string"],
    ['["abc\\', "truncated", "/0", "inside an escape"],
    ['["\\u12', "truncated", "/0", "inside an escape"],
    ['{"é":\n [1,\n  x]}', "syntax", "/é/1", 'found "x" (line 3, column 3, byte 14)'],
    ['["\\x41"]', "syntax", "/0", "not an escape"],
    ['["\\u12G4"]', "syntax", "/0", "not an escape"],
    ['["a\nb"]', "syntax", "/0", "control character"],
    ["[1,]", "syntax", "/1", "expected a value"],
    ['{"a":1,}', "syntax", "", "a key in double quotes"],
    ["{a:1}", "syntax", "", "a key in double quotes"],
    ["{'a':1}", "syntax", "", "a key in double quotes"],
    ['{"a" 1}', "syntax", "", "a colon"],
    ["[1 2]", "syntax", "/0", 'a comma or "]"'],
    ["[01]", "syntax", "/0", 'a comma or "]"'],
    ["[+1]", "syntax", "/0", "a value"],
    ["[.5]", "syntax", "/0", "a value"],
    ["[1.e5]", "syntax", "/0", "a digit"],
    ["[tru]", "syntax", "/0", "a value"],
    ["[1] [2]", "syntax", "", "more text behind the document"],
    ["{}}", "syntax", "", "more text behind the document"],
    ["[1]\u0000", "syntax", "", "more text behind the document"],
    ["[\u00a01]", "syntax", "/0", "a value"],
    ["[NaN]", "not-finite", "/0", "NaN is no number of JSON"],
    ["[1,Infinity]", "not-finite", "/1", "Infinity is no number of JSON"],
    ['{"a/b":-Infinity}', "not-finite", "/a~1b", "Infinity is no number of JSON"],
    ["[1e400]", "number-overflow", "/0", "beyond the range of a double"],
    [`[-${"9".repeat(400)}]`, "number-overflow", "/0", "beyond the range of a double"],
    [nested(65), "too-deep", "/0".repeat(64), "deeper than 64 levels"],
    ['{"a":'.repeat(100_000), "too-deep", "/a".repeat(64), "deeper than 64 levels"],
  ];
  it.each(refused.map((one) => ({ title: JSON.stringify(one[0].slice(0, 30)), one })))(
    "$title is an issue with its place",
    ({ one: [text, code, path, message] }) => {
      const checked = checkJson(text);
      expect(checked).toMatchObject({ ok: false, issues: [{ code, path }] });
      expect(checked.ok || checked.issues[0]?.message).toContain(message);
      expect(() => readJson(text)).toThrow(InvalidDocumentError);
      expect(() => readRecording(text)).toThrow(InvalidDocumentError);
    },
  );

  it("is also text beyond the limits that are given", () => {
    expect(checkJson("[1,2,3]", { items: 2 })).toMatchObject({ issues: [{ code: "too-many-items" }] });
    expect(checkJson('{"a":1,"b":2,"c":3}', { items: 2 })).toMatchObject({
      issues: [{ code: "too-many-items" }],
    });
    expect(checkJson('["abc"]', { stringLength: 2 })).toMatchObject({ issues: [{ code: "too-long" }] });
    expect(checkJson('["\\n\\n"]', { stringLength: 2 })).toMatchObject({ issues: [{ code: "too-long" }] });
    expect(checkJson("[1,2,3]", { textLength: 5 })).toMatchObject({ issues: [{ code: "too-long" }] });
  });

  it("never overflows the stack, whatever the limits say", () => {
    expect(readJson(nested(1000), { depth: 1000 })).toHaveLength(1);
    expect(checkJson(nested(1_000_000), { depth: Infinity })).toMatchObject({
      issues: [{ code: "too-deep" }],
    });
  });

  it("is also what is no text", () => {
    expect(checkJson(undefined as unknown as string)).toMatchObject({ issues: [{ code: "not-text" }] });
  });

  it("takes no longer than its length", () => {
    const started = performance.now();
    expect(checkJson(`["${'\\"'.repeat(2_000_000)}`).ok).toBe(false);
    expect(checkJson(`[${'"\\\\",'.repeat(500_000)}`).ok).toBe(false);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe("damaged text", () => {
  const whole = String.raw`{"a": [1, -2.5e+3, true, null], "b\u00e9\n": {"": "x\\", "1": false}, "c": [{}, []], "d": "é"}`;
  const damage = fc.array(
    fc.tuple(fc.nat(whole.length), fc.nat(2), fc.constantFrom("", ...'{}[]",:\\0e.-+un\n\u0000é'.split(""))),
    { minLength: 1, maxLength: 3 },
  );

  it("is refused exactly where JSON.parse refuses it", () => {
    fc.assert(
      fc.property(damage, (cuts) => {
        const text = cuts.reduce(
          (left, [at, width, put]) => left.slice(0, at) + put + left.slice(at + width),
          whole,
        );
        const checked = checkJson(text);
        expect(checked.ok ? checked.value : "refused").toStrictEqual(parsed(text));
      }),
      { numRuns: 5000 },
    );
  });
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return "refused";
  }
}
