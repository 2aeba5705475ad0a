import { describe, expect, it } from "vitest";

import { catalog } from "../src/catalog/all.js";
import { audit, createCostEngine } from "../src/index.js";
import { batch, completion, payload, usage } from "./audit-documents.js";

const engine = createCostEngine({ catalog });
const thrown = () => {
  throw new Error("hostile");
};
const trap = new Proxy({}, { get: thrown, has: thrown, ownKeys: thrown, getOwnPropertyDescriptor: thrown });
const cycle: Record<string, unknown> = { id: "x", status: "success", model: "gpt-4o", response_cost: 1 };
cycle.response = cycle;
cycle.usage = cycle;
cycle.cost_breakdown = cycle;
cycle.hidden_params = cycle;
let deep: unknown = 1;
for (let depth = 0; depth < 100_000; depth++) deep = { body: deep, usage: deep, cost: deep };
const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`cache${index}`, index]));

describe("the audit never throws on", () => {
  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a number", 1],
    ["text", "text"],
    ["a list", []],
    ["an empty object", {}],
    ["events that are none", { batch: [null, 1, "x", [], { body: 1 }, { type: 7, body: [] }] }],
    ["a batch that is no list", { batch: { length: 1e9 } }],
    ["a proxy that throws", trap],
    ["a proxy in a batch", { batch: [trap] }],
    ["a proxy as a generation", { batch: [{ type: "generation-create", body: trap }] }],
    ["a proxy as usage of a completion", completion("gpt-4o", trap)],
    [
      "a getter that throws",
      Object.defineProperty({ batch: [] }, "batch", { get: thrown, enumerable: true }),
    ],
  ])("%s, and finds no cost there", (_, document) => {
    expect(audit(document, { engine })).toEqual({
      verdict: "unverifiable",
      claims: [],
      reason: expect.stringMatching(/^(?:this is no payload|the document (?:states no cost|cannot be read))/),
    });
  });

  it.each<[string, unknown]>([
    ["a cycle", cycle],
    ["a proxy as a response", payload("gpt-4o", null, { response: trap, response_cost: 1 })],
    ["deep nesting", payload("gpt-4o", null, { response: deep, hidden_params: deep, response_cost: 1 })],
    [
      "a proxy as tokens",
      payload("gpt-4o", { input: trap, output: trap, cacheRead: 1 }, { response_cost: 1 }),
    ],
    [
      "a proxy as choices",
      payload("gpt-4o", null, { response: { usage: usage(1, 1), choices: [trap] }, response_cost: 1 }),
    ],
    ["a cost beyond every price", payload("gpt-4o", usage(1, 1), { response_cost: 1.7e308 })],
    ["the smallest cost", payload("gpt-4o", usage(1, 1), { response_cost: 5e-324 })],
    ["the largest counts", payload("gpt-4o", usage(2 ** 53 - 2, 1), { response_cost: 1 })],
    [
      "counts that are fractions",
      batch({ model: "gpt-4o", usageDetails: { input: 0.5, output: -1 }, costDetails: { total: 1 } }),
    ],
    ["endless ticks", completion("grok-4", { ...usage(1, 1), cost_in_usd_ticks: Number.POSITIVE_INFINITY })],
    [
      "names of the prototype",
      payload("constructor", usage(1, 1), { response_cost: 1, custom_llm_provider: "__proto__" }),
    ],
    [
      "a discount of more than all",
      payload("gpt-4o", usage(1, 1), { response_cost: 1, cost_breakdown: { discount_percent: 7 } }),
    ],
    ["many buckets", batch({ model: "gpt-4o", usageDetails: many, costDetails: { input: 1, ...many } })],
  ])("%s, and says what it can of the cost", (_, document) => {
    const { claims } = audit(document, { engine });
    expect(claims.length).toBeGreaterThan(0);
    for (const { verdict, causes, reason } of claims) {
      expect(["match", "mismatch", "unverifiable"]).toContain(verdict);
      expect(verdict !== "unverifiable" || typeof reason === "string").toBe(true);
      for (const { message } of causes) expect(message.length).toBeLessThan(2000);
    }
  });

  it("a member that throws, and keeps the costs of the others", () => {
    const broken = (members: object, name: string) =>
      Object.defineProperty({ ...members }, name, { get: thrown, enumerable: true });
    const hidden_params = { response_cost: 2 };
    const found = (document: object) =>
      audit(document, { engine }).claims.map(({ path, verdict, reason }) => [path, verdict, reason]);
    const unread = ["unverifiable", "the call cannot be read"];
    expect(
      found(payload("gpt-4o", null, { response: trap, response_cost: 1, hidden_params, waybill: trap })),
    ).toEqual([
      ["/response_cost", ...unread],
      ["/hidden_params/response_cost", ...unread],
    ]);
    const breakdown = { cost_breakdown: broken({ total_cost: 0.000225 }, "tool_usage_cost") };
    expect(found(broken(payload("gpt-4o", usage(10, 20), breakdown), "response_cost"))).toEqual([
      ["/cost_breakdown/total_cost", "match", undefined],
    ]);
    expect(found(completion("gpt-4o", { ...usage(10, 20), cost: 1 }, { hidden_params: trap }))).toHaveLength(
      1,
    );
    expect(found(completion("gpt-4o", trap, { hidden_params }))).toEqual([
      ["/hidden_params/response_cost", ...unread],
    ]);
  });

  it("an event that throws, and audits the others", () => {
    const generation = {
      model: "gpt-4o",
      usageDetails: { input: 10, output: 20 },
      costDetails: { total: 0.000225 },
    };
    const events = [trap, { type: "generation-create", body: generation }];
    expect(audit({ batch: events }, { engine }).claims).toMatchObject([
      { path: "/batch/1/body/costDetails/total", verdict: "match" },
    ]);
  });

  it("a batch of ten thousand wrong generations, and takes time in proportion to them", () => {
    const generations = (length: number) => ({
      batch: Array.from({ length }, (_, index) => ({
        type: "generation-create",
        timestamp: "2026-07-01T00:00:00Z",
        body: {
          id: `g${index}`,
          model: "claude-sonnet-4-5",
          usageDetails: { input: 100 + index, output: 50, cache_read_input_tokens: 400 },
          costDetails: { total: 0.5 + index / 7 },
          metadata: { litellm_response_cost: 0.5 },
        },
      })),
    });
    const time = (length: number) => {
      const document = generations(length);
      const start = performance.now();
      expect(audit(document, { engine }).claims).toHaveLength(2 * length);
      return performance.now() - start;
    };
    time(1000);
    // Quadratic time would be a hundred times as long.
    expect(time(10_000)).toBeLessThan(30 * time(1000) + 100);
  });
});
