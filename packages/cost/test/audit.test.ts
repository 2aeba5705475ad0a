import type { SchemaName } from "@waybill/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { catalog } from "../src/catalog/all.js";
import { audit, createCostEngine } from "../src/index.js";
import { batch, completion, july, payload, prices, seed, usage } from "./audit-documents.js";

const engine = createCostEngine({ catalog });
const none = "the document states no cost";
const unknown = "this is no payload, Langfuse batch or completion that is known; give its schema";
const at = (day: string) => Date.parse(day) / 1000;

describe("the audit of", () => {
  it("the payload seed verifies both of its costs to the last bit", () => {
    const { verdict, claims } = audit(seed("standard-logging-payload"), { engine });
    expect(verdict).toBe("match");
    expect(claims.map(({ path, claimed, computed }) => [path, Object.is(claimed, computed)])).toEqual([
      ["/response_cost", true],
      ["/hidden_params/response_cost", true],
    ]);
  });

  it("the first batch seed names the two stale costs and what explains them", () => {
    const { verdict, claims } = audit(seed("langfuse-batch-without-output"), { engine });
    expect(verdict).toBe("mismatch");
    expect(claims.map(({ path, verdict: each }) => [path, each])).toEqual([
      ["/batch/1/body/usage/totalCost", "match"],
      ["/batch/1/body/metadata/litellm_response_cost", "mismatch"],
      ["/batch/1/body/metadata/hidden_params/response_cost", "mismatch"],
    ]);
    expect(claims[0]?.computed).toBe(1.9999999999999998e-5);
    expect(claims[1]?.causes.map(({ message }) => message)).toContain(
      "0.000035 USD is the price of 20 completion tokens, and the document says 10",
    );
  });

  it("the second batch seed verifies all of its costs", () => {
    expect(audit(seed("langfuse-batch-with-output"), { engine }).verdict).toBe("match");
  });

  it("a document whose schema is given does not look for another", () => {
    const document = { usage: { ...usage(10, 20), cost: 0.000225 }, model: "gpt-4o" };
    expect(audit(document, { engine }).claims).toEqual([]);
    expect(audit(document, { engine, schema: "chat-completion" }).verdict).toBe("match");
    expect(audit(document, { engine, schema: "recording" }).claims).toEqual([]);
  });

  it.each<[string, unknown, SchemaName | undefined, reason: string]>([
    ["what no schema is known of", { hello: 1 }, undefined, unknown],
    ["usage by itself", usage(10, 20), undefined, unknown],
    [
      "a payload that lacks its own members",
      { model: "gpt-4o", prompt_tokens: 10, completion_tokens: 20, response_cost: 0.000225 },
      undefined,
      `${unknown}, as in { schema: "standard-logging-payload" }`,
    ],
    [
      "a recording",
      { request: {}, response: {} },
      undefined,
      'no cost is looked for in a document of the schema "recording"',
    ],
    [
      "a schema that states no costs",
      { response_cost: 1 },
      "usage",
      'no cost is looked for in a document of the schema "usage"',
    ],
    ["a payload without a cost", payload("gpt-4o", usage(10, 20), {}), undefined, none],
    ["a batch without a cost", batch({ model: "gpt-4o" }), undefined, none],
    ["an empty batch", { batch: [] }, undefined, none],
    ["a completion without a cost", completion("gpt-4o", usage(10, 20)), undefined, none],
    [
      "a payload's cost as text",
      payload("gpt-4o", usage(10, 20), { response_cost: "0.000225" }),
      undefined,
      "/response_cost is text, and a cost is a number",
    ],
    [
      "several costs as text",
      payload("gpt-4o", usage(10, 20), { response_cost: "1", hidden_params: { response_cost: "1" } }),
      undefined,
      "/response_cost is text, and a cost is a number (and 1 more)",
    ],
    [
      "a bucket's cost as text",
      batch({ model: "gpt-4o", costDetails: { "a/b": "1" } }),
      undefined,
      "/batch/0/body/costDetails/a~1b is text, and a cost is a number",
    ],
    [
      "a completion's cost as text",
      completion("gpt-4o", { ...usage(10, 20), cost: "1" }),
      undefined,
      "/usage/cost is text, and a cost is a number",
    ],
  ])("%s has no claims, and says why", (_, document, schema, reason) => {
    expect(audit(document, { engine, ...(schema && { schema }) })).toEqual({
      verdict: "unverifiable",
      claims: [],
      reason,
    });
  });

  it("a payload that lacks its own members, with its schema, is one as any other", () => {
    const document = { model: "gpt-4o", prompt_tokens: 10, completion_tokens: 20, response_cost: 0.000225 };
    const report = audit(document, { engine, schema: "standard-logging-payload" });
    expect(report).toMatchObject({ verdict: "match", claims: [{ path: "/response_cost" }] });
    expect(report).not.toHaveProperty("reason");
  });

  it("a claim is a match within the last bits, and a mismatch beyond", () => {
    const claim = (response_cost: number) =>
      audit(payload("gpt-4o", usage(10, 20), { response_cost }), { engine }).verdict;
    // In another order of summing up, and a billionth more and less.
    expect([claim(0.000225), claim(0.00022500000000000002), claim(0.000225 * (1 + 9e-10))]).toEqual(
      Array.from({ length: 3 }, () => "match"),
    );
    expect([claim(0.000225 * (1 + 2e-9)), claim(0.000225 * (1 - 2e-9))]).toEqual(["mismatch", "mismatch"]);
  });
});

describe("the time of the document decides the price, so that", () => {
  // o3: 1000 × 1e-5 + 1000 × 4e-5 = 0.05 before 2025-06-10, and 1000 × 2e-6 + 1000 × 8e-6 = 0.01 since.
  const used = usage(1000, 1000);
  const details = { input: 1000, output: 1000, total: 2000 };
  const generation = { model: "o3", usageDetails: details, costDetails: { total: 0.05 } };

  it.each<[string, object, exact: string]>([
    [
      "a payload of 9 June has the old price",
      payload("o3", used, { startTime: at("2025-06-09T23:59:59Z") }),
      "0.05",
    ],
    ["a payload of 10 June has the new one", payload("o3", used, { startTime: at("2025-06-10") }), "0.01"],
    [
      "an old payload's text is a time",
      payload("o3", used, { startTime: "2025-06-09 23:59:59.999999" }),
      "0.05",
    ],
    ["a payload of today has the new price", payload("o3", used, { startTime: july }), "0.01"],
    ["a payload without a time has the price of now", payload("o3", used, { startTime: null }), "0.01"],
    ["a time that cannot be is none", payload("o3", used, { startTime: "soon" }), "0.01"],
    ["the epoch is no time", payload("o3", used, { startTime: 0 }), "0.01"],
    ["a generation's start counts", batch({ ...generation, startTime: "2025-06-09T23:00:00-08:00" }), "0.01"],
    [
      "a generation's start has a zone",
      batch({ ...generation, startTime: "2025-06-10T03:00:00+04:00" }),
      "0.05",
    ],
    [
      "an event's time counts where the generation has none",
      { batch: [{ type: "generation-create", timestamp: "2025-06-01T00:00:00Z", body: generation }] },
      "0.05",
    ],
    [
      "the epoch stands for no start of a generation",
      {
        batch: [
          {
            type: "generation-create",
            timestamp: "2025-06-01T00:00:00Z",
            body: { ...generation, startTime: "1970-01-01T00:00:00.000000Z" },
          },
        ],
      },
      "0.05",
    ],
    [
      "a completion's creation counts",
      completion("o3", { ...used, cost: 0.05 }, { created: at("2025-06-01") }),
      "0.05",
    ],
    [
      "a completion's creation may be in milliseconds",
      completion("o3", { ...used, cost: 0.05 }, { created: Date.parse("2025-06-01") }),
      "0.05",
    ],
  ])("%s", (_, document, exact) => {
    const { claims } = audit({ response_cost: 0.05, ...document }, { engine });
    expect(claims[0]).toMatchObject({ exact, verdict: exact === "0.05" ? "match" : "mismatch" });
  });

  it("a new document at the old price is stale", () => {
    const { claims } = audit(payload("o3", used, { response_cost: 0.05, startTime: at("2025-07-01") }), {
      engine,
    });
    expect(claims[0]?.causes[0]).toEqual({
      code: "stale-price",
      message:
        "0.05 USD is 1000 × 0.00001 + 1000 × 0.00004, the price of 2025-04-16 to 2025-06-10, and at the time of the document it is that of 2025-06-10 to 2025-09-23",
    });
  });

  it("an old document at the new price is not of its time", () => {
    const { claims } = audit(payload("o3", used, { response_cost: 0.01, startTime: at("2025-06-01") }), {
      engine,
    });
    expect(claims[0]?.causes.map(({ code }) => code)).toContain("other-interval");
  });
});

describe("what the engine wrote", () => {
  const names = [
    "gpt-4o",
    "gpt-3.5-turbo",
    "o1",
    "claude-sonnet-4-5",
    "gemini/gemini-2.5-pro",
    "xai/grok-4",
    "gpt-5-mini",
  ];
  const tokens = fc.nat({ max: 300_000 });
  const call = fc.record({
    model: fc.constantFrom(...names, "plain", "cached", "tiered", "long"),
    fresh: tokens,
    read: tokens,
    written: tokens,
    hour: tokens,
    answer: tokens,
    thought: tokens,
    tier: fc.constantFrom("default", "flex", "priority"),
    time: fc.integer({ min: at("2024-01-01"), max: at("2026-10-01") }),
    compat: fc.constantFrom("litellm" as const, undefined),
  });
  const engines = {
    litellm: createCostEngine({ catalog, overrides: prices, compat: "litellm" }),
    waybill: createCostEngine({ catalog, overrides: prices }),
  };

  it("is a match, whatever the call and the document", () => {
    fc.assert(
      fc.property(call, ({ model, fresh, read, written, hour, answer, thought, tier, time, compat }) => {
        const own = engines[compat ?? "waybill"];
        const input = { cached_tokens: read, cache_creation_tokens: written + hour };
        const split = { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: hour };
        const used = {
          ...usage(fresh + read + written + hour, answer + thought, input, { reasoning_tokens: thought }),
          ...(hour > 0 ? { cache_creation: split } : {}),
        };
        const {
          cost,
          exact,
          prompt,
          completion: made,
          lines,
        } = own.price({ model, usage: used, at: time, serviceTier: tier });
        const documents = [
          payload(model, null, {
            startTime: time,
            response: { usage: used, service_tier: tier },
            response_cost: cost,
            hidden_params: { response_cost: cost },
            cost_breakdown: { input_cost: prompt, output_cost: made, total_cost: cost },
            waybill: { cost: { exact } },
          }),
          completion(model, { ...used, cost, service_tier: tier }, { created: time }),
          langfuse(lines, { model, cost, prompt, made, tier, time }),
        ];
        for (const document of documents) {
          const report = audit(document, { engine: own });
          expect(report.claims.filter(({ verdict }) => verdict !== "match")).toEqual([]);
          expect(report.verdict).toBe("match");
        }
      }),
      { numRuns: 500 },
    );
  });

  /** A generation with disjoint buckets, as exporters write it from the lines of a bill. */
  function langfuse(
    lines: readonly { kind: string; count: number; amount: string }[],
    { model, cost, prompt, made, tier, time }: { [name: string]: unknown },
  ): object {
    const buckets: Record<string, string> = {
      input: "input",
      cache_read: "input_cached_tokens",
      cache_write: "input_cache_creation_5m",
      cache_write_1h: "input_cache_creation_1h",
      output: "output",
      reasoning: "output_reasoning_tokens",
    };
    const byBucket = (value: (line: { count: number; amount: string }) => number) =>
      Object.fromEntries(lines.map((line) => [buckets[line.kind] ?? line.kind, value(line)]));
    const counts = { input: 0, output: 0, ...byBucket(({ count }) => count) };
    return batch({
      model,
      startTime: new Date((time as number) * 1000).toISOString(),
      modelParameters: { service_tier: tier },
      usageDetails: { ...counts, total: Object.values(counts).reduce((sum, each) => sum + each, 0) },
      costDetails: { ...byBucket(({ amount }) => Number(amount)), total: cost },
      usage: { totalCost: cost, inputCost: prompt, outputCost: made },
    });
  }
});
