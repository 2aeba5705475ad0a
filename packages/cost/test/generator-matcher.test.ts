import { describe, expect, it } from "vitest";

import { exactNames, isMatcher, matches, type Matcher } from "../scripts/genai-matcher.js";
import { modelNamed, type GenaiModel } from "../scripts/genai-prices.js";
import { placeFor } from "../scripts/genai-shards.js";

const cases: [matcher: Matcher, name: string, expected: boolean][] = [
  [{ equals: "o3" }, "o3", true],
  [{ equals: "o3" }, "o3-mini", false],
  [{ equals: "GLM-5" }, "glm-5", false],
  [{ starts_with: "grok-3" }, "grok-3-fast", true],
  [{ starts_with: "grok-3" }, "x-grok-3", false],
  [{ ends_with: "claude-opus-5" }, "global.anthropic.claude-opus-5", true],
  [{ ends_with: "claude-opus-5" }, "claude-opus-5-5", false],
  [{ contains: "nova-pro" }, "us.amazon.nova-pro-v1:0", true],
  [{ contains: "nova-pro" }, "amazon.nova-lite-v1:0", false],
  [{ regex: "^grok-4\\.3-\\d{8}$" }, "grok-4.3-20260801", true],
  [{ regex: "^grok-4\\.3-\\d{8}$" }, "grok-4.3", false],
  [{ or: [{ equals: "a" }, { equals: "b" }] }, "b", true],
  [{ or: [] }, "a", false],
  [{ and: [{ starts_with: "gemini-" }, { regex: "^(?!.*-tts)" }] }, "gemini-pro", true],
  [{ and: [{ starts_with: "gemini-" }, { regex: "^(?!.*-tts)" }] }, "gemini-pro-tts", false],
];

describe("a matcher of genai-prices", () => {
  it.each(cases)("%j takes %j: %s", (matcher, name, expected) => {
    expect(matches(matcher, name)).toBe(expected);
  });

  it("spells out names in its equals, but not where another part narrows them", () => {
    const matcher: Matcher = { or: [{ equals: "a" }, { starts_with: "b" }, { or: [{ equals: "c" }] }] };
    expect(exactNames(matcher)).toEqual(["a", "c"]);
    expect(exactNames({ and: [{ equals: "a" }, { contains: "b" }] })).toEqual([]);
  });

  it.each([[{ near: "a" }], [{ equals: 1 }], [{ or: "a" }], [{ equals: "a", contains: "b" }], [{}], [null]])(
    "is not %j",
    (value) => {
      expect(isMatcher(value)).toBe(false);
    },
  );

  it("that comes first wins", () => {
    const model = (id: string, match: Matcher): GenaiModel => ({ id, match, names: [], prices: [] });
    const models = [model("first", { contains: "x" }), model("second", { equals: "x" })];
    expect(modelNamed({ id: "any", models }, "x")?.id).toBe("first");
  });
});

const places: [provider: string, name: string, key: string | undefined][] = [
  ["openai", "gpt-6-astra", "gpt-6-astra"],
  ["anthropic", "claude-opus-5", "claude-opus-5"],
  ["google", "gemini-3.8-flash", "gemini/gemini-3.8-flash"],
  ["google", "claude-opus-5", "vertex_ai/claude-opus-5"],
  ["google", "gemma-4-26b-a4b-it-maas", "vertex_ai/gemma-4-26b-a4b-it-maas"],
  ["x-ai", "grok-4.6", "xai/grok-4.6"],
  ["x-ai", "x-ai/grok-4.6", undefined],
  ["openrouter", "anthropic/claude-opus-5", "openrouter/anthropic/claude-opus-5"],
  ["together", "google/gemma-2b", "together_ai/google/gemma-2b"],
  ["aws", "openai.gpt-5.4", "openai.gpt-5.4"],
  ["aws", "claude-opus-5", undefined],
  ["aws", "regional.openai.gpt-5.6-sol", undefined],
  ["aws", "gpt-5.6-luna", undefined],
  ["avian", "deepseek/deepseek-v3.2", undefined],
];

describe("the key of a model that LiteLLM lacks", () => {
  it.each(places)("from %s named %s is %s", (provider, name, key) => {
    expect(placeFor(provider, name)?.key).toBe(key);
  });
});
