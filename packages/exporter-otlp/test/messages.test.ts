import { readdirSync, readFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { toCappedJson, toJson } from "../src/json.js";
import { toInputMessages, toOutputMessages } from "../src/messages.js";

describe("a prompt as messages", () => {
  it.each([
    ["nothing", null, []],
    ["text", "Hi", [{ role: "user", parts: [{ type: "text", content: "Hi" }] }]],
    ["empty content", [{ role: "user", content: "" }], [{ role: "user", parts: [] }]],
    ["no content", [{ role: "user" }], [{ role: "user", parts: [] }]],
    [
      "one message",
      { role: "system", content: "Hi" },
      [{ role: "system", parts: [{ type: "text", content: "Hi" }] }],
    ],
    [
      "a redacted prompt",
      { text: "redacted-by-litellm" },
      [{ role: "user", parts: [{ type: "text", content: "redacted-by-litellm" }] }],
    ],
    [
      "Anthropic's own parts",
      [{ role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: "b" }] }],
      [{ role: "user", parts: [{ type: "tool_result", tool_use_id: "a", content: "b" }] }],
    ],
    [
      "a custom tool's call and a legacy one",
      [
        {
          role: "assistant",
          tool_calls: [{ id: "c", type: "custom", custom: { name: "sh", input: "ls" } }],
          function_call: { name: "f", arguments: "[1]" },
        },
      ],
      [
        {
          role: "assistant",
          parts: [
            { type: "tool_call", id: "c", name: "sh", arguments: "ls" },
            { type: "tool_call", id: null, name: "f", arguments: [1] },
          ],
        },
      ],
    ],
    [
      "parts that are odd",
      [{ role: 5, content: [null, 7, { a: 1 }, { type: "image_url", image_url: "https://a/b" }] }],
      [
        {
          role: "user",
          parts: [
            { type: "unknown", content: null },
            { type: "unknown", content: 7 },
            { type: "unknown", content: { a: 1 } },
            { type: "uri", modality: "image", uri: "https://a/b" },
          ],
        },
      ],
    ],
  ])("of %s", (_, prompt, expected) => {
    expect(toInputMessages(prompt)).toEqual(expected);
  });
});

describe("an answer as messages", () => {
  it.each([
    ["nothing", null, []],
    ["an error", {}, []],
    ["text", "Hi", [{ role: "assistant", parts: [{ type: "text", content: "Hi" }], finish_reason: "error" }]],
    [
      "two choices",
      {
        choices: [
          { finish_reason: "stop", message: { content: "a" } },
          { finish_reason: "length", message: { reasoning: "b" } },
        ],
      },
      [
        { role: "assistant", parts: [{ type: "text", content: "a" }], finish_reason: "stop" },
        { role: "assistant", parts: [{ type: "reasoning", content: "b" }], finish_reason: "length" },
      ],
    ],
    [
      "choices that are odd",
      { choices: [null, 5] },
      [1, 2].map(() => ({ role: "assistant", parts: [], finish_reason: "error" })),
    ],
    [
      "a response that was cut",
      { status: "incomplete", output: [{ type: "message", content: [{ type: "output_text", text: "a" }] }] },
      [{ role: "assistant", parts: [{ type: "text", content: "a" }], finish_reason: "error" }],
    ],
  ])("of %s", (_, response, expected) => {
    expect(toOutputMessages(response)).toEqual(expected);
  });
});

describe("every message in the golden files", () => {
  const folder = new URL("fixtures/", import.meta.url);
  const required: Record<string, string[]> = {
    text: ["content"],
    reasoning: [],
    tool_call: ["name", "id", "arguments"],
    tool_call_response: ["response", "id"],
    blob: ["modality", "content"],
    file: ["modality", "file_id"],
    uri: ["modality", "uri"],
  };

  it("has the members that the conventions require of its parts", () => {
    const texts = readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .flatMap((name) => readFileSync(new URL(name, folder), "utf8").match(/"(?:\[\{\\"role).*"/g) ?? []);
    const messages = texts.flatMap(
      (text) => JSON.parse(JSON.parse(text) as string) as Record<string, unknown>[],
    );
    expect(messages.length).toBeGreaterThanOrEqual(20);
    for (const { role, parts } of messages) {
      expect(typeof role).toBe("string");
      for (const part of parts as Record<string, unknown>[]) {
        expect(Object.keys(part)).toEqual(
          expect.arrayContaining(["type", ...(required[part.type as string] ?? [])]),
        );
      }
    }
  });
});

describe("JSON text", () => {
  it("is JSON.stringify's, with half surrogate pairs made whole characters", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.string({ unit: "binary" }), (value, text) => {
        const expected = text.replaceAll(/\p{Surrogate}/gu, "\ufffd");
        expect(JSON.parse(toJson([value, text]))).toEqual([JSON.parse(toJson(value)), expected]);
      }),
    );
    expect(toJson("\\ud800 \ud800\\ud800")).toBe('"\\\\ud800 \ufffd\\\\ud800"');
  });

  it.each([
    ["short", [{ content: "a" }], 100, '[{"content":"a"}]'],
    ["cut", ["a".repeat(100)], 40, `["${"a".repeat(20)}"]`],
    [
      "cut where a character has two halves",
      [`${"a".repeat(19)}🚚${"a".repeat(99)}`],
      40,
      `["${"a".repeat(19)}\ufffd"]`,
    ],
    ["the newest of many", Array.from({ length: 20 }, (_, n) => n), 20, "[18,19]"],
    ["nothing", ["a".repeat(100)], 3, "[]"],
  ])("of a list that has a limit: %s", (_, list, limit, expected) => {
    expect(toCappedJson(list, limit)).toEqual({
      json: expected,
      isCut: list.length > 0 && toJson(list) !== expected,
    });
  });

  it("of a list is never longer than the limit, and always JSON of a list", () => {
    const message = fc.record({
      role: fc.string(),
      parts: fc.array(fc.record({ type: fc.string(), content: fc.string({ maxLength: 300 }) })),
    });
    fc.assert(
      fc.property(fc.array(message), fc.integer({ min: 2, max: 2000 }), (list, limit) => {
        const { json, isCut } = toCappedJson(list, limit);
        expect(json.length).toBeLessThanOrEqual(limit);
        expect(Array.isArray(JSON.parse(json))).toBe(true);
        expect(isCut).toBe(toJson(list).length > limit);
      }),
    );
  });

  it("of a large prompt is cut quickly", () => {
    const messages = Array.from({ length: 20_000 }, () => ({
      role: "user",
      parts: [{ type: "text", content: "x".repeat(500) }],
    }));
    const start = performance.now();
    expect(toCappedJson(messages, 65_536).json.length).toBeLessThanOrEqual(65_536);
    expect(toCappedJson([{ parts: messages }], 65_536).json.length).toBeLessThanOrEqual(65_536);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
