import { describe, expect, it } from "vitest";

import { audit, createCostEngine } from "../src/index.js";
import { payload, prices, usage } from "./audit-documents.js";

const engine = createCostEngine({ overrides: prices });

type Case = [title: string, document: object, claimed: number, code: string, message: string];

const cases: Case[] = [
  // 1000 × 1e-6 + 100 × 5e-6 = 0.0015
  [
    "flex at the standard price: 1000 × 2e-6 + 100 × 1e-5",
    payload("tiered", null, { response: { usage: usage(1000, 100), service_tier: "flex" } }),
    0.003,
    "tier-not-applied",
    "0.003 USD is 1000 × 0.000002 + 100 × 0.00001, the standard price, and the document says flex",
  ],
  [
    "the standard tier at the price of flex: 1000 × 1e-6 + 100 × 5e-6",
    payload("tiered", usage(1000, 100), {}),
    0.0015,
    "other-tier",
    "0.0015 USD is 1000 × 0.000001 + 100 × 0.000005, the price of flex, and the document names no tier",
  ],
  [
    "what was asked as priority and served as default: 1000 × 4e-6 + 100 × 2e-5",
    payload("tiered", null, {
      model_parameters: { service_tier: "priority" },
      response: { usage: usage(1000, 100), service_tier: "default" },
    }),
    0.006,
    "other-tier",
    "0.006 USD is 1000 × 0.000004 + 100 × 0.00002, the price of priority, and the document says default",
  ],
  [
    "the standard tier at the price of a batch: 1000 × 5e-7 + 100 × 2.5e-6",
    payload("tiered", usage(1000, 100), {}),
    0.00075,
    "other-tier",
    "0.00075 USD is 1000 × 0.0000005 + 100 × 0.0000025, the price of a batch, and the document names no tier",
  ],
  [
    "a batch at the standard price: 1000 × 2e-6 + 100 × 1e-5",
    payload("tiered", usage(1000, 100), { call_type: "aretrieve_batch" }),
    0.003,
    "batch-not-applied",
    "0.003 USD is 1000 × 0.000002 + 100 × 0.00001, the standard price, and the document says batch",
  ],
  [
    "an answer of the proxy's cache at its price: 1000 × 2e-6 + 100 × 1e-5",
    payload("plain", usage(1000, 100), { cache_hit: true }),
    0.003,
    "cache-hit-billed",
    "0.003 USD is 1000 × 0.000002 + 100 × 0.00001, and the answer came from the proxy's cache, for nothing",
  ],
  // 1000 × 2e-6 + 100 × 1e-5 = 0.003
  [
    "the input alone",
    payload("plain", usage(1000, 100), {}),
    0.002,
    "input-only",
    "0.002 USD is 1000 × 0.000002, the input alone",
  ],
  [
    "the output alone",
    payload("plain", usage(1000, 100), {}),
    0.001,
    "output-only",
    "0.001 USD is 100 × 0.00001, the output alone",
  ],
  [
    "prices by a thousand taken for prices by one",
    payload("plain", usage(1000, 100), {}),
    3,
    "per-million-slip",
    "3 USD is 0.003 USD times 1000",
  ],
  [
    "a price that is divided by a million twice",
    payload("plain", usage(1000, 100), {}),
    3e-9,
    "per-million-slip",
    "0.000000003 USD is 0.003 USD divided by 1000000",
  ],
  // 10 × 2e-6 + 25 × 1e-5 = 0.00027
  [
    "four digits of 0.00027",
    payload("plain", usage(10, 25), {}),
    0.0003,
    "rounded",
    "0.0003 USD is 0.00027 USD rounded to 4 decimal places",
  ],
  [
    "a cost that is too small to be shown",
    payload("plain", usage(10, 25), {}),
    0,
    "rounded",
    "0 USD is 0.00027 USD rounded to 2 decimal places",
  ],
  [
    "another count of the completion: 10 × 2e-6 + 30 × 1e-5",
    payload("plain", usage(10, 25), {}),
    0.00032,
    "output-tokens",
    "0.00032 USD is the price of 30 completion tokens, and the document says 25",
  ],
  [
    "another count of the prompt: 20 × 2e-6 + 25 × 1e-5",
    payload("plain", usage(10, 25), {}),
    0.00029,
    "input-tokens",
    "0.00029 USD is the price of 20 prompt tokens, and the document says 10",
  ],
  [
    "tokens where the document has none: 30 × 1e-5",
    payload("plain", usage(0, 0), {}),
    0.0003,
    "output-tokens",
    "0.0003 USD is the price of 30 completion tokens, and the document says 0",
  ],
  // 4000 × 2e-6 + 6000 × 1e-6 + 100 × 1e-5 = 0.008 + 0.006 + 0.001 = 0.015
  [
    "another count beside a cache: 7000 × 2e-6 + 0.006 + 0.001",
    payload("cached", usage(10_000, 100, { cached_tokens: 6000 }), {}),
    0.021,
    "input-tokens",
    "0.021 USD is the price of 7000 uncached prompt tokens, and the document says 4000",
  ],
  [
    "another count where all of the prompt is cached: 1000 × 2e-6 + 0.006 + 0.001",
    payload("cached", usage(6000, 100, { cached_tokens: 6000 }), {}),
    0.009,
    "input-tokens",
    "0.009 USD is the price of 1000 uncached prompt tokens, and the document says 0",
  ],
  // 600 × 2e-6 + 400 × 2e-6 + 100 × 1e-5 = 0.003, audio at the input rate for want of one
  [
    "another count beside audio: 700 × 2e-6 + 0.0008 + 0.001",
    payload("plain", usage(1000, 100, { audio_tokens: 400 }), {}),
    0.0032,
    "input-tokens",
    "0.0032 USD is the price of 700 text prompt tokens, and the document says 600",
  ],
  // 100 × 2e-6 + 100 × 1e-5 + 200 × 2e-5 = 0.0002 + 0.001 + 0.004 = 0.0052
  [
    "another count beside reasoning: 0.0002 + 130 × 1e-5 + 0.004",
    payload("cached", usage(100, 300, {}, { reasoning_tokens: 200 }), {}),
    0.0055,
    "output-tokens",
    "0.0055 USD is the price of 130 non-reasoning completion tokens, and the document says 100",
  ],
  [
    "another count of a prompt without parts beside reasoning: 250 × 2e-6 + 0.005",
    payload("cached", usage(100, 300, {}, { reasoning_tokens: 200 }), {}),
    0.0055,
    "input-tokens",
    "0.0055 USD is the price of 250 prompt tokens, and the document says 100",
  ],
  // 2,000,000 × 2e-6 + 25 × 1e-5
  [
    "the largest count that is likely of a short prompt",
    payload("plain", usage(10, 25), {}),
    4.00025,
    "input-tokens",
    "4.00025 USD is the price of 2000000 prompt tokens, and the document says 10",
  ],
  // 3,000,000 × 2e-6 + 10 × 1e-5
  [
    "the largest count that is likely of a long prompt, a hundred times its own",
    payload("plain", usage(30_000, 10), {}),
    6.0001,
    "input-tokens",
    "6.0001 USD is the price of 3000000 prompt tokens, and the document says 30000",
  ],
];

describe("a mismatch names", () => {
  it.each(cases)("%s", (_, document, claimed, code, message) => {
    const { verdict, claims } = audit({ ...document, response_cost: claimed }, { engine });
    expect(verdict).toBe("mismatch");
    expect(claims[0]?.causes).toContainEqual({ code, message });
  });
});

describe("the causes of a mismatch", () => {
  const codes = (document: object, response_cost: number) =>
    audit({ ...document, response_cost }, { engine }).claims[0]?.causes.map(({ code }) => code);

  it("have no count that no call can have", () => {
    // 7000 × 2e-6 + 700 × 1e-5 = 0.021, and 21 is of 10,496,500 prompt tokens or 2,098,600 completion tokens.
    expect(codes(payload("plain", usage(7000, 700), {}), 21)).toEqual(["per-million-slip"]);
    // One token more than two million, or than a hundred times the document's own.
    expect(codes(payload("plain", usage(10, 25), {}), 4.000252)).not.toContain("input-tokens");
    expect(codes(payload("plain", usage(30_000, 10), {}), 6.000102)).not.toContain("input-tokens");
  });

  it("begin with one side alone where another tier fits as well", () => {
    // 1000 × 2e-6 + 200 × 1e-5 = 0.002 + 0.002, and flex is half of both.
    expect(codes(payload("tiered", usage(1000, 200), {}), 0.002)).toEqual([
      "input-only",
      "output-only",
      "other-tier",
      "input-tokens",
      "output-tokens",
    ]);
  });

  it("begin with the tier that the document names where one side alone fits as well", () => {
    // 1000 × 4e-6 + 200 × 2e-5 = 0.004 + 0.004, and the standard price is half of both.
    const response = { usage: usage(1000, 200), service_tier: "priority" };
    expect(codes(payload("tiered", null, { response }), 0.004)?.slice(0, 2)).toEqual([
      "tier-not-applied",
      "input-only",
    ]);
  });
});
