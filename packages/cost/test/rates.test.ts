import { describe, expect, it } from "vitest";

import { createCostEngine, type LitellmEntry, type PriceRequest } from "../src/index.js";

type Case = [
  title: string,
  entry: LitellmEntry,
  call: Partial<PriceRequest> & { p?: number; c?: number; input?: object; output?: object },
  exact: string,
  /** LiteLLM's, where it is another amount. */
  litellm?: string,
];

const flat = { input_cost_per_token: 1e-6, output_cost_per_token: 4e-6 };
const long = {
  ...flat,
  input_cost_per_token_above_200k_tokens: 2e-6,
  output_cost_per_token_above_200k_tokens: 6e-6,
};

const cases: Case[] = [
  ["a prompt of a threshold's size is below it", long, { p: 200_000, c: 1 }, "0.200004"],
  [
    "a prompt of one token more takes the higher rates for all tokens",
    long,
    { p: 200_001, c: 1 },
    "0.400008",
  ],
  ["xAI's thresholds begin at their size", long, { p: 200_000, c: 1, provider: "xai" }, "0.400006"],
  [
    "cached tokens count for a threshold, and have its input rate where they have none",
    long,
    { p: 200_001, c: 0, input: { cached_tokens: 200_000 } },
    "0.400002",
    "0.000002",
  ],
  [
    "thresholds are compared as numbers, in thousands or not",
    { ...flat, input_cost_per_token_above_90k_tokens: 3e-6, input_cost_per_token_above_128000_tokens: 5e-6 },
    { p: 130_000, c: 0 },
    "0.65",
  ],
  [
    "a rate that only a lower threshold names holds above the higher one, which LiteLLM leaves out",
    {
      ...flat,
      input_cost_per_token_above_10k_tokens: 2e-6,
      output_cost_per_token_above_10k_tokens: 8e-6,
      input_cost_per_token_above_20k_tokens: 3e-6,
    },
    { p: 30_000, c: 1000 },
    "0.098",
    "0.094",
  ],
  [
    "a threshold that only the output names is a threshold, which LiteLLM leaves out",
    { ...flat, output_cost_per_token_above_10k_tokens: 8e-6 },
    { p: 20_000, c: 1000 },
    "0.028",
    "0.024",
  ],
  [
    "a tier's own rate at a threshold comes before the standard one there",
    {
      ...long,
      input_cost_per_token_flex: 5e-7,
      output_cost_per_token_flex: 2e-6,
      input_cost_per_token_above_200k_tokens_flex: 1e-6,
    },
    { p: 300_000, c: 1000, serviceTier: "flex" },
    "0.306",
  ],
  [
    "a threshold of Vertex at 128k is decided by each side alone",
    {
      ...flat,
      litellm_provider: "vertex_ai-language-models",
      input_cost_per_token_above_128k_tokens: 2e-6,
      output_cost_per_token_above_128k_tokens: 9e-6,
    },
    { p: 130_000, c: 1000 },
    "0.264",
  ],
  [
    "names of tiers are of any case",
    { ...flat, input_cost_per_token_priority: 2e-6 },
    { p: 10, c: 0, serviceTier: "PRIORITY" },
    "0.00002",
  ],
  [
    "the tier that the usage names is taken where the caller says auto",
    { ...flat, input_cost_per_token_flex: 5e-7 },
    { serviceTier: "auto", usage: { prompt_tokens: 10, completion_tokens: 0, service_tier: "flex" } },
    "0.000005",
  ],
  [
    "Gemini's traffic type is a tier",
    { ...flat, input_cost_per_token_priority: 2e-6 },
    { usage: { promptTokenCount: 10, candidatesTokenCount: 0, trafficType: "ON_DEMAND_PRIORITY" } },
    "0.00002",
  ],
  [
    "a batch that the usage names is half of the price, which LiteLLM leaves out",
    flat,
    { usage: { input_tokens: 10, output_tokens: 10, service_tier: "batch" } },
    "0.000025",
    "0.00005",
  ],
  [
    "a write of an hour has the write's rate where it has none, which LiteLLM does not charge",
    { ...flat, cache_creation_input_token_cost: 1.25e-6 },
    {
      usage: {
        input_tokens: 0,
        output_tokens: 0,
        cache_creation_input_tokens: 100,
        cache_creation: { ephemeral_1h_input_tokens: 100 },
      },
    },
    "0.000125",
    "0",
  ],
  [
    "Dashscope's cached tokens are charged as input also by LiteLLM",
    flat,
    { p: 100, c: 0, provider: "dashscope", input: { cached_tokens: 100 } },
    "0.0001",
  ],
  [
    "a range without an input rate is ignored",
    { ...flat, tiered_pricing: [{ range: [0, 100], output_cost_per_token: 9 }] },
    { p: 10, c: 1 },
    "0.000014",
  ],
  [
    "a range of no tokens is none",
    { ...flat, tiered_pricing: [{ range: [0, 100], input_cost_per_token: 9, output_cost_per_token: 9 }] },
    { p: 0, c: 1 },
    "0.000004",
  ],
  [
    "a range goes before a tier",
    {
      ...flat,
      input_cost_per_token_flex: 9,
      tiered_pricing: [{ range: [0, 100], input_cost_per_token: 2e-6 }],
    },
    { p: 10, c: 0, serviceTier: "flex" },
    "0.00002",
  ],
  [
    "rates of text that YAML left as text are rates",
    { input_cost_per_token: "1e-6", output_cost_per_token: "0.000004" },
    { p: 10, c: 1 },
    "0.000014",
  ],
  [
    "the older name of the cache read rate",
    { ...flat, input_cost_per_token_cache_hit: 1e-7 },
    { p: 100, c: 0, input: { cached_tokens: 100 } },
    "0.00001",
  ],
  [
    "video tokens that were made have their rate, or the output's",
    { ...flat, output_cost_per_video_token: 2e-6 },
    { p: 0, c: 100, output: { video_tokens: 60 } },
    "0.00028",
  ],
  [
    "characters, images and seconds of a prompt beside its tokens",
    {
      ...flat,
      input_cost_per_character: 1e-7,
      input_cost_per_image: 0.001,
      input_cost_per_video_per_second: 0.01,
      input_cost_per_audio_per_second: 0.1,
    },
    {
      p: 0,
      c: 0,
      input: { character_count: 10, image_count: 2, video_length_seconds: 1.5, audio_length_seconds: 0.5 },
    },
    "0.067001",
  ],
  [
    "a price of each request, which LiteLLM leaves out",
    { ...flat, input_cost_per_request: 0.005 },
    { p: 10, c: 0 },
    "0.00501",
    "0.00001",
  ],
  [
    "a batch rate of cached tokens, which LiteLLM's of mid-2026 leaves out",
    { ...flat, input_cost_per_token_batches: 5e-7, cache_read_input_token_cost_batches: 1e-7 },
    { p: 100, c: 0, batch: true, input: { cached_tokens: 100 } },
    "0.00001",
    "0.00005",
  ],
];

function price([, entry, { p, c, input, output, ...call }]: Case, compat?: "litellm") {
  const usage = {
    prompt_tokens: p,
    completion_tokens: c,
    prompt_tokens_details: input,
    completion_tokens_details: output,
  };
  return createCostEngine({ overrides: { m: entry }, compat }).price({ model: "m", usage, ...call });
}

describe("the rates in force", () => {
  it.each(cases)("%s", (...each) => {
    expect(price(each).exact).toBe(each[3]);
    expect(price(each, "litellm").exact).toBe(each[4] ?? each[3]);
  });

  it("of a model without one that is needed are no price, and LiteLLM's nothing", () => {
    const each: Case = ["", { input_cost_per_token: 1e-6 }, { p: 1, c: 1 }, ""];
    expect(price(each)).toMatchObject({
      status: "unpriced",
      reason: "no rate is known for output of m",
    });
    expect(price(each, "litellm")).toMatchObject({ status: "priced", exact: "0.000001" });
  });

  it("by a float's noise are charged by 12 digits of it, and by LiteLLM as they are", () => {
    const prices = [
      { basis: "observed", src: 0, noise: true, rates: { in: "2.9999900000000002e-06", out: "0" } },
    ];
    const source = { id: "s", kind: "litellm", date: "2026-08-01", licence: "", url: "" };
    const json = JSON.stringify({
      schema: 1,
      id: "x",
      sources: [source],
      models: { m: { mode: "chat", prices } },
    });
    const call = { model: "m", usage: { prompt_tokens: 1_000_000, completion_tokens: 0 } };
    const catalog = [{ id: "x", json }];
    expect(createCostEngine({ catalog }).price(call)).toMatchObject({ exact: "2.99999" });
    expect(createCostEngine({ catalog, compat: "litellm" }).price(call)).toMatchObject({
      exact: "2.9999900000000002",
    });
  });

  it("are said to be the standard ones where a tier has none", () => {
    const { notes } = price(["", flat, { p: 1, c: 1, serviceTier: "flex" }, ""]);
    expect(notes).toEqual(["the catalog has no flex rates of m; the standard ones are charged"]);
  });
});

describe("prices by the time of day", () => {
  const windowed = (off_peak_pricing: object) => ({ ...flat, off_peak_pricing });
  const times: [title: string, block: object, at: string, isOpen: boolean][] = [
    ["the start is inside", { hours_utc: "16:30-00:30" }, "2026-08-03T16:30:00Z", true],
    ["past midnight is inside", { hours_utc: "16:30-00:30" }, "2026-08-03T00:29:59Z", true],
    ["the end is outside", { hours_utc: "16:30-00:30" }, "2026-08-03T00:30:00Z", false],
    ["equal ends are the whole day", { hours_utc: "05:00-05:00" }, "2026-08-03T12:00:00Z", true],
    ["several spans", { hours_utc: ["01:00-02:00", "03:00-04:00"] }, "2026-08-03T03:30:00Z", true],
    ["words are no hours", { hours_utc: "night" }, "2026-08-03T03:30:00Z", false],
    [
      "a day that is named",
      { windows: [{ hours_utc: "00:00-00:00", weekdays: ["monday"] }] },
      "2026-08-03T03:30:00Z",
      true,
    ],
    [
      "a day that is not",
      { windows: [{ hours_utc: "00:00-00:00", weekdays: ["Tue"] }] },
      "2026-08-03T03:30:00Z",
      false,
    ],
    [
      "a day of another time zone",
      { weekday_timezone: "Asia/Tokyo", windows: [{ hours_utc: "00:00-00:00", weekdays: ["tue"] }] },
      "2026-08-03T23:30:00Z",
      true,
    ],
  ];
  it.each(times)("%s", (_, block, at, isOpen) => {
    const each: Case = ["", windowed({ ...block, input_cost_per_token: 5e-7 }), { p: 10, c: 0, at }, ""];
    expect(price(each).exact).toBe(isOpen ? "0.000005" : "0.00001");
  });
});
