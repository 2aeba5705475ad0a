import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { toOtlpSpan } from "../src/index.js";
import { usageOf } from "../src/usage.js";
import { plainAttributes } from "./decode.js";
import { ours, seed } from "./payloads.js";

const counts = { prompt_tokens: 100, completion_tokens: 30, total_tokens: 130 };

function litellm(payload: object, usage: object = {}) {
  return usageOf({ ...counts, ...payload }, {}, { usage });
}

describe("the usage of LiteLLM's payload", () => {
  it.each([
    ["no details", {}, {}, { input: 100, output: 30 }],
    [
      "OpenAI's cache, inside",
      {},
      { prompt_tokens_details: { cached_tokens: 40 } },
      { input: 100, output: 30, cacheRead: 40 },
    ],
    ["DeepSeek's cache", {}, { prompt_cache_hit_tokens: 40 }, { input: 100, output: 30, cacheRead: 40 }],
    [
      "Anthropic's cache as LiteLLM adds it up",
      {},
      { cache_read_input_tokens: 40, cache_creation_input_tokens: 50 },
      { input: 100, output: 30, cacheRead: 40, cacheWrite: 50 },
    ],
    [
      "Anthropic's cache beside the prompt, because it is more",
      { prompt_tokens: 5, total_tokens: null },
      { cache_read_input_tokens: 40, cache_creation_input_tokens: 50 },
      { input: 95, output: 30, cacheRead: 40, cacheWrite: 50 },
    ],
    [
      "a cache beside the prompt, by the total",
      { total_tokens: 170 },
      { cache_read_input_tokens: 40 },
      { input: 140, output: 30, cacheRead: 40 },
    ],
    [
      "reasoning inside",
      {},
      { completion_tokens_details: { reasoning_tokens: 10 } },
      { input: 100, output: 30, reasoning: 10 },
    ],
    [
      "xAI's reasoning beside the answer, by the total",
      { total_tokens: 140 },
      { completion_tokens_details: { reasoning_tokens: 10 } },
      { input: 100, output: 40, reasoning: 10 },
    ],
    [
      "reasoning that is more than the answer",
      { total_tokens: null },
      { output_tokens_details: { reasoning_tokens: 50 } },
      { input: 100, output: 80, reasoning: 50 },
    ],
    [
      "both beside",
      { total_tokens: 180 },
      { cache_read_input_tokens: 40, completion_tokens_details: { reasoning_tokens: 10 } },
      { input: 140, output: 40, cacheRead: 40, reasoning: 10 },
    ],
    [
      "one beside, when either could be: xAI's",
      { total_tokens: 140 },
      { prompt_tokens_details: { cached_tokens: 10 }, completion_tokens_details: { reasoning_tokens: 10 } },
      { input: 100, output: 40, cacheRead: 10, reasoning: 10 },
    ],
    ["zeros that stand for unknown", { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, {}, {}],
    [
      "nulls",
      { prompt_tokens: null, completion_tokens: null, total_tokens: null },
      { prompt_tokens_details: { cached_tokens: 4 } },
      {},
    ],
    ["an input alone", { completion_tokens: null, total_tokens: null }, {}, { input: 100 }],
    ["a total alone", { prompt_tokens: null, completion_tokens: null }, {}, {}],
    ["counts that are none", { prompt_tokens: -1, completion_tokens: 1.5, total_tokens: "9" }, {}, {}],
  ])("with %s", (_, payload, usage, expected) => {
    const found = Object.entries(litellm(payload, usage)).filter(([, count]) => count !== undefined);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it("finds the details in the metadata or the hidden parameters", () => {
    const usage_object = { prompt_tokens_details: { cached_tokens: 40 } };
    for (const payload of [{ metadata: { usage_object } }, { hidden_params: { usage_object } }]) {
      expect(usageOf({ ...counts, ...payload }, {}, {}).cacheRead).toBe(40);
    }
  });
});

describe("the usage of our payload", () => {
  const { usage } = ours().waybill;

  it("is the sum of the disjoint counts of each side", () => {
    expect(usageOf({}, { usage }, {})).toEqual({
      input: 100,
      output: 30,
      cacheRead: 40,
      cacheWrite: 0,
      reasoning: 10,
    });
  });

  it("is what the payload says when no price was asked for", () => {
    expect(usageOf(counts, { usage: null, usageSource: "provider" }, {})).toMatchObject({
      input: 100,
      output: 30,
    });
  });

  it("is nothing when it is missing, whatever LiteLLM's fields say", () => {
    expect(usageOf({ ...counts, prompt_tokens: 0 }, { usage: null, usageSource: "missing" }, {})).toEqual({});
  });

  it.each([
    ["null", { input: null, output: null }],
    ["empty", { input: {}, output: {} }],
    ["text", { input: { text: "5" }, output: { text: "6" } }],
  ])("is unknown and not zero when a side is %s", (_, odd) => {
    const { input, output } = usageOf({}, { usage: odd }, {});
    expect([input, output]).toEqual([undefined, undefined]);
  });
});

describe("tokens on a span", () => {
  const count = fc.option(fc.nat({ max: 1000 }), { nil: null });

  it("have no part that is more than its whole, and no negative", () => {
    fc.assert(
      fc.property(
        fc.array(count, { minLength: 7, maxLength: 7 }),
        ([input, output, total, read, write, hit, thought]) => {
          const payload = {
            ...seed,
            prompt_tokens: input ?? null,
            completion_tokens: output ?? null,
            total_tokens: total ?? null,
            response: {
              usage: {
                cache_read_input_tokens: read,
                cache_creation_input_tokens: write,
                prompt_cache_hit_tokens: hit,
                completion_tokens_details: { reasoning_tokens: thought },
              },
            },
          };
          const attributes = plainAttributes(toOtlpSpan(payload).attributes);
          const of = (name: string) => (attributes[`gen_ai.usage.${name}`] ?? 0) as number;
          const cached = of("cache_read.input_tokens") + of("cache_creation.input_tokens");
          expect(of("input_tokens")).toBeGreaterThanOrEqual(cached);
          expect(of("output_tokens")).toBeGreaterThanOrEqual(of("reasoning.output_tokens"));
        },
      ),
    );
  });
});
