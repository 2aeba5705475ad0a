import { describe, expect, it } from "vitest";

import { createCostEngine, type LitellmEntry, type PriceRequest } from "../src/index.js";

type Case = [
  title: string,
  entry: LitellmEntry,
  call: Partial<PriceRequest>,
  exact: string,
  litellm?: string,
];

const tokens = { input_cost_per_token: 1e-6, output_cost_per_token: 4e-6 };

const cases: Case[] = [
  [
    "seconds of audio, in Whisper's usage",
    { mode: "audio_transcription", input_cost_per_second: 0.0001 },
    { usage: { type: "duration", seconds: 9 } },
    "0.0009",
  ],
  [
    "seconds that are no whole number",
    { mode: "audio_transcription", input_cost_per_second: 0.0001 },
    { durationSeconds: 10.7 },
    "0.00107",
  ],
  [
    "an output rate of 0 beside the real one, which LiteLLM charges",
    { mode: "audio_transcription", input_cost_per_second: 0.0001, output_cost_per_second: 0 },
    { durationSeconds: 10 },
    "0.001",
    "0",
  ],
  [
    "a transcription whose tokens are reported",
    {
      mode: "audio_transcription",
      ...tokens,
      input_cost_per_audio_token: 6e-6,
      input_cost_per_second: 0.0001,
    },
    {
      usage: {
        type: "tokens",
        input_tokens: 14,
        output_tokens: 45,
        input_token_details: { text_tokens: 4, audio_tokens: 10 },
      },
    },
    "0.000244",
  ],
  [
    "characters that were spoken",
    { mode: "audio_speech", input_cost_per_character: 1.5e-5 },
    { characters: 137 },
    "0.002055",
  ],
  [
    "speech that is priced by tokens",
    { mode: "audio_speech", ...tokens, output_cost_per_audio_token: 1e-5 },
    { usage: { input_tokens: 10, output_tokens: 20, output_token_details: { audio_tokens: 20 } } },
    "0.00021",
  ],
  [
    "search units, in Cohere's answer",
    { mode: "rerank", input_cost_per_query: 0.002 },
    { usage: { meta: { billed_units: { search_units: 2 } } } },
    "0.004",
  ],
  [
    "queries of a search by its results",
    {
      mode: "search",
      tiered_pricing: [
        { max_results_range: [0, 25], input_cost_per_query: 0.005 },
        { max_results_range: [26, 100], input_cost_per_query: 0.025 },
      ],
    },
    { queries: 2, maxResults: 30 },
    "0.05",
  ],
  ["one query of a search by default", { mode: "search", input_cost_per_query: 0.008 }, {}, "0.008"],
  ["images", { mode: "image_generation", input_cost_per_image: 0.04 }, { images: 3 }, "0.12"],
  [
    "one image by default, at an output rate where it has no other",
    { mode: "image_generation", output_cost_per_image: 0.02 },
    { usage: {} },
    "0.02",
  ],
  [
    "pixels",
    { mode: "image_generation", input_cost_per_pixel: 1e-9 },
    { images: 2, size: "1024x512" },
    "0.001048576",
  ],
  [
    "an image whose tokens are reported",
    { mode: "image_generation", ...tokens, output_cost_per_image_token: 4e-5, input_cost_per_image: 9 },
    { usage: { input_tokens: 50, output_tokens: 100, output_tokens_details: { image_tokens: 100 } } },
    "0.00405",
  ],
  [
    "seconds of a video by its resolution",
    { mode: "video_generation", output_cost_per_second: 0.1, output_cost_per_second_1080p: 0.3 },
    { durationSeconds: 8, resolution: "1080p" },
    "2.4",
  ],
  [
    "pages",
    { mode: "ocr", ocr_cost_per_page: 0.001, annotation_cost_per_page: 0.003 },
    { usage: { pages_processed: 10 } },
    "0.01",
  ],
  [
    "pages that were annotated",
    { mode: "ocr", ocr_cost_per_page: 0.001, annotation_cost_per_page: 0.003 },
    { pages: 10, annotatedPages: 2 },
    "0.016",
  ],
  [
    "credits before pages",
    { mode: "ocr", ocr_cost_per_page: 0.001, ocr_cost_per_credit: 0.015 },
    { pages: 10, credits: 2 },
    "0.03",
  ],
  [
    "the time that the call took",
    { input_cost_per_second: 0.001, output_cost_per_second: 0.002 },
    { responseTimeMs: 1500, usage: {} },
    "0.0045",
  ],
  [
    "a deployment of one's own by the second",
    { litellm_provider: "custom", input_cost_per_second: 0.001 },
    { responseTimeMs: 1500 },
    "0.0015",
  ],
  [
    "an embedding",
    { mode: "embedding", input_cost_per_token: 2e-8 },
    { usage: { prompt_tokens: 8191, total_tokens: 8191 } },
    "0.00016382",
  ],
  [
    "LiteLLM's mode of another name",
    { input_cost_per_character: 1e-5 },
    { mode: "speech", characters: 10 },
    "0.0001",
  ],
];

function price([, entry, call]: Case, compat?: "litellm") {
  return createCostEngine({ overrides: { m: entry }, compat }).price({ model: "m", ...call });
}

describe("a price by", () => {
  it.each(cases)("%s", (...each) => {
    const { exact, reason } = price(each);
    expect({ exact, reason }).toEqual({ exact: each[3], reason: undefined });
    expect(price(each, "litellm").exact).toBe(each[4] ?? each[3]);
  });

  it.each<[string, LitellmEntry, Partial<PriceRequest>, RegExp]>([
    ["seconds", { mode: "audio_transcription", input_cost_per_second: 1 }, { usage: {} }, /durationSeconds/],
    ["characters", { mode: "audio_speech", input_cost_per_character: 1 }, { usage: {} }, /characters/],
    ["search units", { mode: "rerank", input_cost_per_query: 1 }, { usage: {} }, /searchUnits/],
    [
      "the size of an image",
      { mode: "image_generation", input_cost_per_pixel: 1 },
      { usage: {} },
      /size: "1024x1024"/,
    ],
    ["pages", { mode: "ocr", ocr_cost_per_page: 1 }, { usage: {} }, /pages/],
    ["the time", { input_cost_per_second: 1 }, { usage: {} }, /responseTimeMs/],
  ])("%s that nobody says is unknown, not 0", (_, entry, call, reason) => {
    expect(price(["", entry, call, ""])).toMatchObject({
      status: "no_usage",
      cost: null,
      reason: expect.stringMatching(reason) as string,
    });
  });
});
