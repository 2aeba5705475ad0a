import { describe, expect, it } from "vitest";

import { audit, createCostEngine } from "../src/index.js";
import { completion, prices, usage, verdicts } from "./audit-documents.js";

const engine = createCostEngine({ overrides: prices });

describe("the audit of a completion", () => {
  it.each<[string, object, [path: string, verdict: string][]]>([
    [
      "OpenRouter's cost, by OpenRouter's price",
      completion("lab/model", {
        ...usage(10, 20),
        cost: 0.00022,
        cost_details: { upstream_inference_cost: null },
      }),
      [["/usage/cost", "match"]],
    ],
    [
      "OpenRouter's fee, which is no price, and the price of the provider with a key of one's own",
      completion("lab/model", {
        ...usage(10, 20),
        cost: 0.00001,
        is_byok: true,
        cost_details: {
          upstream_inference_cost: 0.00022,
          upstream_inference_prompt_cost: 0.00002,
          upstream_inference_completions_cost: 0.0002,
        },
      }),
      [
        ["/usage/cost", "unverifiable"],
        ["/usage/cost_details/upstream_inference_cost", "match"],
        ["/usage/cost_details/upstream_inference_prompt_cost", "match"],
        ["/usage/cost_details/upstream_inference_completions_cost", "match"],
      ],
    ],
    [
      // 10 × 3e-6 + 20 × 1.5e-5 = 0.00033 USD = 3,300,000 ticks of 1e-10
      "xAI's ticks",
      completion("grok", { ...usage(10, 20), cost_in_usd_ticks: 3_300_000 }),
      [["/usage/cost_in_usd_ticks", "match"]],
    ],
    [
      // 10 × 1e-6 + 20 × 2e-6
      "DeepInfra's estimate",
      completion("lab/model", { ...usage(10, 20), estimated_cost: 0.00005 }),
      [["/usage/estimated_cost", "match"]],
    ],
    [
      // 10 × 1e-6, 20 × 1e-6 and 5 / 1000 for the request
      "Perplexity's parts",
      completion("sonar", {
        ...usage(10, 20),
        search_context_size: "low",
        cost: {
          input_tokens_cost: 0.00001,
          output_tokens_cost: 0.00002,
          request_cost: 0.005,
          total_cost: 0.00503,
        },
      }),
      [
        ["/usage/cost/input_tokens_cost", "match"],
        ["/usage/cost/output_tokens_cost", "match"],
        ["/usage/cost/request_cost", "match"],
        ["/usage/cost/total_cost", "match"],
      ],
    ],
    [
      // Searches that are counted: 3 × 5 / 1000
      "Perplexity's searches",
      completion("sonar", {
        ...usage(10, 20),
        num_search_queries: 3,
        cost: { output_tokens_cost: 0.00002, search_queries_cost: 0.015, total_cost: 0.01503 },
      }),
      [
        ["/usage/cost/output_tokens_cost", "match"],
        ["/usage/cost/search_queries_cost", "match"],
        ["/usage/cost/total_cost", "match"],
      ],
    ],
    [
      "the last chunk of a stream",
      {
        object: "chat.completion.chunk",
        model: "plain",
        choices: [],
        usage: { ...usage(10, 20), cost: 0.00022 },
      },
      [["/usage/cost", "match"]],
    ],
    [
      "what LiteLLM adds",
      completion("plain", usage(10, 20), { _hidden_params: { response_cost: 0.00022 } }),
      [["/_hidden_params/response_cost", "match"]],
    ],
  ])("verifies %s", (_, document, expected) => {
    expect(verdicts(audit(document, { engine }))).toEqual(expected);
  });

  it("does not check a provider's price against itself", () => {
    const used = {
      ...usage(10, 20),
      cost: 0.5,
      cost_in_usd_ticks: 5e9,
      estimated_cost: 0.5,
      cost_details: { a: 1 },
    };
    const report = audit(completion("unheard-of", used), { engine });
    expect(report.claims).toMatchObject(
      Array.from({ length: 3 }, () => ({ verdict: "unverifiable", computed: null })),
    );
    const raw = { ...used, input: { cacheRead: 0 }, output: {}, raw: used };
    expect(audit(completion("unheard-of", raw), { engine }).verdict).toBe("unverifiable");
  });
});
