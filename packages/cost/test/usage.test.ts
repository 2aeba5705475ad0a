import { describe, expect, it } from "vitest";

import { normalizeUsage } from "../src/index.js";
import { readUsage } from "../src/usage.js";

type Counts = Record<string, number>;

const zeroInput = { text: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, audio: 0, image: 0, video: 0 };
const zeroOutput = { text: 0, reasoning: 0, audio: 0, image: 0 };

const shapes: [title: string, raw: object, input: Counts, output: Counts][] = [
  ["plain counts", { prompt_tokens: 10, completion_tokens: 20 }, { text: 10 }, { text: 20 }],
  ["text counts (U15)", { prompt_tokens: "10", completion_tokens: "20" }, { text: 10 }, { text: 20 }],
  [
    "a cached part of the prompt",
    { prompt_tokens: 2006, completion_tokens: 300, prompt_tokens_details: { cached_tokens: 1920 } },
    { text: 86, cacheRead: 1920 },
    { text: 300 },
  ],
  [
    "DeepSeek's flat cache counts (U8)",
    { prompt_tokens: 7, completion_tokens: 3, prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 3 },
    { text: 3, cacheRead: 4 },
    { text: 3 },
  ],
  [
    "text that repeats the whole prompt",
    {
      prompt_tokens: 2693,
      completion_tokens: 5,
      prompt_tokens_details: { cached_tokens: 2585, text_tokens: 2693 },
    },
    { text: 108, cacheRead: 2585 },
    { text: 5 },
  ],
  [
    "more cached tokens than prompt tokens",
    { prompt_tokens: 100, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 150 } },
    { text: 0, cacheRead: 150 },
    { text: 1 },
  ],
  [
    "Anthropic's counts, which leave the cache out (U9)",
    {
      input_tokens: 3,
      output_tokens: 5,
      cache_read_input_tokens: 2000,
      cache_creation_input_tokens: 5000,
      cache_creation: { ephemeral_5m_input_tokens: 2000, ephemeral_1h_input_tokens: 3000 },
    },
    { text: 3, cacheRead: 2000, cacheWrite5m: 2000, cacheWrite1h: 3000 },
    { text: 5 },
  ],
  [
    "the Responses API's counts",
    {
      input_tokens: 30,
      output_tokens: 9,
      input_tokens_details: { cached_tokens: 10 },
      output_tokens_details: { reasoning_tokens: 4 },
    },
    { text: 20, cacheRead: 10 },
    { text: 5, reasoning: 4 },
  ],
  [
    "reasoning inside the completion",
    { prompt_tokens: 1, completion_tokens: 1500, completion_tokens_details: { reasoning_tokens: 1024 } },
    { text: 1 },
    { text: 476, reasoning: 1024 },
  ],
  [
    "reasoning beside the completion, as the total shows (U7)",
    {
      prompt_tokens: 12,
      completion_tokens: 1,
      total_tokens: 399,
      completion_tokens_details: { reasoning_tokens: 386 },
    },
    { text: 12 },
    { text: 1, reasoning: 386 },
  ],
  [
    "reasoning that text counts again",
    {
      prompt_tokens: 1,
      completion_tokens: 900,
      completion_tokens_details: { reasoning_tokens: 700, text_tokens: 900 },
    },
    { text: 1 },
    { text: 200, reasoning: 700 },
  ],
  [
    "audio on both sides",
    {
      prompt_tokens: 230,
      completion_tokens: 410,
      prompt_tokens_details: { audio_tokens: 180, text_tokens: 50 },
      completion_tokens_details: { audio_tokens: 360, text_tokens: 50 },
    },
    { text: 50, audio: 180 },
    { text: 50, audio: 360 },
  ],
];

describe("normalizeUsage", () => {
  it.each(shapes)("reads %s", (_, raw, input, output) => {
    expect(normalizeUsage(raw)).toMatchObject({
      input: { ...zeroInput, ...input },
      output: { ...zeroOutput, ...output },
      raw,
    });
  });

  it("leaves what is normalised as it is", () => {
    const usage = normalizeUsage({ prompt_tokens: 10, completion_tokens: 20 });
    expect(normalizeUsage(usage)).toBe(usage);
  });

  it.each([
    ["a negative count", { prompt_tokens: -1, completion_tokens: 1 }, "/prompt_tokens is -1"],
    ["a fraction", { prompt_tokens: 1.5 }, "/prompt_tokens is 1.5"],
    ["infinity", { completion_tokens: Number.POSITIVE_INFINITY }, "/completion_tokens is null"],
    ["a word", { prompt_tokens: "many" }, '/prompt_tokens is "many"'],
    ["an object", { prompt_tokens: {} }, "/prompt_tokens is an object"],
    [
      "a negative part",
      { prompt_tokens: 1, prompt_tokens_details: { cached_tokens: -5 } },
      "/prompt_tokens_details/cached_tokens is -5",
    ],
  ])("refuses %s and names it", (_, raw, message) => {
    expect(readUsage(raw)).toMatchObject({ status: "invalid", reason: expect.stringContaining(message) });
    expect(() => normalizeUsage(raw)).toThrow(message);
  });

  it.each([null, undefined, {}, { prompt_tokens: null }])("calls %j no usage", (raw) => {
    expect(readUsage(raw)).toEqual({ status: "no_usage" });
  });
});
