import { describe, expect, it } from "vitest";

import { createCostEngine, type LitellmEntry, type PriceRequest } from "../src/index.js";

type Case = [
  title: string,
  entry: LitellmEntry,
  call: Partial<PriceRequest>,
  tools: string,
  litellm?: string,
];

const free = { input_cost_per_token: 0, output_cost_per_token: 0 };
const search = {
  ...free,
  search_context_cost_per_query: {
    search_context_size_low: 0.03,
    search_context_size_medium: 0.035,
    search_context_size_high: 0.05,
  },
};
const used = { prompt_tokens: 1, completion_tokens: 1 };
const citation = (type: string) => ({ choices: [{ message: { annotations: [{ type }] } }] });

const cases: Case[] = [
  ["no tool", search, {}, "0"],
  ["a search of medium size where no size is given", search, { tools: { webSearch: true } }, "0.035"],
  ["a search of high size", search, { tools: { webSearch: "high" } }, "0.05"],
  ["searches that are counted", search, { tools: { webSearch: { size: "low", requests: 3 } } }, "0.09"],
  [
    "searches that the usage counts",
    search,
    { usage: { ...used, server_tool_use: { web_search_requests: 2 } } },
    "0.07",
  ],
  ["a search that was not made", search, { tools: { webSearch: false } }, "0"],
  [
    "Gemini's searches, without a price of their own",
    { ...free, litellm_provider: "gemini" },
    { usage: { ...used, prompt_tokens_details: { web_search_requests: 2 } } },
    "0.07",
  ],
  [
    "Gemini's searches by the prompt",
    { ...search, litellm_provider: "gemini", web_search_billing_unit: "per_prompt" },
    { usage: { ...used, prompt_tokens_details: { web_search_requests: 2 } } },
    "0.035",
  ],
  ["a search that a chat completion cites", search, { response: citation("url_citation") }, "0.035"],
  ["a file search that a chat completion cites", free, { response: citation("file_citation") }, "0.0025"],
  [
    "searches of a response, once",
    search,
    { response: { output: [{ type: "web_search_call" }, { type: "web_search_call" }] } },
    "0.035",
  ],
  [
    "a code interpreter by its containers",
    free,
    {
      response: {
        output: ["a", "b", "a"].map((container_id) => ({ type: "code_interpreter_call", container_id })),
      },
    },
    "0.06",
  ],
  ["a file search at LiteLLM's price", free, { tools: { fileSearch: true } }, "0.0025"],
  [
    "a file search at a price of a thousand, which LiteLLM charges for one",
    { ...free, file_search_cost_per_1k_calls: 2.5 },
    { tools: { fileSearch: 2 } },
    "0.005",
    "5",
  ],
  ["Azure's file search by storage", free, { tools: { fileSearch: { gb: 2, days: 3 } } }, "0.6"],
  [
    "sessions of a code interpreter",
    { ...free, code_interpreter_cost_per_session: 0.05 },
    { tools: { codeInterpreterSessions: 2 } },
    "0.1",
  ],
  ["computer use", free, { tools: { computerUse: { inputTokens: 1000, outputTokens: 2000 } } }, "27"],
  ["a vector store", free, { tools: { vectorStore: { gb: 1, days: 2 } } }, "0.2"],
  [
    "several tools, of which LiteLLM charges the first",
    search,
    { tools: { webSearch: "low", fileSearch: true, codeInterpreterSessions: 1 } },
    "0.0625",
    "0.03",
  ],
];

describe("the price of", () => {
  it.each(cases)("%s", (_, entry, call, tools, litellm) => {
    const request = { model: "m", usage: used, ...call };
    expect(createCostEngine({ overrides: { m: entry } }).price(request).exact).toBe(tools);
    expect(createCostEngine({ overrides: { m: entry }, compat: "litellm" }).price(request).exact).toBe(
      litellm ?? tools,
    );
  });

  it("a search without a rate is unknown, and LiteLLM's nothing", () => {
    const request = { model: "m", usage: used, tools: { webSearch: true } };
    expect(createCostEngine({ overrides: { m: free } }).price(request)).toMatchObject({ status: "unpriced" });
    expect(createCostEngine({ overrides: { m: free }, compat: "litellm" }).price(request)).toMatchObject({
      exact: "0",
    });
  });
});

describe("on top of a price", () => {
  const entry = {
    input_cost_per_token: 1e-6,
    output_cost_per_token: 4e-6,
    cache_read_input_token_cost: 1e-7,
    regional_processing_uplift_multiplier_eu: 1.1,
    regional_endpoint_uplift_multiplier: 1.2,
    provider_specific_entry: { us: 1.1, fast: 6 },
  };
  const overrides = {
    m: entry,
    "azure_ai/model_router": { input_cost_per_token: 1e-7, litellm_provider: "azure_ai" },
  };
  const engine = createCostEngine({ overrides });
  const usage = {
    prompt_tokens: 1500,
    completion_tokens: 100,
    prompt_tokens_details: { cached_tokens: 500 },
  };
  // 1000 × 1e-6 + 500 × 1e-7 + 100 × 4e-6 = 0.00145
  const totals: [title: string, call: Partial<PriceRequest>, exact: string][] = [
    ["nothing comes", {}, "0.00145"],
    ["data residency multiplies", { region: "EU" }, "0.001595"],
    ["a region without a factor does not", { region: "us" }, "0.00145"],
    ["a factor of one's own multiplies", { uplift: 2 }, "0.0029"],
    ["a regional endpoint multiplies", { regionalEndpoint: true }, "0.00174"],
    ["the fast mode multiplies all but the cache", { speed: "fast" }, "0.00845"],
    ["inference in a place multiplies all", { inferenceGeo: "US" }, "0.001595"],
    [
      "both multiply, the place the cache alone",
      { usage: { ...usage, speed: "fast", inference_geo: "us" } },
      "0.009295",
    ],
    ["inference anywhere does not", { inferenceGeo: "global" }, "0.00145"],
    ["costs by name are added", { additionalCosts: { guardrail: 0.001 } }, "0.00245"],
    ["a discount is taken off", { discount: 0.1 }, "0.001305"],
    [
      "a discount of the provider, before that of all",
      { discount: { openai: 0.5, global: 0.1 }, provider: "openai" },
      "0.000725",
    ],
    [
      "a margin is put on what is left",
      { discount: 0.1, margin: { percentage: 0.1, fixed_amount: 1 } },
      "1.0014355",
    ],
    ["a margin of all", { margin: { global: 0.1 } }, "0.001595"],
    ["a router has its fee", { router: "azure_ai/model_router" }, "0.0016"],
  ];
  it.each(totals)("%s", (_, call, exact) => {
    const result = engine.price({ model: "m", usage, ...call });
    expect(result.exact).toBe(exact);
    expect(Math.abs((result.cost ?? 0) - Number(exact))).toBeLessThan(1e-15);
  });

  it("a router that is unknown makes the call invalid", () => {
    expect(engine.price({ model: "m", usage, router: "none" })).toMatchObject({ status: "invalid" });
  });
});
