import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { catalog } from "../src/catalog/all.js";
import { compareExact, createCostEngine, explain, sumExact } from "../src/index.js";

const engine = createCostEngine({ catalog });
const litellm = createCostEngine({ catalog, compat: "litellm" });
const usage = (prompt: number, completion: number, input?: object, output?: object) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  ...(input ? { prompt_tokens_details: input } : {}),
  ...(output ? { completion_tokens_details: output } : {}),
});

/** Doubles and decimals as LiteLLM and exact arithmetic give them for the same rates. */
const prices: [title: string, model: string, usage: object, cost: number, exact: string][] = [
  ["the payload seed", "gpt-4o", usage(10, 20), 0.00022500000000000002, "0.000225"],
  ["the first batch seed", "gpt-3.5-turbo", usage(10, 10), 1.9999999999999998e-5, "0.00002"],
  ["the second batch seed", "gpt-3.5-turbo", usage(10, 20), 3.5e-5, "0.000035"],
  ["the recording seed", "gpt-4o", usage(66, 41), 0.0005750000000000001, "0.000575"],
  ["zero tokens", "gpt-4o", usage(0, 0), 0, "0"],
  ["cached tokens", "gpt-4o", usage(2006, 300, { cached_tokens: 1920 }), 0.005615, "0.005615"],
  ["more cached than sent", "gpt-4o", usage(100, 1, { cached_tokens: 150 }), 0.0001975, "0.0001975"],
  [
    "reasoning",
    "o1",
    usage(21, 1500, undefined, { reasoning_tokens: 1024 }),
    0.09031499999999999,
    "0.090315",
  ],
  [
    "audio",
    "gpt-4o-audio-preview",
    usage(230, 410, { audio_tokens: 180, text_tokens: 50 }, { audio_tokens: 360, text_tokens: 50 }),
    0.036625000000000005,
    "0.036625",
  ],
];

describe("a price", () => {
  it.each(prices)("of %s is the same double and decimal", (_, model, used, cost, exact) => {
    for (const each of [engine, litellm]) {
      expect(each.price({ model, usage: used })).toMatchObject({ status: "priced", cost, exact });
    }
  });

  it("charges the input rate for a cache read without a rate, and says so", () => {
    const call = { model: "gpt-3.5-turbo", usage: usage(1000, 10, { cached_tokens: 400 }) };
    const priced = engine.price(call);
    expect(priced).toMatchObject({ exact: "0.000515", cost: 0.000515 });
    expect(priced.lines.find(({ kind }) => kind === "cache_read")?.assumed).toContain(
      "the input rate is charged",
    );
    expect(litellm.price(call)).toMatchObject({ exact: "0.000315", cost: 0.00031499999999999996 });
  });

  it("is found under a provider prefix, in other case, and for dated snapshots", () => {
    expect(engine.resolve("openai/gpt-4o")).toMatchObject({ found: true, rule: "provider-prefix" });
    expect(engine.resolve("GPT-4o")).toMatchObject({ found: true, rule: "case", model: { model: "gpt-4o" } });
    expect(engine.resolve("gpt-4o-2024-08-06")).toMatchObject({ found: true, rule: "exact" });
    expect(engine.resolve("gpt-4o", "anthropic")).toMatchObject({ found: false });
    expect(engine.resolve("__proto__")).toMatchObject({ found: false });
  });

  it("of an override wins over the catalog and may be free", () => {
    const overrides = {
      "gpt-4o": { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6, litellm_provider: "custom" },
      mine: { input_cost_per_token: 0, output_cost_per_token: 0 },
    };
    const own = createCostEngine({ catalog, overrides });
    expect(own.price({ model: "gpt-4o", usage: usage(1, 1) })).toMatchObject({ exact: "0.000003" });
    expect(own.price({ model: "mine", usage: usage(1, 1) })).toMatchObject({
      status: "free",
      cost: 0,
      exact: "0",
    });
  });

  it.each([
    ["usage is unknown", { model: "gpt-4o", usage: null }, "no_usage", /unknown/],
    ["the model is unknown", { model: "gpt-4p", usage: usage(1, 1) }, "unpriced", /nearest names are gpt-4/],
    ["a count is impossible", { model: "gpt-4o", usage: usage(-1, 1) }, "invalid", /\/prompt_tokens is -1/],
    [
      "the tier has no price",
      { model: "gpt-4o", usage: usage(1, 1), serviceTier: "flex" },
      "unpriced",
      /flex/,
    ],
  ] as const)("is null, not zero, when %s", (_, call, status, reason) => {
    const result = engine.price(call);
    expect(result).toMatchObject({ status, cost: null, exact: null, lines: [] });
    expect(result.reason).toMatch(reason);
  });

  it.each([
    [
      "counts that a provider forged",
      { usage: { input: { cacheRead: 0, text: -1000 }, output: { text: 0 } } },
      "invalid",
    ],
    ["normalised counts as text", { usage: { input: { cacheRead: "1", text: 1 }, output: {} } }, "invalid"],
    ["half of a normalised usage", { usage: { input: { cacheRead: 0 }, output: null } }, "no_usage"],
    ["usage that cannot be read", { usage: Proxy.revocable({}, {}).proxy, model: 5 }, "no_usage"],
    ["a bigint", { usage: { prompt_tokens: 5n } }, "invalid"],
    ["no model", { model: undefined }, "unpriced"],
    ["a model that is an object", { model: {} }, "unpriced"],
    ["a tier that is a number", { serviceTier: 5 }, "priced"],
    ["a provider that is an object", { provider: {} }, "priced"],
  ])("of a hostile call never throws: %s", (_, call, status) => {
    const hostile = { model: "gpt-4o", usage: usage(1, 1), ...call } as never;
    expect(engine.price(hostile)).toMatchObject({ status });
  });

  it("of nothing at all is no price", () => {
    expect(engine.price(undefined as never)).toMatchObject({ status: "no_usage" });
    const revocable = Proxy.revocable({}, {});
    revocable.revoke();
    expect(engine.price({ model: "gpt-4o", usage: revocable.proxy })).toMatchObject({ status: "invalid" });
  });

  it("beyond every double is invalid, not infinite", () => {
    const dear = createCostEngine({
      overrides: { m: { input_cost_per_token: 1e308, output_cost_per_token: 0 } },
    });
    expect(dear.price({ model: "m", usage: usage(10, 0) })).toMatchObject({ status: "invalid", cost: null });
  });

  it("knows one compat", () => {
    expect(() => createCostEngine({ compat: "other" as never })).toThrow('compat: "other" is not "litellm"');
  });

  it("of an override with a price that is not understood is refused, not half charged", () => {
    const overrides = { m: { input_cost_per_token: 1e-6, input_cost_per_token_above_200k_tokens: 2e-6 } };
    expect(() => createCostEngine({ overrides })).toThrow("input_cost_per_token_above_200k_tokens of m");
  });
});

describe("every price", () => {
  const counts = fc.record({
    prompt: fc.nat(1e6),
    completion: fc.nat(1e6),
    cached: fc.nat(1e6),
    reasoning: fc.nat(1e6),
  });
  const models = fc.constantFrom("gpt-4o", "gpt-4o-mini", "gpt-3.5-turbo", "o1");
  const priceOf = (model: string, { prompt, completion, cached, reasoning }: Record<string, number>) =>
    engine.price({
      model,
      usage: usage(prompt ?? 0, completion ?? 0, { cached_tokens: cached }, { reasoning_tokens: reasoning }),
    });

  it("is the sum of its lines", () => {
    fc.assert(
      fc.property(models, counts, (model, each) => {
        const { exact, lines } = priceOf(model, each);
        expect(sumExact(lines.map(({ amount }) => amount))).toBe(exact);
      }),
    );
  });

  it("is never negative, and never less for more output", () => {
    fc.assert(
      fc.property(models, counts, fc.nat(1000), (model, each, more) => {
        const { exact } = priceOf(model, each);
        const { exact: larger } = priceOf(model, { ...each, completion: each.completion + more });
        expect(compareExact(exact ?? "-1", "0")).toBeGreaterThanOrEqual(0);
        expect(compareExact(larger ?? "-1", exact ?? "0")).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("explain", () => {
  it("writes the bill for a pocket calculator", () => {
    expect(explain(engine.price({ model: "gpt-4o", usage: usage(66, 41) }))).toBe(
      [
        "input: 66 × 0.0000025 = 0.000165 USD",
        "output: 41 × 0.00001 = 0.00041 USD",
        "total: 0.000575 USD (gpt-4o, litellm 2026-08-01)",
      ].join("\n"),
    );
  });

  it("says why there is no bill", () => {
    expect(explain(engine.price({ model: "gpt-4o", usage: null }))).toBe(
      "no_usage: the tokens of the call are unknown",
    );
  });
});
