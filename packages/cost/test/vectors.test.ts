import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { createCostEngine, sumExact, type LitellmEntry, type PriceRequest } from "../src/index.js";

/** One case of fixtures/cost-vectors.json, whose README says what the options mean. */
type Vector = {
  id: string;
  rule: string;
  model: string;
  rates: LitellmEntry;
  usage: Record<string, unknown>;
  options: {
    tier?: string;
    incl?: true;
    offpeak?: true;
    uplift?: number;
    speed?: string;
    batch?: true;
    custom?: true;
    custom_per_second?: true;
    mode?: string;
    provider?: string;
    web_search?: string | null;
    code_interpreter_sessions?: number;
    file_search?: true;
    discount?: number;
    margin?: NonNullable<PriceRequest["margin"]>;
  };
  prompt_cost: number | null;
  completion_cost: number | null;
  total: number;
  exact_total: string;
  default_total?: number;
  default_exact_total?: string;
};

const vectors = JSON.parse(
  readFileSync(new URL("fixtures/cost-vectors.json", import.meta.url), "utf8"),
) as Vector[];

function priceOf({ model, rates, usage, options }: Vector, compat?: "litellm") {
  const isCustom = options.custom ?? options.custom_per_second;
  const entry = isCustom ? { ...rates, litellm_provider: "custom" } : rates;
  const { tier, offpeak, uplift, speed, batch, mode, provider, incl, discount, margin } = options;
  return createCostEngine({ overrides: { [model]: entry }, compat }).price({
    model,
    usage,
    provider: incl ? "xai" : provider,
    serviceTier: tier,
    at: offpeak ? "2026-08-01T20:00:00Z" : "2026-08-01T12:00:00Z",
    uplift,
    speed,
    batch,
    mode,
    discount,
    margin,
    tools: {
      ...("web_search" in options ? { webSearch: options.web_search } : {}),
      codeInterpreterSessions: options.code_interpreter_sessions,
      fileSearch: options.file_search,
    },
  });
}

const cases = vectors.map((vector) => [vector.id, vector.rule, vector] as const);

describe("LiteLLM's price of", () => {
  it("65 calls is known", () => {
    expect(cases).toHaveLength(65);
  });

  it.each(cases)("%s (%s) is the same double on each side and the same decimal", (_id, _rule, vector) => {
    const { cost, exact, prompt, completion, reason } = priceOf(vector, "litellm");
    expect({ cost, exact, prompt, completion, reason }).toEqual({
      cost: vector.total,
      exact: vector.exact_total,
      prompt: vector.prompt_cost,
      completion: vector.completion_cost,
      reason: undefined,
    });
  });
});

describe("by default the price of", () => {
  it.each(cases)("%s (%s) is the same, or charges what has no rate and says so", (_id, _rule, vector) => {
    const { cost, exact, lines, reason } = priceOf(vector);
    expect({ cost, exact, reason }).toEqual({
      cost: vector.default_total ?? vector.total,
      exact: vector.default_exact_total ?? vector.exact_total,
      reason: undefined,
    });
    const assumed = lines.filter(({ assumed: why }) => why !== undefined);
    expect(assumed).toHaveLength(vector.default_total === undefined ? 0 : 1);
    expect(sumExact(lines.map(({ amount }) => amount))).toBe(exact);
  });
});
