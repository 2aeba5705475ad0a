import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseJsonText } from "../../src/index.js";

const refused: [title: string, text: string, path: string, code: string, place: string][] = [
  ["nothing", "", "", "truncated", "line 1, column 1, byte 0"],
  ["a cut-off object", '{"a":{"b":1', "/a/b", "truncated", "line 1, column 12, byte 11"],
  ["a cut-off string", '["abc', "/0", "truncated", "line 1, column 2, byte 1"],
  ["a cut-off word", "[true, fal", "/1", "truncated", "line 1, column 11, byte 10"],
  ["a cut-off escape", '"a\\u00', "", "truncated", "line 1, column 3, byte 2"],
  ["a trailing comma", '{"a":1,}', "", "syntax", "line 1, column 8, byte 7"],
  ["a bare key", "{a:1}", "", "syntax", "line 1, column 2, byte 1"],
  ["two documents", "{} {}", "", "syntax", "line 1, column 4, byte 3"],
  [
    "a place behind other lines and wide characters",
    '{\n "é": x}',
    "/é",
    "syntax",
    "line 2, column 7, byte 9",
  ],
  ["a raw line break in a string", '"a\nb"', "", "syntax", "line 1, column 3, byte 2"],
  ["NaN, which Python writes", "[NaN]", "/0", "syntax", "line 1, column 2, byte 1"],
  ["a leading zero", "[01]", "/0", "syntax", "line 1, column 3, byte 2"],
  [
    "a prototype key",
    '{"a":[{"__proto__":{}}]}',
    "/a/0/__proto__",
    "forbidden-key",
    "line 1, column 8, byte 7",
  ],
  [
    "an escaped prototype key",
    '{"\\u005f_proto__":1}',
    "/__proto__",
    "forbidden-key",
    "line 1, column 2, byte 1",
  ],
  ["a number beyond a double", '{"n":-1e400}', "/n", "number-overflow", "line 1, column 6, byte 5"],
  ["half a surrogate pair", '["\\ud83d"]', "/0", "lone-surrogate", "line 1, column 3, byte 2"],
  ["the other half", '["\\ude00"]', "/0", "lone-surrogate", "line 1, column 3, byte 2"],
  ["65 levels", "[".repeat(65), "/0".repeat(64), "too-deep", "line 1, column 65, byte 64"],
];

describe("parseJsonText", () => {
  it.each(refused)("refuses %s", (_, text, path, code, place) => {
    expect(parseJsonText(text)).toMatchObject({
      ok: false,
      issues: [{ path, code, message: expect.stringContaining(place) }],
    });
  });

  it("refuses what is larger than the limits", () => {
    const codeOf = (text: string, limits: object) => {
      const result = parseJsonText(text, limits);
      return result.ok ? "ok" : result.issues[0]?.code;
    };
    expect(codeOf("[1,2,3]", { items: 3 })).toBe("ok");
    expect(codeOf("[1,2,3,4]", { items: 3 })).toBe("too-many-items");
    expect(codeOf('"abc"', { stringLength: 3 })).toBe("ok");
    expect(codeOf('"abcd"', { stringLength: 3 })).toBe("too-long");
    expect(codeOf("[[1]]", { depth: 2 })).toBe("ok");
    expect(codeOf("[[[1]]]", { depth: 2 })).toBe("too-deep");
    expect(codeOf("[1, 2]", { textLength: 5 })).toBe("too-long");
  });

  it("passes over a byte order mark", () => {
    expect(parseJsonText("\ufeff[1]")).toEqual({ ok: true, value: [1] });
    expect(parseJsonText("\ufeff[x]")).toMatchObject({
      issues: [{ message: expect.stringContaining("byte 4") }],
    });
  });

  it("walks a hundred thousand nested arrays when it may", () => {
    const depth = 100_000;
    expect(parseJsonText("[".repeat(depth), { depth })).toMatchObject({
      ok: false,
      issues: [{ code: "truncated" }],
    });
    expect(parseJsonText("[".repeat(depth) + "]".repeat(depth), { depth }).ok).toBe(true);
  });

  it("agrees with JSON.parse on every JSON value", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        // fast-check writes __proto__ keys on purpose; those are refused.
        fc.pre(!text.includes("__proto__"));
        expect(parseJsonText(text)).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it("agrees with JSON.parse on which damaged texts are JSON", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.nat(), fc.string({ maxLength: 2 }), (json, at, damage) => {
        const place = at % (json.length + 1);
        const text = json.slice(0, place) + damage + json.slice(place + damage.length);
        const result = parseJsonText(text);
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        const code = result.ok ? "ok" : result.issues[0]?.code;
        // A limit that is met first says nothing about the rest of the text.
        fc.pre(code === "ok" || code === "syntax" || code === "truncated");
        expect(code === "ok", `${text}: ${code}`).toBe(isJson);
      }),
      { numRuns: 2000 },
    );
  });
});
