import { describe, expect, it } from "vitest";

import { audit, createCostEngine } from "../src/index.js";
import { amounts, batch, prices, usage, verdicts } from "./audit-documents.js";

const engine = createCostEngine({ overrides: prices });

describe("the audit of a batch", () => {
  const usageDetails = {
    input: 600,
    input_cached_tokens: 400,
    input_cache_creation: 100,
    output: 50,
    output_reasoning_tokens: 150,
    total: 1300,
  };

  it("finds the cost at every place", () => {
    const report = audit(
      batch({
        model: "cached",
        usageDetails,
        usage: { totalCost: 0.0054, inputCost: 0.0019, outputCost: 0.0035 },
        costDetails: {
          input: 0.0012,
          input_cached_tokens: 0.0004,
          input_cache_creation: 0.0003,
          output: 0.0005,
          output_reasoning_tokens: 0.003,
          total: 0.0054,
        },
        metadata: {
          litellm_response_cost: 0.0054,
          hidden_params: { response_cost: 0.0054 },
          cost_breakdown: { input_cost: 0.0019, total_cost: 0.0054 },
          cost_exact: "0.0054",
        },
      }),
      { engine },
    );
    expect(amounts(report)).toEqual({
      "/batch/0/body/usage/totalCost": "0.0054",
      "/batch/0/body/usage/inputCost": "0.0019",
      "/batch/0/body/usage/outputCost": "0.0035",
      "/batch/0/body/costDetails/input": "0.0012",
      "/batch/0/body/costDetails/input_cached_tokens": "0.0004",
      "/batch/0/body/costDetails/input_cache_creation": "0.0003",
      "/batch/0/body/costDetails/output": "0.0005",
      "/batch/0/body/costDetails/output_reasoning_tokens": "0.003",
      "/batch/0/body/costDetails/total": "0.0054",
      "/batch/0/body/metadata/litellm_response_cost": "0.0054",
      "/batch/0/body/metadata/hidden_params/response_cost": "0.0054",
      "/batch/0/body/metadata/cost_breakdown/input_cost": "0.0019",
      "/batch/0/body/metadata/cost_breakdown/total_cost": "0.0054",
      "/batch/0/body/metadata/cost_exact": "0.0054",
    });
    expect(report.verdict).toBe("match");
  });

  it("takes input and output for their whole side where no other bucket has a part of it", () => {
    const costDetails = { input: 0.0019, output: 0.0035, total: 0.0054, fees: 1 };
    expect(verdicts(audit(batch({ model: "cached", usageDetails, costDetails }), { engine }))).toEqual([
      ["/batch/0/body/costDetails/input", "match"],
      ["/batch/0/body/costDetails/output", "match"],
      ["/batch/0/body/costDetails/total", "match"],
      ["/batch/0/body/costDetails/fees", "unverifiable"],
    ]);
  });

  const split = { cache_read_input_tokens: 400, cache_creation_input_tokens: 100 };
  it.each<[string, object]>([
    ["disjoint buckets", { usageDetails: { input: 600, output: 200, total: 1300, ...split } }],
    ["an input that holds the cache", { usageDetails: { input: 1100, output: 200, total: 1300, ...split } }],
    [
      "an input that holds what was written alone",
      { usageDetails: { input: 700, output: 200, total: 1300, ...split } },
    ],
    ["disjoint buckets without a total", { usageDetails: { input: 600, output: 200, ...split } }],
    [
      "an input without a total that the legacy usage has too",
      {
        usageDetails: { input: 1100, output: 200, ...split },
        usage: { input: 1100, output: 200, unit: "TOKENS" },
      },
    ],
    [
      "an input without a total that the legacy usage has with the cache",
      {
        usageDetails: { input: 600, output: 200, ...split },
        usage: { input: 1100, output: 200, unit: "TOKENS" },
      },
    ],
    [
      "the names of servers",
      {
        usageDetails: {
          input: 600,
          output: 200,
          total: 1300,
          input_cache_read: 400,
          input_cache_creation_5m: 100,
        },
      },
    ],
    ["the shape of Anthropic", { usageDetails: { input_tokens: 600, output_tokens: 200, ...split } }],
    [
      "the shape of chat completions",
      { usageDetails: usage(1100, 200, { cached_tokens: 400, cache_creation_tokens: 100 }) },
    ],
    [
      "LiteLLM's usage object alone",
      {
        metadata: {
          hidden_params: {
            usage_object: usage(1100, 200, { cached_tokens: 400, cache_creation_tokens: 100 }),
          },
        },
      },
    ],
  ])("reads %s", (_, members) => {
    // 600 × 2e-6 + 400 × 1e-6 + 100 × 3e-6 + 200 × 1e-5 = 0.0012 + 0.0004 + 0.0003 + 0.002 = 0.0039
    const [claim] = audit(batch({ model: "cached", costDetails: { total: 0.0039 }, ...members }), {
      engine,
    }).claims;
    expect(claim).toMatchObject({ exact: "0.0039", verdict: "match" });
  });

  it.each<[string, object, string]>([
    // 10 × 2e-6 + 20 × 1e-5
    ["legacy usage", { usage: { input: 10, output: 20, unit: "TOKENS" } }, "0.00022"],
    [
      "legacy usage in camel case",
      { usage: { promptTokens: 10, completionTokens: 20, totalTokens: 30 } },
      "0.00022",
    ],
    ["an input alone", { usageDetails: { input: 10 } }, "0.00002"],
    ["text buckets alone", { usageDetails: { input_text: 10, output_text_tokens: 20 } }, "0.00022"],
    [
      "predictions beside the output",
      { usageDetails: { input: 10, output: 15, output_accepted_prediction_tokens: 5 } },
      "0.00022",
    ],
    // 10 × 2e-6 + 5 × 1e-5 + 15 × 2e-5
    [
      "reasoning beside the output",
      { usageDetails: { input: 10, output: 5, output_reasoning: 15, total: 30 } },
      "0.00037",
    ],
    [
      "reasoning inside the output",
      { usageDetails: { input: 10, output: 20, output_reasoning: 15, total: 30 } },
      "0.00037",
    ],
    // 6 × 2e-6 + 4 × 4e-6 + 20 × 1e-5
    [
      "writes for an hour",
      { usageDetails: { input: 6, input_cache_creation_1h: 4, output: 20 } },
      "0.000228",
    ],
    // The details are of the same call, and say how long the write lives.
    [
      "the finer usage of LiteLLM",
      {
        usageDetails: { input: 10, output: 20, cache_creation_input_tokens: 4, total: 30 },
        metadata: {
          hidden_params: {
            usage_object: { ...usage(10, 20), cache_creation: { ephemeral_1h_input_tokens: 4 } },
          },
        },
      },
      "0.000228",
    ],
    // Another call's, which does not count.
    [
      "not a stale usage of LiteLLM",
      {
        usageDetails: { input: 10, output: 20 },
        metadata: { hidden_params: { usage_object: usage(99, 9) } },
      },
      "0.00022",
    ],
  ])("reads %s", (_, members, exact) => {
    const [claim] = audit(batch({ model: "cached", costDetails: { total: 0 }, ...members }), {
      engine,
    }).claims;
    expect(claim).toMatchObject({ exact });
  });

  it.each<[string, object]>([
    ["characters", { usage: { input: 10, output: 20, unit: "CHARACTERS" } }],
    ["a total alone", { usageDetails: { total: 30 } }],
    ["nothing", {}],
  ])("does not take %s for tokens", (_, members) => {
    const [claim] = audit(batch({ model: "cached", costDetails: { total: 1 }, ...members }), {
      engine,
    }).claims;
    expect(claim).toMatchObject({ verdict: "unverifiable", reason: "the tokens of the call are unknown" });
  });

  it("knows the tier, the cache and the tools of a generation", () => {
    const usages = { usageDetails: { input: 1000, output: 100, total: 1100 } };
    const flex = {
      model: "tiered",
      ...usages,
      modelParameters: { service_tier: "flex" },
      costDetails: { total: 0.0015 },
    };
    const hit = { model: "plain", ...usages, metadata: { cache_hit: true, litellm_response_cost: 0 } };
    const output = { role: "assistant", content: "", annotations: [{ type: "url_citation" }] };
    const search = { model: "searching", ...usages, output, costDetails: { total: 0.038 } };
    for (const body of [flex, hit, search]) expect(audit(batch(body), { engine }).verdict).toBe("match");
  });

  it("takes the model of an update from its creation", () => {
    const created = { id: "g", model: "plain", startTime: "2026-07-01T00:00:00Z" };
    const updated = { id: "g", usageDetails: { input: 10, output: 20 }, costDetails: { total: 0.00022 } };
    const document = {
      batch: [
        { type: "generation-create", body: created },
        { type: "generation-update", body: updated },
      ],
    };
    expect(verdicts(audit(document, { engine }))).toEqual([["/batch/1/body/costDetails/total", "match"]]);
  });

  it("leaves alone what is no generation", () => {
    const body = { model: "plain", usageDetails: { input: 1, output: 1 }, costDetails: { total: 1 } };
    const document = {
      batch: ["trace-create", "span-create", "score-create"].map((type) => ({ type, body })),
    };
    const reason = "the document states no cost";
    expect(audit(document, { engine })).toEqual({ verdict: "unverifiable", claims: [], reason });
  });

  it("looks in the provider's catalog when the metadata names one, and everywhere when that has no such model", () => {
    const counted = { usageDetails: { input: 10, output: 20 } };
    const grok = {
      ...counted,
      model: "grok",
      metadata: { provider: "xai" },
      costDetails: { total: 0.00033 },
    };
    const acme = {
      ...counted,
      model: "plain",
      metadata: { provider: "acme" },
      costDetails: { total: 0.00022 },
    };
    for (const body of [grok, acme]) expect(audit(batch(body), { engine }).verdict).toBe("match");
  });
});
