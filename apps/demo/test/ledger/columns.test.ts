import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { amountText, readAmount } from "../../server/ledger/amounts.js";
import { oneLine, wellFormed } from "../../server/ledger/plain-text.js";
import { previewOf } from "../../server/ledger/preview.js";
import { savedByCache } from "../../server/ledger/saved.js";

const line = (kind: string, count: number, rate: string, amount: string): object => ({
  kind,
  count,
  rate,
  amount,
});

describe("what a prompt cache saved", () => {
  it.each([
    ["nothing without cached tokens", [line("input", 5, "0.1", "0.5")], "0"],
    [
      "less than nothing when writing costs more",
      [line("input", 5, "0.1", "0.5"), line("cache_write", 10, "0.125", "1.25")],
      "-0.25",
    ],
    [
      "reading less writing",
      [
        line("input", 5, "0.1", "0.5"),
        line("cache_read", 20, "0.01", "0.2"),
        line("cache_write_1h", 10, "0.2", "2"),
      ],
      "0.8",
    ],
    ["unknown without an input rate to compare with", [line("cache_read", 20, "0.01", "0.2")], null],
    [
      "unknown with two of them",
      [line("input", 5, "0.1", "0.5"), line("input", 5, "0.2", "1"), line("cache_read", 1, "0.01", "0.01")],
      null,
    ],
    [
      "unknown with a discount on top",
      [
        line("input", 5, "0.1", "0.5"),
        line("cache_read", 1, "0.01", "0.01"),
        line("discount", 0.05, "0.51", "-0.0255"),
      ],
      null,
    ],
  ])("is %s", (_, lines, saved) => {
    expect(savedByCache({ status: "priced", lines })).toBe(saved);
  });

  it("is unknown without a price", () => {
    expect(savedByCache({ status: "unpriced", lines: [] })).toBeNull();
  });
});

const toolCall = (given: string): object => ({
  choices: [
    { message: { content: null, tool_calls: [{ function: { name: "get_weather", arguments: given } }] } },
  ],
});

describe("a preview", () => {
  it.each([
    ["shows calls of tools", toolCall('{"city":"Lisbon","days":2}'), 'get_weather(city: "Lisbon", days: 2)'],
    ["shows arguments that are no JSON as they are", toolCall('{"city":'), 'get_weather({"city":)'],
    [
      "reads the Responses API",
      { output: [{ type: "reasoning" }, { content: [{ type: "output_text", text: "Saturn" }] }] },
      "Saturn",
    ],
    [
      "reads calls of the Responses API",
      { output: [{ type: "function_call", name: "f", arguments: "{}" }] },
      "f()",
    ],
    ["reads Anthropic's messages", { content: [{ type: "text", text: "Saturn" }] }, "Saturn"],
    ["reads plain text", "Saturn", "Saturn"],
    ["folds lines and control characters", "a\n\n\u0007 b\u2028c\u0000", "a b c"],
    ["is short", "x".repeat(1_000_000), "x".repeat(240)],
    ["does not cut a pair in two", `${"x".repeat(239)}😀`, "x".repeat(239)],
  ])("%s", (_, response, preview) => {
    expect(previewOf(response, null, null)).toBe(preview);
  });

  it("has no control characters and no halves of pairs, and the length it is asked for", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 600 }),
        fc.integer({ min: 1, max: 240 }),
        (text, most) => {
          const short = oneLine(text, most);
          expect(short.length).toBeLessThanOrEqual(most);
          expect(short).not.toMatch(/[\p{Cc}\p{Surrogate}]/u);
        },
      ),
    );
  });

  it("leaves well-formed text as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(wellFormed(text)).toBe(text);
      }),
    );
  });
});

describe("an amount", () => {
  it("is read and written without a change", () => {
    const units = fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n });
    fc.assert(
      fc.property(units, (value) => {
        expect(readAmount(amountText(value))).toEqual({ units: value });
      }),
    );
  });
});
