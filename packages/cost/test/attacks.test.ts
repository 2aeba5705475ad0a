import { describe, expect, it } from "vitest";

import { catalog } from "../src/catalog/all.js";
import {
  createCostEngine,
  explain,
  normalizeUsage,
  WaybillError,
  type CostEngineOptions,
  type LitellmEntry,
  type PriceRequest,
} from "../src/index.js";

/*
 * What hostile readers and odd providers got wrong once. Amounts are computed by hand in the titles or beside them.
 */

const now = () => Date.parse("2026-08-02");
const engine = createCostEngine({ catalog, now });
const litellm = createCostEngine({ catalog, now, compat: "litellm" });
const own = (entry: LitellmEntry, compat?: "litellm") =>
  createCostEngine({ overrides: { m: entry }, compat });
const cited = { choices: [{ message: { annotations: [{ type: "url_citation" }] } }] };
const chat = (prompt: number, completion: number, more: object = {}) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  ...more,
});

const amounts: [title: string, request: PriceRequest, exact: string, litellm?: string][] = [
  [
    "perplexity/sonar is itself: 1000 × 1e-6 + 100 × 1e-6",
    { model: "perplexity/sonar", usage: chat(1000, 100) },
    "0.0011",
  ],
  [
    "a stated price has nothing on top",
    {
      model: "perplexity/sonar-pro",
      usage: chat(1000, 100, { cost: { total_cost: 0.01 } }),
      response: cited,
      uplift: 2,
    },
    "0.01",
  ],
  [
    "a total that reasoning explains does not put the cache outside: 50 × 1.25e-6 + 50 × 1.25e-7 + 70 × 1e-5",
    {
      model: "gpt-5",
      usage: chat(100, 20, {
        total_tokens: 170,
        prompt_tokens_details: { cached_tokens: 50 },
        completion_tokens_details: { reasoning_tokens: 50 },
      }),
    },
    "0.00076875",
  ],
  [
    "a provider that says there was no reasoning is believed: 100 × 2.5e-6 + 50 × 1e-5",
    {
      model: "gpt-4o",
      usage: chat(100, 50, { total_tokens: 200, completion_tokens_details: { reasoning_tokens: 0 } }),
    },
    "0.00075",
  ],
  [
    "reasoning without a rate of Perplexity is output: 10 × 2e-6 + 100 × 8e-6",
    {
      model: "perplexity/sonar-reasoning-pro",
      usage: { input_tokens: 10, output_tokens: 100, output_tokens_details: { reasoning_tokens: 60 } },
    },
    "0.00082",
    "0.00034",
  ],
  [
    "the fast mode of a batch leaves the cache: (1000 × 2.5e-6 + 200 × 1.25e-5) × 6 + 500 × 2.5e-7",
    {
      model: "claude-opus-4-6",
      batch: true,
      speed: "fast",
      usage: chat(1500, 200, { prompt_tokens_details: { cached_tokens: 500 } }),
    },
    "0.030125",
  ],
  [
    "xAI's reasoning is added to what it reports, whatever its details: 10 × 3e-6 + 120 × 1.5e-5",
    {
      model: "xai/grok-4",
      usage: chat(10, 100, { completion_tokens_details: { text_tokens: 10, reasoning_tokens: 20 } }),
    },
    "0.00183",
  ],
  [
    "a response says which tier served: 9 × 4.25e-6 + 1 × 1.7e-5",
    { model: "gpt-4o", usage: chat(9, 1), response: { service_tier: "priority" } },
    "0.00005525",
  ],
  [
    "a search of more results than any range has the price of the last",
    { model: "exa_ai/search", maxResults: 101 },
    "0.025",
  ],
  [
    "an image whose input rate is 0 beside the real one, which LiteLLM charges",
    { model: "amazon.titan-image-generator-v1", images: 1 },
    "0.008",
    "0",
  ],
  [
    "a model that is gone has its own price on its days, not that of a stripped name: 1e5 × 5.5e-6",
    { model: "apac.anthropic.claude-opus-4-6-v1", usage: chat(100_000, 0), at: "2026-02-10" },
    "0.55",
  ],
];

describe("a price", () => {
  it.each(amounts)("%s", (_, request, exact, inLitellm) => {
    expect(engine.price(request)).toMatchObject({ exact });
    const { exact: theirs } = litellm.price(request);
    expect(theirs).toBe(inLitellm ?? theirs);
  });

  it("of thinking that only the total shows is noted", () => {
    const { notes } = engine.price({ model: "gpt-4o", usage: chat(100, 50, { total_tokens: 1000 }) });
    expect(notes).toEqual(["850 tokens that only total_tokens shows are charged as reasoning"]);
  });

  it("of before anybody looked is assumed", () => {
    const early = engine.price({ model: "gpt-4o", usage: chat(1, 0), at: "2024-06-01" });
    expect(early).toMatchObject({ interval: { basis: "assumed" } });
    expect(early.notes?.[0]).toContain("no price is known for that time");
  });

  it("of a tier whose rates the source does not say is unknown: 2026-08-21 of gpt-5.6-sol", () => {
    const call = { model: "gpt-5.6-sol", usage: chat(10, 1), at: "2026-09-01" };
    expect(engine.price(call)).toMatchObject({ status: "priced" });
    expect(engine.price({ ...call, serviceTier: "flex" })).toMatchObject({ status: "unpriced" });
    expect(engine.price({ ...call, batch: true })).toMatchObject({ status: "unpriced" });
  });

  it("of Vertex at 128k leaves out what was written: 125,000 tokens are below it", () => {
    const entry = {
      litellm_provider: "vertex_ai-language-models",
      input_cost_per_token: 1e-6,
      output_cost_per_token: 0,
      input_cost_per_token_above_128k_tokens: 2e-6,
      cache_creation_input_token_cost: 0,
    };
    const usage = chat(130_000, 0, { prompt_tokens_details: { cache_write_tokens: 5000 } });
    expect(own(entry, "litellm").price({ model: "m", usage })).toMatchObject({ exact: "0.125" });
  });

  it("of a batch above a threshold has the batch rate there, which LiteLLM of mid-2026 leaves out", () => {
    const entry = {
      input_cost_per_token: 2e-6,
      output_cost_per_token: 0,
      input_cost_per_token_batches: 1e-6,
      input_cost_per_token_above_272k_tokens_batches: 3e-6,
    };
    const call = { model: "m", batch: true, usage: chat(300_000, 0) };
    expect(own(entry).price(call)).toMatchObject({ exact: "0.9" });
    expect(own(entry, "litellm").price(call)).toMatchObject({ exact: "0.3" });
  });

  it("does not change with what a caller writes into a result", () => {
    const history = engine.priceHistory("gpt-4o");
    const last = history.at(-1);
    if (last) last.prices.rates.in = "9";
    const { interval } = engine.price({ model: "gpt-4o", usage: chat(1, 1) });
    expect(() => Object.assign(interval as object, { from: "never" })).toThrow(TypeError);
    expect(createCostEngine({ catalog }).price({ model: "gpt-4o", usage: chat(1, 1) }).exact).toBe(
      "0.0000125",
    );
  });
});

describe("an override", () => {
  const priced = (overrides: Record<string, LitellmEntry>, call: PriceRequest) =>
    createCostEngine({ catalog, overrides, now }).price(call);

  it("of one factor keeps the others", () => {
    const overrides = { "gpt-5.4": { regional_processing_uplift_multiplier_eu: 1.2 } };
    const call = { model: "gpt-5.4", usage: chat(1000, 0) };
    expect(priced(overrides, { ...call, region: "us" }).exact).toBe("0.00275");
    expect(priced(overrides, { ...call, region: "eu" }).exact).toBe("0.003");
    const fast = { "claude-opus-4-6": { regional_processing_uplift_multiplier_eu: 1.1 } };
    expect(priced(fast, { model: "claude-opus-4-6", usage: chat(1000, 0), speed: "fast" }).exact).toBe(
      "0.03",
    );
  });

  it("goes before every entry of the catalog that the name may stand for", () => {
    const overrides = { "gemini-2.5-flash": { litellm_provider: "gemini", input_cost_per_token: 1e-3 } };
    const call = { model: "gemini-2.5-flash", provider: "gemini", usage: chat(1, 0) };
    expect(priced(overrides, call)).toMatchObject({ exact: "0.001" });
  });

  it("stands over the same model however it is written", () => {
    for (const name of ["openai/gpt-4o", "GPT-4O"]) {
      const overrides = { [name]: { input_cost_per_token: 1e-6 } };
      // The output rate is the catalog's.
      expect(priced(overrides, { model: name, usage: chat(1, 1) })).toMatchObject({ exact: "0.000011" });
    }
  });

  it("of another provider takes nothing from the one that lists the name", () => {
    const overrides = { "gpt-4o": { litellm_provider: "groq", input_cost_per_token: 1e-6 } };
    const call = { model: "gpt-4o", provider: "groq", usage: chat(1, 1) };
    expect(priced(overrides, call)).toMatchObject({ status: "unpriced" });
    expect(priced(overrides, { ...call, provider: "azure" })).toMatchObject({ model: "azure/gpt-4o" });
  });
});

const shapes: [title: string, raw: object, text: number, other: object][] = [
  [
    "Anthropic's, with details that are null",
    { input_tokens: 10, output_tokens: 1, cache_read_input_tokens: 1000, input_tokens_details: null },
    10,
    { cacheRead: 1000 },
  ],
  [
    "Anthropic's names, inside by the total",
    { input_tokens: 1000, output_tokens: 70, total_tokens: 1070, cache_read_input_tokens: 500 },
    500,
    { cacheRead: 500 },
  ],
  [
    "Anthropic's lives alone",
    {
      input_tokens: 100,
      output_tokens: 1,
      cache_creation: { ephemeral_5m_input_tokens: 2000, ephemeral_1h_input_tokens: 3000 },
    },
    100,
    { cacheWrite5m: 2000, cacheWrite1h: 3000 },
  ],
  [
    "DeepSeek's without a prompt (U8)",
    { completion_tokens: 1, prompt_cache_hit_tokens: 60, prompt_cache_miss_tokens: 40 },
    40,
    { cacheRead: 60 },
  ],
  [
    "the AI SDK's parts without a total",
    { inputTokens: { noCache: 50, cacheRead: 40 }, outputTokens: { total: 1 } },
    50,
    { cacheRead: 40 },
  ],
  [
    "the realtime API's kinds of cached tokens",
    {
      input_tokens: 100,
      output_tokens: 1,
      input_token_details: {
        text_tokens: 60,
        audio_tokens: 40,
        cached_tokens: 70,
        cached_tokens_details: { text_tokens: 50, audio_tokens: 20 },
      },
    },
    10,
    { cacheRead: 70, audio: 20 },
  ],
];

describe("usage", () => {
  it.each(shapes)("of %s", (_, raw, text, other) => {
    expect(normalizeUsage(raw).input).toMatchObject({ text, ...other });
  });

  it("of Gemini with thoughts that only the total counts", () => {
    const usage = { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 40 };
    expect(normalizeUsage(usage).output).toMatchObject({ text: 5, reasoning: 25 });
    expect(() => normalizeUsage({ totalTokenCount: 150 })).toThrow("there are no token counts");
  });
});

describe("nothing hostile", () => {
  const thrower = new Proxy(
    {},
    {
      get() {
        throw new Error("no");
      },
    },
  );

  it("makes a function of the engine throw", () => {
    expect(engine.estimate(thrower as never)).toMatchObject({ status: "invalid" });
    expect(engine.estimate(null as never).cost).toBeNull();
    expect(engine.amount(null as never, {})).toBeNull();
    expect(engine.amount({ found: true } as never, {})).toBeNull();
    expect(engine.resolve(Symbol("m") as never)).toMatchObject({ found: false });
    expect(explain(null as never)).toContain("no reason is known");
    expect(explain({ exact: "1" } as never)).toContain("no reason is known");
  });

  it.each<[string, unknown]>([
    ["catalog", { catalog: null }],
    ["overrides", { overrides: null }],
    ["overrides", { overrides: [] }],
    ["compat", { compat: 5n }],
  ])("makes an engine without a word: %s", (word, options) => {
    expect(() => createCostEngine(options as CostEngineOptions)).toThrow(WaybillError);
    expect(() => createCostEngine(options as CostEngineOptions)).toThrow(word);
  });

  it("of a broken shard is more than said", () => {
    const broken = createCostEngine({ catalog: [{ id: "x", json: "{" }] });
    expect(broken.price({ model: "m", usage: chat(1, 1) })).toMatchObject({
      status: "invalid",
      reason: "the x catalog is no JSON",
    });
  });

  it.each<[string, Partial<PriceRequest>, RegExp]>([
    ["tools in a list", { tools: ["web_search"] as never }, /^\/tools is no object/],
    [
      "a search of a size that is none",
      { tools: { webSearch: "banana" } },
      /^\/tools\/webSearch is of the size "banana"/,
    ],
    [
      "storage beyond every double",
      { tools: { vectorStore: { gb: 1e200, days: 1e200 } } },
      /^\/tools\/vectorStore is Infinity/,
    ],
    [
      "storage for no known time",
      { tools: { vectorStore: { gb: 5 } as never } },
      /^\/tools\/vectorStore\/days is missing/,
    ],
    [
      "a tool that is no object",
      { tools: { computerUse: 5 as never } },
      /^\/tools\/computerUse is no object/,
    ],
    [
      "a cost that is unknown",
      { additionalCosts: { guard: null as never } },
      /^\/additionalCosts\/guard is missing/,
    ],
    ["a factor that is text", { uplift: "" as never }, /^\/uplift is ""/],
    ["a discount in a list", { discount: [0.1] as never }, /^\/discount is a list/],
    ["a time of a year alone", { at: "1" }, /^\/at is no time/],
    ["a time in words", { at: "Aug 1 2026" }, /^\/at is no time/],
  ])("is priced: %s", (_, call, reason) => {
    const result = engine.price({ model: "gpt-4o", usage: chat(1, 1), ...call });
    expect(result).toMatchObject({ status: "invalid", cost: null });
    expect(result.reason).toMatch(reason);
  });

  it("is remembered: a name of a million letters is unknown at once", () => {
    const name = "/models/".repeat(100_000);
    const result = engine.price({ model: name, usage: chat(1, 1) });
    expect(result).toMatchObject({ status: "unpriced" });
    expect(result.reason?.length).toBeLessThan(300);
  });

  it("is taken for a model: hosts and vendors that are none", () => {
    expect(engine.resolve("evil.com/models/gpt-4o")).toMatchObject({ found: false });
    expect(engine.resolve("us.gpt-4o")).toMatchObject({ found: false });
  });
});

describe("a factor that is null", () => {
  it("is none, and makes nothing free: 1000 × 2.5e-6 × 1.1", () => {
    const call = { model: "gpt-5.4", usage: chat(1000, 0), region: "eu" };
    const nothing = { uplift: null, regionalEndpoint: null } as never;
    expect(engine.price({ ...call, ...(nothing as object) }).exact).toBe("0.00275");
  });
});

describe("what is told by other words", () => {
  it("is found: discounts by any name of the provider", () => {
    const call = { model: "gemini/gemini-2.5-flash", usage: chat(1000, 0) };
    for (const discount of [{ gemini: 0.5 }, { GEMINI: 0.5 }, { global: 0.5 }])
      expect(engine.price({ ...call, discount }).exact).toBe("0.00015");
    expect(engine.price({ ...call, provider: "google", discount: { google: 0.5 } }).exact).toBe("0.00015");
  });

  it("is found: a time without an offset is UTC", () => {
    const call = { model: "o3", usage: chat(1000, 1000) };
    expect(engine.price({ ...call, at: "2025-06-10T00:00:00" }).exact).toBe("0.01");
    expect(engine.price({ ...call, at: "2025-06-10 00:00:00+02:00" }).exact).toBe("0.05");
  });

  it("is said: an estimate is at the dearer of text and reasoning: 1000 × 3.6e-6 against 1000 × 1.2e-5", () => {
    const estimate = engine.estimate({
      model: "dashscope/qwen-plus-2025-07-28",
      promptTokens: 300_000,
      maxTokens: 1000,
    });
    // 300,000 × 1.2e-6 + 1000 × 1.2e-5
    expect(estimate.exact).toBe("0.372");
  });
});
