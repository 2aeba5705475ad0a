import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { catalog } from "../src/catalog/all.js";
import {
  addExact,
  compareExact,
  createCostEngine,
  explain,
  sumExact,
  type LitellmEntry,
} from "../src/index.js";

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
    [
      "a count is impossible",
      { model: "gpt-4o", usage: usage(-1, 1) },
      "invalid",
      /^\/usage\/prompt_tokens is -1/,
    ],
    [
      "the tier is unknown",
      { model: "gpt-4o", usage: usage(1, 1), serviceTier: "turbo" },
      "unpriced",
      /^\/serviceTier is "turbo"/,
    ],
    ["the time is none", { model: "gpt-4o", usage: usage(1, 1), at: "yesterday" }, "invalid", /^\/at /],
    ["a discount is a loss", { model: "gpt-4o", usage: usage(1, 1), discount: 2 }, "invalid", /^\/discount /],
    ["a margin is negative", { model: "gpt-4o", usage: usage(1, 1), margin: -1 }, "invalid", /^\/margin/],
    [
      "a measure is negative",
      { model: "whisper-1", durationSeconds: -1 },
      "invalid",
      /^\/durationSeconds is -1/,
    ],
    ["a measure is unknown", { model: "whisper-1", usage: {} }, "no_usage", /durationSeconds/],
    [
      "the tools are impossible",
      { model: "gpt-4o", usage: usage(1, 1), tools: { codeInterpreterSessions: Number.NaN } },
      "invalid",
      /^\/tools\/codeInterpreterSessions is NaN/,
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
    ["usage that is empty, and no model", { usage: Proxy.revocable({}, {}).proxy, model: 5 }, "unpriced"],
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
    expect(() => createCostEngine({ compat: "other" as never })).toThrow('compat: other is not "litellm"');
  });

  it.each([
    ["negative", { input_cost_per_token: -1 }, "/overrides/my~1model/input_cost_per_token is -1"],
    ["a word", { output_cost_per_token: "cheap" }, '/overrides/my~1model/output_cost_per_token is "cheap"'],
    [
      "infinite",
      { cache_read_input_token_cost: 1 / 0 },
      "/overrides/my~1model/cache_read_input_token_cost is Infinity",
    ],
    [
      "of no range",
      { tiered_pricing: [{ range: [5, 1], input_cost_per_token: 1 }] },
      "/overrides/my~1model/tiered_pricing/0/range",
    ],
    ["no entry", 5, "/overrides/my~1model is no entry"],
  ])("of an override that is %s is invalid, and says where", (_, entry, reason) => {
    const own = createCostEngine({ overrides: { "my/model": entry as LitellmEntry } });
    const result = own.price({ model: "my/model", usage: usage(1, 1) });
    expect(result).toMatchObject({ status: "invalid", cost: null });
    expect(result.reason).toContain(reason);
  });

  it("of an override stands over the catalog's, key by key", () => {
    const overrides = { "gpt-4o": { output_cost_per_token: "2e-5", cache_read_input_token_cost: null } };
    const own = createCostEngine({ catalog, overrides, now: () => Date.parse("2026-09-01") });
    const call = { model: "openai/gpt-4o", usage: usage(1000, 10, { cached_tokens: 400 }) };
    // 600 × 2.5e-6 + 400 × 2.5e-6 (assumed) + 10 × 2e-5; of the tier 600 × 4.25e-6 + 400 × 2.125e-6 + 10 × 1.7e-5
    expect(own.price(call)).toMatchObject({ exact: "0.0027", catalog: "override of litellm 2026-08-01" });
    expect(own.price({ ...call, serviceTier: "priority" })).toMatchObject({ exact: "0.00357" });
  });

  it("that a provider states stands where the catalog has none, and says so", () => {
    const stated = (cost: object) =>
      engine.price({ model: "nobody/knows", usage: { ...usage(1, 1), ...cost } });
    expect(stated({ cost: 0.0012 })).toMatchObject({ status: "priced", exact: "0.0012", cost: 0.0012 });
    expect(stated({ cost: { total_cost: 0.5 } })).toMatchObject({ exact: "0.5" });
    expect(stated({ cost_in_usd_ticks: 123_456_789 })).toMatchObject({ exact: "0.0123456789" });
    expect(stated({ estimated_cost: 0.25 })).toMatchObject({ exact: "0.25" });
    const byok = { cost: 0.01, is_byok: true, cost_details: { upstream_inference_cost: 0.2 } };
    expect(stated(byok)).toMatchObject({ exact: "0.21" });
    expect(stated({ cost: 1 }).notes?.[0]).toContain("the amount is the provider's own");
    expect(engine.price({ model: "gpt-4o", usage: { ...usage(10, 20), cost: 1 } })).toMatchObject({
      exact: "0.000225",
    });
  });

  it("that OpenRouter or Perplexity states stands for the catalog's", () => {
    const routed = { model: "openrouter/openai/gpt-4o", usage: { ...usage(10, 20), cost: 0.5 } };
    expect(engine.price(routed)).toMatchObject({ exact: "0.5", prompt: null });
    const asked = {
      model: "sonar",
      provider: "perplexity",
      usage: { ...usage(10, 20), cost: { total_cost: 0.25 } },
    };
    expect(litellm.price(asked)).toMatchObject({ exact: "0.25", cost: 0.25 });
  });

  it("that a proxy reports stands for everything, and an answer from its cache costs nothing", () => {
    const call = { model: "gpt-4o", usage: usage(10, 20) };
    expect(engine.price({ ...call, reportedCost: "0.1" })).toMatchObject({
      status: "priced",
      exact: "0.1",
      cost: 0.1,
    });
    expect(engine.price({ ...call, cacheHit: true })).toMatchObject({ status: "free", exact: "0", cost: 0 });
    expect(engine.price({ ...call, reportedCost: "much" })).toMatchObject({ status: "invalid" });
  });

  it("is of the day of the call", () => {
    const call = { model: "o3", usage: usage(1000, 1000) };
    const at = (day: string | number | Date) => engine.price({ ...call, at: day }).exact;
    expect(at("2025-06-01")).toBe("0.05");
    expect(at("2025-06-09T23:59:59Z")).toBe("0.05");
    expect(at("2025-06-10")).toBe("0.01");
    expect(at(Date.parse("2025-06-01") / 1000)).toBe("0.05");
    expect(at(new Date("2025-07-01"))).toBe("0.01");
    const before = engine.price({ ...call, at: "2020-01-01" });
    expect(before).toMatchObject({ exact: "0.05", interval: { basis: "assumed" } });
    expect(before.notes?.[0]).toContain("no price is known for that time");
  });
});

describe("an estimate", () => {
  it("is the most that a call can cost", () => {
    expect(engine.estimate({ model: "gpt-4o", promptTokens: 1000, maxTokens: 100 })).toMatchObject({
      exact: "0.0035",
    });
    expect(
      engine.estimate({ model: "gpt-4o", promptTokens: 1000, cachedTokens: 400, maxTokens: 0 }),
    ).toMatchObject({
      exact: "0.002",
    });
  });

  it("takes the model's own limit, and is unknown without one", () => {
    expect(engine.estimate({ model: "gpt-4o", promptTokens: 0 })).toMatchObject({ exact: "0.16384" });
    const own = createCostEngine({ overrides: { m: { input_cost_per_token: 1, output_cost_per_token: 1 } } });
    expect(own.estimate({ model: "m", promptTokens: 1 })).toMatchObject({ status: "no_usage", cost: null });
    expect(own.estimate({ model: "n", promptTokens: 1 })).toMatchObject({ status: "unpriced", cost: null });
    expect(own.estimate({ model: "m", promptTokens: -1, maxTokens: 1 })).toMatchObject({ status: "invalid" });
  });
});

describe("an amount", () => {
  it("is the price without its lines", () => {
    const used = usage(2006, 300, { cached_tokens: 1920 });
    const { cost, exact } = engine.price({ model: "gpt-4o", usage: used });
    expect(engine.amount(engine.resolve("gpt-4o"), used)).toEqual({ cost, exact });
    expect(engine.amount(engine.resolve("gpt-4o"), null)).toBeNull();
    expect(engine.amount(engine.resolve("nobody"), used)).toBeNull();
  });
});

describe("the history of prices", () => {
  it("has every price that was, oldest first", () => {
    const dates = engine.priceHistory("o3").map(({ from, to, basis }) => [from, to, basis]);
    expect(dates.slice(0, 2)).toEqual([
      ["2025-04-16", "2025-06-10", "observed"],
      ["2025-06-10", "2025-09-23", "effective"],
    ]);
    expect(engine.priceHistory("nobody")).toEqual([]);
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

describe("every price of counts that do not overlap", () => {
  it("is never less for more of any of them", () => {
    const count = fc.nat(300_000);
    const input = { text: count, cacheRead: count, cacheWrite5m: count, cacheWrite1h: count, audio: count };
    const output = { text: count, reasoning: count, audio: count };
    const call = fc.record({ input: fc.record(input), output: fc.record(output) });
    const names = fc.constantFrom(
      ...Object.keys(input).map((name) => ["input", name] as const),
      ...Object.keys(output).map((name) => ["output", name] as const),
    );
    const models = fc.constantFrom(
      "gpt-4o",
      "claude-sonnet-4-5",
      "gemini/gemini-2.5-pro",
      "gpt-5.4",
      "o3-mini",
    );
    type Counts = Record<string, Record<string, number>>;
    const priceOf = (model: string, { input: into, output: out }: Counts) => {
      const used = {
        input: { image: 0, video: 0, ...into },
        output: { image: 0, ...out },
        total: null,
        raw: null,
      };
      return engine.price({ model, usage: used }).exact ?? "-1";
    };
    fc.assert(
      fc.property(models, call, names, fc.nat(300_000), (model, counts, [side, name], more) => {
        const larger: Counts = structuredClone(counts);
        const part = larger[side] as Record<string, number>;
        part[name] = (part[name] ?? 0) + more;
        expect(compareExact(priceOf(model, larger), priceOf(model, counts))).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("a split call", () => {
  it("costs the same in parts where no threshold lies between", () => {
    const part = fc.record({ prompt: fc.nat(1000), completion: fc.nat(1000), cached: fc.nat(1000) });
    const priceOf = (
      model: string,
      { prompt, completion, cached }: { prompt: number; completion: number; cached: number },
    ) =>
      engine.price({ model, usage: usage(prompt + cached, completion, { cached_tokens: cached }) }).exact ??
      "-1";
    const models = fc.constantFrom(
      "gpt-4o",
      "claude-sonnet-4-5",
      "gemini/gemini-2.5-pro",
      "o3-mini",
      "deepseek-chat",
    );
    fc.assert(
      fc.property(models, part, part, (model, one, two) => {
        const both = {
          prompt: one.prompt + two.prompt,
          completion: one.completion + two.completion,
          cached: one.cached + two.cached,
        };
        expect(priceOf(model, both)).toBe(addExact(priceOf(model, one), priceOf(model, two)));
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
