import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { normalizeUsage } from "../src/index.js";
import { readUsage } from "../src/usage/read-usage.js";

type Counts = Record<string, number>;

const zeroInput = { text: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, audio: 0, image: 0, video: 0 };
const zeroOutput = { text: 0, reasoning: 0, audio: 0, image: 0 };

const shapes: [title: string, raw: object, input: Counts, output: Counts][] = [
  ["plain counts", { prompt_tokens: 10, completion_tokens: 20 }, { text: 10 }, { text: 20 }],
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
  [
    "Anthropic's names in the chat shape, inside the prompt by the total (U9)",
    {
      prompt_tokens: 100,
      completion_tokens: 5,
      total_tokens: 105,
      cache_read_input_tokens: 60,
      cache_creation_input_tokens: 30,
    },
    { text: 10, cacheRead: 60, cacheWrite5m: 30 },
    { text: 5 },
  ],
  [
    "Anthropic's names in the chat shape, outside the prompt by the total (U9)",
    { prompt_tokens: 10, completion_tokens: 5, total_tokens: 105, cache_read_input_tokens: 90 },
    { text: 10, cacheRead: 90 },
    { text: 5 },
  ],
  [
    "Anthropic's names in the chat shape, outside because they are more than the prompt (U9)",
    { prompt_tokens: 10, completion_tokens: 5, cache_read_input_tokens: 90 },
    { text: 10, cacheRead: 90 },
    { text: 5 },
  ],
  [
    "thinking that only the total shows, behind Gemini's chat API",
    { prompt_tokens: 10, completion_tokens: 5, total_tokens: 40 },
    { text: 10 },
    { text: 5, reasoning: 25 },
  ],
  [
    "predictions, which are inside the completion (U18)",
    {
      prompt_tokens: 10,
      completion_tokens: 50,
      completion_tokens_details: { accepted_prediction_tokens: 20, rejected_prediction_tokens: 10 },
    },
    { text: 10 },
    { text: 50 },
  ],
  [
    "Moonshot's count of cached tokens at the top",
    { prompt_tokens: 10, completion_tokens: 1, cached_tokens: 8 },
    { text: 2, cacheRead: 8 },
    { text: 1 },
  ],
  [
    "Groq's usage inside x_groq (U3)",
    { x_groq: { usage: { prompt_tokens: 3, completion_tokens: 4, queue_time: 0.1 } } },
    { text: 3 },
    { text: 4 },
  ],
  [
    "llama.cpp's timings (U17)",
    { timings: { cache_n: 90, prompt_n: 10, predicted_n: 7, prompt_ms: 1.5 } },
    { text: 10, cacheRead: 90 },
    { text: 7 },
  ],
  ["Ollama's counts", { prompt_eval_count: 3, eval_count: 4 }, { text: 3 }, { text: 4 }],
  [
    "Cohere's billed units before its tokens",
    {
      meta: {
        billed_units: { input_tokens: 5, output_tokens: 6 },
        tokens: { input_tokens: 70, output_tokens: 6 },
      },
    },
    { text: 5 },
    { text: 6 },
  ],
  [
    "Cohere's usage of version 2",
    { billed_units: { input_tokens: 5, output_tokens: 6 }, tokens: { input_tokens: 70, output_tokens: 6 } },
    { text: 5 },
    { text: 6 },
  ],
  [
    "Gemini's, with thoughts beside the candidates and the cache inside the prompt",
    {
      promptTokenCount: 1000,
      candidatesTokenCount: 50,
      thoughtsTokenCount: 25,
      totalTokenCount: 1075,
      cachedContentTokenCount: 600,
      promptTokensDetails: [
        { modality: "TEXT", tokenCount: 700 },
        { modality: "AUDIO", tokenCount: 300 },
      ],
      cacheTokensDetails: [
        { modality: "TEXT", tokenCount: 500 },
        { modality: "AUDIO", tokenCount: 100 },
      ],
    },
    { text: 200, cacheRead: 600, audio: 200 },
    { text: 50, reasoning: 25 },
  ],
  [
    "Gemini's tool use, beside the prompt by the total",
    {
      promptTokenCount: 100,
      candidatesTokenCount: 50,
      thoughtsTokenCount: 25,
      toolUsePromptTokenCount: 40,
      totalTokenCount: 215,
    },
    { text: 140 },
    { text: 50, reasoning: 25 },
  ],
  [
    "Gemini's tool use, inside the prompt by the total",
    {
      promptTokenCount: 100,
      candidatesTokenCount: 50,
      thoughtsTokenCount: 25,
      toolUsePromptTokenCount: 40,
      totalTokenCount: 175,
    },
    { text: 100 },
    { text: 50, reasoning: 25 },
  ],
  [
    "images that Gemini made",
    {
      promptTokenCount: 10,
      candidatesTokenCount: 1300,
      candidatesTokensDetails: [{ modality: "IMAGE", tokenCount: 1290 }],
    },
    { text: 10 },
    { text: 10, image: 1290 },
  ],
  [
    "Gemini's interactions",
    {
      total_input_tokens: 100,
      total_output_tokens: 20,
      total_thought_tokens: 30,
      total_cached_tokens: 40,
      input_tokens_by_modality: [{ modality: "image", tokens: 10 }],
    },
    { text: 50, cacheRead: 40, image: 10 },
    { text: 20, reasoning: 30 },
  ],
  [
    "Bedrock's Converse, which leaves the cache out",
    {
      inputTokens: 10,
      outputTokens: 5,
      totalTokens: 115,
      cacheReadInputTokens: 60,
      cacheWriteInputTokens: 40,
      cacheDetails: [
        { ttl: "5m", inputTokens: 15 },
        { ttl: "1h", inputTokens: 25 },
      ],
    },
    { text: 10, cacheRead: 60, cacheWrite5m: 15, cacheWrite1h: 25 },
    { text: 5 },
  ],
  [
    "the AI SDK's result, which counts the cache in",
    { inputTokens: 100, outputTokens: 50, totalTokens: 150, cachedInputTokens: 60, reasoningTokens: 20 },
    { text: 40, cacheRead: 60 },
    { text: 30, reasoning: 20 },
  ],
  [
    "the AI SDK's details of version 6",
    {
      inputTokens: 100,
      outputTokens: 50,
      inputTokenDetails: { noCacheTokens: 30, cacheReadTokens: 60, cacheWriteTokens: 10 },
      outputTokenDetails: { textTokens: 30, reasoningTokens: 20 },
    },
    { text: 30, cacheRead: 60, cacheWrite5m: 10 },
    { text: 30, reasoning: 20 },
  ],
  [
    "the AI SDK's result of a provider that leaves the cache out",
    { inputTokens: 40, outputTokens: 50, totalTokens: 150, cachedInputTokens: 60 },
    { text: 40, cacheRead: 60 },
    { text: 50 },
  ],
  [
    "the AI SDK's models",
    { inputTokens: { total: 100, cacheRead: 60 }, outputTokens: { total: 50, reasoning: 20 } },
    { text: 40, cacheRead: 60 },
    { text: 30, reasoning: 20 },
  ],
  [
    "the realtime API's details, in the singular",
    {
      input_tokens: 30,
      output_tokens: 9,
      input_token_details: { cached_tokens: 10, text_tokens: 8, audio_tokens: 12 },
      output_token_details: { text_tokens: 4, audio_tokens: 5 },
    },
    { text: 8, cacheRead: 10, audio: 12 },
    { text: 4, audio: 5 },
  ],
  [
    "Anthropic's thinking, which is inside the output",
    { input_tokens: 3, output_tokens: 50, output_tokens_details: { thinking_tokens: 40 } },
    { text: 3 },
    { text: 10, reasoning: 40 },
  ],
  [
    "a write of which only the lives are told",
    {
      input_tokens: 3,
      output_tokens: 5,
      cache_creation_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 30 },
    },
    { text: 3, cacheWrite5m: 20, cacheWrite1h: 30 },
    { text: 5 },
  ],
];

/** How cache and reasoning were told apart, or what does not agree. */
const inclusions: [title: string, raw: object, provider: string | undefined, said: object][] = [
  [
    "says that the total proves the cache to be inside",
    {
      prompt_tokens: 10,
      completion_tokens: 1,
      total_tokens: 11,
      prompt_tokens_details: { cached_tokens: 4 },
    },
    undefined,
    { inclusion: "cache inside prompt_tokens, by total_tokens" },
  ],
  [
    "says that reasoning is outside, by the total",
    {
      prompt_tokens: 12,
      completion_tokens: 1,
      total_tokens: 399,
      completion_tokens_details: { reasoning_tokens: 386 },
    },
    undefined,
    { inclusion: "reasoning outside completion_tokens, by total_tokens" },
  ],
  [
    "takes xAI's reasoning for outside where there is no total",
    { prompt_tokens: 31, completion_tokens: 9, completion_tokens_details: { reasoning_tokens: 292 } },
    "xai",
    { inclusion: "reasoning outside completion_tokens", completion: 301 },
  ],
  [
    "takes xAI's reasoning for inside where the total says so",
    {
      prompt_tokens: 31,
      completion_tokens: 301,
      total_tokens: 332,
      completion_tokens_details: { reasoning_tokens: 292 },
    },
    "xai",
    { inclusion: "reasoning inside completion_tokens, by total_tokens", completion: 301 },
  ],
  [
    "notes a prompt whose parts are more",
    { prompt_tokens: 100, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 150 } },
    undefined,
    { inclusion: "cache inside prompt_tokens", note: "the prompt has 100 tokens, and its parts make 150" },
  ],
  [
    "notes a prompt whose parts are less",
    {
      prompt_tokens: 100,
      completion_tokens: 1,
      prompt_tokens_details: { text_tokens: 40, audio_tokens: 10 },
    },
    undefined,
    { note: "the prompt has 100 tokens, and its parts make 50" },
  ],
  [
    "notes a completion with more reasoning than tokens",
    { prompt_tokens: 1, completion_tokens: 3, completion_tokens_details: { reasoning_tokens: 5 } },
    undefined,
    {
      inclusion: "reasoning inside completion_tokens",
      note: "the completion has 3 tokens, and its parts make 5",
    },
  ],
  [
    "notes a total that is too small",
    { prompt_tokens: 10, completion_tokens: 5, total_tokens: 12 },
    undefined,
    { note: "the total says 12 tokens, and the parts make 15" },
  ],
  [
    "says nothing of plain counts",
    { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    undefined,
    {},
  ],
];

describe("a reading of usage", () => {
  it.each(inclusions)("%s", (_, raw, provider, said) => {
    const { inclusion, note, ...reading } = readUsage(raw, { provider }) as Record<string, unknown>;
    expect(reading).toMatchObject({ status: "read" });
    expect({ ...reading, inclusion, note }).toMatchObject({ inclusion: undefined, note: undefined, ...said });
  });

  it("follows the API that the caller names where the members do not tell", () => {
    const usage = { input_tokens: 10, output_tokens: 1, cache_read_input_tokens: 4 };
    expect(normalizeUsage(usage).input).toMatchObject({ text: 10, cacheRead: 4 });
    expect(normalizeUsage(usage, { api: "responses" }).input).toMatchObject({ text: 6, cacheRead: 4 });
    const camel = { inputTokens: 10, outputTokens: 1, cacheReadInputTokens: 4 };
    expect(normalizeUsage(camel).input).toMatchObject({ text: 10, cacheRead: 4 });
  });

  it("refuses counts that are too large together", () => {
    const usage = { prompt_tokens: Number.MAX_SAFE_INTEGER, completion_tokens: 1 };
    expect(readUsage(usage, {})).toMatchObject({ status: "invalid" });
  });

  it("of any counts has parts that do not overlap and are never negative", () => {
    const count = fc.nat(1000);
    const details = fc.record(
      {
        cached_tokens: count,
        cache_write_tokens: count,
        text_tokens: count,
        audio_tokens: count,
        image_tokens: count,
      },
      { requiredKeys: [] },
    );
    const outDetails = fc.record(
      { reasoning_tokens: count, text_tokens: count, audio_tokens: count },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(count, count, details, outDetails, (prompt, completion, input, output) => {
        const usage = normalizeUsage({
          prompt_tokens: prompt,
          completion_tokens: completion,
          prompt_tokens_details: input,
          completion_tokens_details: output,
        });
        const parts = [...Object.values(usage.input), ...Object.values(usage.output)];
        expect(parts.every((part) => Number.isSafeInteger(part) && part >= 0)).toBe(true);
        // Normalised once, the counts are what they are.
        expect(normalizeUsage(structuredClone(usage))).toEqual(usage);
      }),
    );
  });
});

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
    ["infinity", { completion_tokens: Number.POSITIVE_INFINITY }, "/completion_tokens is Infinity"],
    ["text, even of digits (U15)", { prompt_tokens: "10" }, '/prompt_tokens is "10"'],
    ["a word", { prompt_tokens: "many" }, '/prompt_tokens is "many"'],
    ["an object", { prompt_tokens: {} }, "/prompt_tokens is an object"],
    [
      "a negative part",
      { prompt_tokens: 1, prompt_tokens_details: { cached_tokens: -5 } },
      "/prompt_tokens_details/cached_tokens is -5",
    ],
  ])("refuses %s and names it", (_, raw, message) => {
    expect(readUsage(raw, {})).toMatchObject({ status: "invalid", reason: expect.stringContaining(message) });
    expect(() => normalizeUsage(raw)).toThrow(message);
  });

  it.each([null, undefined, {}, { prompt_tokens: null }])("calls %j no usage", (raw) => {
    expect(readUsage(raw, {})).toEqual({ status: "no_usage" });
  });
});
