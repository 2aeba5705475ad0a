import { describe, expect, it } from "vitest";

import { audit, createCostEngine } from "../src/index.js";
import { amounts, payload, prices, usage, verdicts } from "./audit-documents.js";

const engine = createCostEngine({ overrides: prices });

// 600 × 2e-6 + 400 × 1e-6 + 100 × 3e-6 + 50 × 1e-5 + 150 × 2e-5 = 0.0012 + 0.0004 + 0.0003 + 0.0005 + 0.003 = 0.0054
const cachedUsage = usage(
  1100,
  200,
  { cached_tokens: 400, cache_creation_tokens: 100 },
  { reasoning_tokens: 150 },
);

describe("the audit of a payload", () => {
  it("finds the cost at every place", () => {
    const report = audit(
      payload(
        "cached",
        { ...cachedUsage, cost: 0.0054 },
        {
          response_cost: 0.0054,
          cost_breakdown: {
            input_cost: 0.0019,
            output_cost: 0.0035,
            tool_usage_cost: 0,
            cache_read_cost: 0.0004,
            cache_creation_cost: 0.0003,
            reasoning_cost: 0.003,
            original_cost: 0.0054,
            total_cost: 0.0054,
          },
          hidden_params: { response_cost: 0.0054 },
          waybill: { cost: { exact: "0.0054" } },
        },
      ),
      { engine },
    );
    expect(amounts(report)).toEqual({
      "/response_cost": "0.0054",
      "/cost_breakdown/input_cost": "0.0019",
      "/cost_breakdown/output_cost": "0.0035",
      "/cost_breakdown/tool_usage_cost": "0",
      "/cost_breakdown/cache_read_cost": "0.0004",
      "/cost_breakdown/cache_creation_cost": "0.0003",
      "/cost_breakdown/reasoning_cost": "0.003",
      "/cost_breakdown/original_cost": "0.0054",
      "/cost_breakdown/total_cost": "0.0054",
      "/hidden_params/response_cost": "0.0054",
      "/response/usage/cost": "0.0054",
      "/waybill/cost/exact": "0.0054",
    });
    expect(report.claims.every(({ verdict }) => verdict === "match")).toBe(true);
  });

  it("reckons with the discount, the margin and the other costs that the breakdown names", () => {
    // (0.003 + 0.001) less 5 % is 0.0038, and 10 % and 0.0002 more make 0.00438.
    const report = audit(
      payload("plain", usage(1000, 100), {
        response_cost: 0.00438,
        cost_breakdown: {
          total_cost: 0.00438,
          original_cost: 0.004,
          input_cost: 0.002,
          discount_percent: 0.05,
          margin_percent: 0.1,
          margin_fixed_amount: 0.0002,
          guardrail_cost: 0.0007,
          additional_costs: { storage: 0.0003, note: "none" },
        },
      }),
      { engine },
    );
    expect(verdicts(report)).toEqual([
      ["/response_cost", "match"],
      ["/cost_breakdown/input_cost", "match"],
      ["/cost_breakdown/original_cost", "match"],
      ["/cost_breakdown/total_cost", "match"],
    ]);
  });

  it("charges data residency on either side", () => {
    const cost_breakdown = {
      input_cost: 0.003,
      output_cost: 0.0015,
      cache_read_cost: 0,
      data_residency: "eu",
    };
    const document = payload("resident", usage(1000, 100), { response_cost: 0.0045, cost_breakdown });
    expect(verdicts(audit(document, { engine }))).toEqual([
      ["/response_cost", "match"],
      ["/cost_breakdown/input_cost", "match"],
      ["/cost_breakdown/output_cost", "match"],
      ["/cost_breakdown/cache_read_cost", "unverifiable"],
    ]);
  });

  it.each<[string, object, number]>([
    ["the usage of the response", { response: { usage: usage(10, 20) }, prompt_tokens: 1 }, 0.00022],
    ["the usage in the metadata", { metadata: { usage_object: usage(10, 20) }, prompt_tokens: 1 }, 0.00022],
    ["the usage in the hidden parameters", { hidden_params: { usage_object: usage(10, 20) } }, 0.00022],
    ["the three counts", { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 }, 0.00022],
    [
      "the three counts beside usage without any",
      { response: { usage: {} }, prompt_tokens: 10, completion_tokens: 20 },
      0.00022,
    ],
  ])("counts %s", (_, members, response_cost) => {
    const document = payload("plain", null, { ...members, response_cost });
    expect(audit(document, { engine }).claims).toMatchObject([{ verdict: "match" }]);
  });

  it.each<[string, object, number]>([
    [
      "the base model of a deployment",
      { model: "my-deployment", model_map_information: { model_map_key: "plain" } },
      0.00022,
    ],
    [
      "its own model where the map has no key",
      { model: "plain", model_map_information: { model_map_key: "" } },
      0.00022,
    ],
    [
      "the model that answered",
      { model: "alias", response: { model: "plain", usage: usage(10, 20) } },
      0.00022,
    ],
    [
      "the model that LiteLLM named",
      { model: "alias", hidden_params: { litellm_model_name: "plain" } },
      0.00022,
    ],
    // 10 × 3e-6 + 20 × 1.5e-5
    ["the provider's own model", { model: "grok", custom_llm_provider: "xai" }, 0.00033],
  ])("is by %s", (_, members, response_cost) => {
    const document = payload("", usage(10, 20), { ...members, response_cost });
    expect(audit(document, { engine }).claims).toMatchObject([{ verdict: "match" }]);
  });

  it.each<[string, string, object, number]>([
    [
      "seconds",
      "transcriber",
      { call_type: "atranscription", response: { text: "", duration: 12.5 } },
      0.00125,
    ],
    ["seconds in usage", "transcriber", { response: { usage: { type: "duration", seconds: 10 } } }, 0.001],
    ["search units", "ranker", { response: { meta: { billed_units: { search_units: 3 } } } }, 0.006],
    ["pages", "reader", { response: { usage_info: { pages_processed: 29 } } }, 0.116],
    [
      "images by size",
      "painter",
      {
        call_type: "image_generation",
        response: { data: [{}, {}] },
        model_parameters: { size: "1024x1024" },
      },
      0.08,
    ],
  ])("is by %s", (_, model, members, response_cost) => {
    expect(audit(payload(model, null, { ...members, response_cost }), { engine }).claims).toMatchObject([
      { verdict: "match" },
    ]);
  });

  it("charges a search by the size that was asked for, where there was one", () => {
    const options = { web_search_options: { search_context_size: "high" } };
    const found = {
      usage: usage(10, 20),
      choices: [{ message: { annotations: [{ type: "url_citation" }] } }],
    };
    const searched = { response: found, standard_built_in_tools_params: options, response_cost: 0.05022 };
    expect(audit(payload("searching", null, searched), { engine }).verdict).toBe("match");
    const asked = { model_parameters: options, response_cost: 0.00022 };
    expect(audit(payload("searching", usage(10, 20), asked), { engine }).verdict).toBe("match");
  });

  it("takes 0 for unknown where LiteLLM says that it failed to find the price, and only there", () => {
    const zeros = {
      response_cost: 0,
      cost_breakdown: { total_cost: 0 },
      hidden_params: { response_cost: 0 },
    };
    const failed = { ...zeros, response_cost_failure_debug_info: { error_str: "not mapped" } };
    expect(audit(payload("plain", usage(10, 20), failed), { engine })).toEqual({
      verdict: "unverifiable",
      claims: [],
      reason:
        "/response_cost is 0, and response_cost_failure_debug_info says that the cost is unknown (and 2 more)",
    });
    expect(audit(payload("plain", usage(10, 20), zeros), { engine })).toMatchObject({
      verdict: "mismatch",
      claims: [{ exact: "0.00022" }, {}, {}],
    });
  });

  it("computes 0 for an answer of the proxy's cache, breakdown and all", () => {
    const zeros = {
      response_cost: 0,
      cost_breakdown: { input_cost: 0, cache_read_cost: 0, tool_usage_cost: 0 },
    };
    const document = payload("plain", usage(10, 20), { cache_hit: true, ...zeros });
    expect(audit(document, { engine }).claims.map(({ verdict, exact }) => [verdict, exact])).toEqual(
      Array.from({ length: 4 }, () => ["match", "0"]),
    );
  });

  it.each([
    [Number.NaN, "0.00022"],
    [-0.00022, "0.00022"],
    [Number.POSITIVE_INFINITY, "0.00022"],
  ])("says that %d can be no cost", (response_cost, exact) => {
    expect(audit(payload("plain", usage(10, 20), { response_cost }), { engine })).toMatchObject({
      verdict: "mismatch",
      claims: [{ exact, reason: "a cost is a number from 0 up", causes: [] }],
    });
  });

  it.each<[string, object, RegExp]>([
    [
      "a model without a price",
      payload("unheard-of", usage(10, 20), { response_cost: 1 }),
      /no price is known/,
    ],
    ["no model", payload("", usage(10, 20), { response_cost: 1 }), /no model is named/],
    ["no tokens", payload("plain", null, { response_cost: 1 }), /tokens of the call are unknown/],
    [
      "counts that cannot be",
      payload("plain", { prompt_tokens: -1 }, { response_cost: 1 }),
      /prompt_tokens is -1/,
    ],
    [
      "a price that is not divided",
      payload("1024-x-1024/painter", null, {
        call_type: "image_generation",
        response: { data: [{}] },
        cost_breakdown: { input_cost: 0.04 },
      }),
      /not divided/,
    ],
  ])("says why %s cannot be verified", (_, document, reason) => {
    const { claims } = audit(document, { engine });
    expect(claims.find(({ verdict }) => verdict === "unverifiable")?.reason).toMatch(reason);
  });

  it("reads text as no claim, but for the exact cost of our own", () => {
    const hidden_params = { response_cost: "0.1" };
    const document = payload(
      "plain",
      { ...usage(10, 20), cost: "0.1" },
      { hidden_params, waybill: { cost: { exact: "0.1" } } },
    );
    expect(verdicts(audit(document, { engine }))).toEqual([["/waybill/cost/exact", "mismatch"]]);
  });
});
