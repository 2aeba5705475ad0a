import type { CostLine, CostResult } from "@waybill/core";
import { lint } from "@waybill/core";
import { describe, expect, it } from "vitest";

import { build, cost, without } from "./calls.js";

const line = (kind: string, amount: string, source?: string, count = 1): CostLine => ({
  kind,
  count,
  rate: "1",
  amount,
  ...(source === undefined ? {} : { source }),
});
const priced = (total: number, prompt: number, completion: number, lines: CostLine[]): CostResult => ({
  ...cost,
  cost: total,
  prompt,
  completion,
  lines,
});

/** Sums of doubles differ in their last bits. */
const rounded = (amounts: object) =>
  JSON.parse(
    JSON.stringify(amounts, (_, value: unknown) =>
      typeof value === "number" ? Number(value.toFixed(9)) : value,
    ),
  ) as unknown;

describe("cost_breakdown", () => {
  it.each<[what: string, price: CostResult, breakdown: object]>([
    [
      "cache inside the input, reasoning inside the output",
      priced(10, 4, 6, [
        line("input", "1"),
        line("cache_read", "1"),
        line("cache_write_1h", "2"),
        line("output", "5"),
        line("reasoning", "1"),
      ]),
      {
        input_cost: 4,
        output_cost: 6,
        tool_usage_cost: 0,
        total_cost: 10,
        cache_read_cost: 1,
        cache_creation_cost: 2,
        reasoning_cost: 1,
      },
    ],
    [
      "tools beside them",
      priced(13, 4, 6, [
        line("input", "4"),
        line("output", "6"),
        line("web_search", "2"),
        line("file_search", "1"),
      ]),
      { input_cost: 4, output_cost: 6, tool_usage_cost: 3, total_cost: 13 },
    ],
    [
      "searches that stand inside the output",
      priced(10, 4, 6, [line("input", "4"), line("output", "5"), line("web_search", "1")]),
      { input_cost: 4, output_cost: 6, tool_usage_cost: 0, total_cost: 10 },
    ],
    [
      "costs of the caller's own, discount and margin",
      priced(12.1, 4, 6, [
        line("input", "4"),
        line("output", "6"),
        line("fee", "2", "additionalCosts"),
        line("discount", "-1.2", "discount", 0.1),
        line("margin", "1.08", "margin", 0.1),
        line("margin_fixed", "0.22", "margin"),
      ]),
      {
        input_cost: 4,
        output_cost: 6,
        tool_usage_cost: 0,
        total_cost: 12.1,
        additional_costs: { fee: 2 },
        original_cost: 12,
        discount_percent: 0.1,
        discount_amount: 1.2,
        margin_percent: 0.1,
        margin_fixed_amount: 0.22,
        margin_total_amount: 1.3,
      },
    ],
  ])("has %s", (_, price, breakdown) => {
    const payload = build({ cost: price });
    const found = payload.cost_breakdown as object;
    expect(rounded(found)).toEqual(rounded(breakdown));
    const codes = lint("standard-logging-payload", payload).map(({ code }) => code);
    expect(codes).not.toContain("cost-breakdown");
    expect(codes).not.toContain("cost-breakdown-sum");
  });

  it.each<[what: string, price: CostResult]>([
    ["does not add up", priced(11, 4, 6, [line("input", "4"), line("output", "6")])],
    ["is not divided", { ...cost, prompt: null, completion: null }],
    ["has no lines", { ...cost, lines: [] }],
  ])("is left out when the price %s", (_, price) => {
    expect(build({ cost: price })).not.toHaveProperty("cost_breakdown");
  });
});

describe("the cost", () => {
  it("of a hit is nothing, and what it would have been is saved", () => {
    expect(build({ cache: { hit: true } })).toMatchObject({
      response_cost: 0,
      saved_cache_cost: cost.cost,
      response_cost_failure_debug_info: null,
      waybill: { cost: { status: "free", exact: "0", lines: [{ kind: "cache_hit", amount: "0" }] } },
    });
  });

  it("of a hit whose saving is unknown says so", () => {
    const payload = build({ ...without("cost"), cache: { hit: true } });
    expect(payload.saved_cache_cost).toBeNull();
  });

  it("of a miss is the price", () => {
    expect(build({ cache: { hit: false, key: "k" } })).toMatchObject({
      cache_hit: false,
      cache_key: "k",
      response_cost: cost.cost,
      saved_cache_cost: 0,
    });
  });

  it.each<[what: string, price: unknown, reason: string]>([
    ["text", "0.1", "a cost that is no object"],
    ["below 0", { ...cost, cost: -1 }, "a cost below 0"],
    ["of lines that are none", { ...cost, lines: [{ kind: "" }, ...cost.lines] }, "a line of cost.lines"],
    ["of a sum that is no decimal", { ...cost, exact: "1e-5" }, "cost.exact"],
    ["of a status that does not exist", { ...cost, status: "cheap" }, "cost.status"],
  ])("that is %s makes a record that says so", (_, price, reason) => {
    expect(build({ cost: price as CostResult }).waybill.degraded).toContain(reason);
  });

  it("was looked up under a name, and in an entry that the caller gives", () => {
    expect(build({ catalogEntry: { mode: "chat" } }).model_map_information).toEqual({
      model_map_key: "gpt-4o-2024-08-06",
      model_map_value: { mode: "chat" },
    });
    expect(build({ ...without("cost"), baseModel: "azure/gpt-4o" }).model_map_information).toEqual({
      model_map_key: "azure/gpt-4o",
      model_map_value: null,
    });
  });
});

it("takes over what a careful reader should know of a price", () => {
  const { waybill } = build({
    cost: { ...cost, inclusion: "cached in prompt", notes: ["a sum that is off"] },
  });
  expect(waybill.cost).toMatchObject({ inclusion: "cached in prompt", notes: ["a sum that is off"] });
});

describe("guardrails", () => {
  it.each([
    [["not_run", "blocked"], "guardrail_intervened"],
    [["failure"], "guardrail_failed_to_respond"],
    [["success", "blocked"], "success"],
    [["not_run"], "not_run"],
  ])("that ended %j give the status %s", (statuses, expected) => {
    const guardrails = statuses.map((guardrail_status) => ({ guardrail_status }));
    const { status_fields: fields } = build({ guardrails });
    expect(fields).toEqual({ llm_api_status: "success", guardrail_status: expected });
  });

  it("are recorded, without members that are of another type", () => {
    const guardrails = [
      { guardrail_name: "g", guardrail_status: "success", duration: "long", own: 1 },
    ] as never;
    const { guardrail_information, waybill } = build({ guardrails });
    expect(guardrail_information).toEqual([{ guardrail_name: "g", guardrail_status: "success", own: 1 }]);
    expect(waybill.degraded).toContain("guardrails.duration");
    expect(build().guardrail_information).toBeNull();
  });
});
