import { describe, expect, it } from "vitest";

import { audit, createCostEngine } from "../src/index.js";
import { batch, payload, prices, usage } from "./audit-documents.js";

const engine = createCostEngine({ overrides: prices });

type Case = [title: string, document: object, claimed: number, code: string, message: string];

/** The document's price, and what makes the claim. */
const cases: Case[] = [
  // 600 × 2e-6 + 400 × 1e-6 + 100 × 1e-5 = 0.0012 + 0.0004 + 0.001 = 0.0026
  [
    "cached tokens that are charged as input too: 0.0026 + 400 × 2e-6",
    payload("cached", usage(1000, 100, { cached_tokens: 400 }), {}),
    0.0034,
    "cache-billed-twice",
    "0.0034 USD is 0.0026 USD plus 0.0008 USD: the 400 cached tokens once more, at the input rate of 0.000002",
  ],
  [
    "cached tokens at the full rate: 1000 × 2e-6 + 0.001",
    payload("cached", usage(1000, 100, { cached_tokens: 400 }), {}),
    0.003,
    "cache-not-discounted",
    "0.003 USD is 0.0026 USD plus 0.0004 USD: the 400 cached tokens at the input rate of 0.000002 instead of their own",
  ],
  [
    "cached tokens for nothing: 0.0012 + 0.001",
    payload("cached", usage(1000, 100, { cached_tokens: 400 }), {}),
    0.0022,
    "cache-not-billed",
    "0.0022 USD is 0.0026 USD less 0.0004 USD: the 400 cached tokens for nothing",
  ],
  // 500 × 2e-6 + 500 × 3e-6 + 100 × 1e-5 = 0.001 + 0.0015 + 0.001 = 0.0035
  [
    "written tokens that are charged as input too: 0.0035 + 500 × 2e-6",
    payload("cached", usage(1000, 100, { cache_creation_tokens: 500 }), {}),
    0.0045,
    "cache-billed-twice",
    "0.0045 USD is 0.0035 USD plus 0.001 USD: the 500 written tokens once more, at the input rate of 0.000002",
  ],
  [
    "written tokens at the input rate: 1000 × 2e-6 + 0.001",
    payload("cached", usage(1000, 100, { cache_creation_tokens: 500 }), {}),
    0.003,
    "cache-not-discounted",
    "0.003 USD is 0.0035 USD less 0.0005 USD: the 500 written tokens at the input rate of 0.000002 instead of their own",
  ],
  // 100 × 2e-6 + 400 × 1e-6 + 500 × 3e-6 + 100 × 1e-5 = 0.0002 + 0.0004 + 0.0015 + 0.001 = 0.0031
  [
    "cached and written tokens that are charged twice: 0.0031 + 900 × 2e-6",
    payload("cached", usage(1000, 100, { cached_tokens: 400, cache_creation_tokens: 500 }), {}),
    0.0049,
    "cache-billed-twice",
    "0.0049 USD is 0.0031 USD plus 0.0018 USD: the 900 cached and written tokens once more, at the input rate of 0.000002",
  ],
  [
    "a whole prompt from the cache that is charged as input too: 400 × 1e-6 + 400 × 2e-6",
    payload("cached", usage(400, 0, { cached_tokens: 400 }), {}),
    0.0012,
    "cache-billed-twice",
    "0.0012 USD is 0.0004 USD plus 0.0008 USD: the 400 cached tokens once more, at the input rate of 0.000002",
  ],
  // 500 × 2e-6 + 500 × 4e-6 + 100 × 1e-5 = 0.001 + 0.002 + 0.001 = 0.004
  [
    "writes for an hour at the five-minute rate: 0.004 - 500 × 4e-6 + 500 × 3e-6",
    payload(
      "cached",
      {
        ...usage(1000, 100),
        cache_creation_input_tokens: 500,
        cache_creation: { ephemeral_1h_input_tokens: 500 },
      },
      {},
    ),
    0.0035,
    "cache-write-1h-at-5m",
    "0.0035 USD is 0.004 USD less 0.0005 USD: the 500 tokens written for an hour at the five-minute rate of 0.000003",
  ],
  // 100 × 2e-6 + 100 × 1e-5 + 200 × 2e-5 = 0.0002 + 0.001 + 0.004 = 0.0052
  [
    "reasoning that is charged twice at its own rate: 0.0052 + 200 × 2e-5",
    payload("cached", usage(100, 300, {}, { reasoning_tokens: 200 }), {}),
    0.0092,
    "reasoning-billed-twice",
    "0.0092 USD is 0.0052 USD plus 0.004 USD: the 200 reasoning tokens once more, at 0.00002",
  ],
  [
    "reasoning that is charged as output too: 0.0052 + 200 × 1e-5",
    payload("cached", usage(100, 300, {}, { reasoning_tokens: 200 }), {}),
    0.0072,
    "reasoning-billed-twice",
    "0.0072 USD is 0.0052 USD plus 0.002 USD: the 200 reasoning tokens once more, at 0.00001",
  ],
  [
    "reasoning for nothing: 0.0002 + 0.001",
    payload("cached", usage(100, 300, {}, { reasoning_tokens: 200 }), {}),
    0.0012,
    "reasoning-not-billed",
    "0.0012 USD is 0.0052 USD less 0.004 USD: the 200 reasoning tokens for nothing",
  ],
  // 1000 × 2e-6 + 100 × 1e-5 = 0.003, the cache at the input rate for want of one
  [
    "LiteLLM's nothing for want of a rate: 600 × 2e-6 + 0.001",
    payload("plain", usage(1000, 100, { cached_tokens: 400 }), {}),
    0.0022,
    "missing-rate",
    "0.0022 USD is 0.003 USD less 0.0008 USD: LiteLLM charges nothing for the 400 cache read tokens of plain, for which the catalog has no rate",
  ],
  // 834 × 2e-6 + 400 × 1e-6 + 100 × 1e-5 = 0.001668 + 0.0004 + 0.001 = 0.003068
  [
    "cached tokens at the full rate, and four digits of that: 1234 × 2e-6 + 0.001 = 0.003468",
    payload("cached", usage(1234, 100, { cached_tokens: 400 }), {}),
    0.0035,
    "cache-not-discounted",
    "0.0035 USD is 0.003068 USD plus 0.0004 USD: the 400 cached tokens at the input rate of 0.000002 instead of their own, and that rounded to 4 decimal places",
  ],
  [
    "cached tokens at the full rate, and that a thousand times: 3.468",
    payload("cached", usage(1234, 100, { cached_tokens: 400 }), {}),
    3.468,
    "cache-not-discounted",
    "3.468 USD is 0.003068 USD plus 0.0004 USD: the 400 cached tokens at the input rate of 0.000002 instead of their own, and that times 1000",
  ],
  // 10 × 2e-6 + 20 × 1e-5 + 0.035 = 0.03522
  [
    "a search for nothing: 10 × 2e-6 + 20 × 1e-5",
    payload("searching", null, {
      response: {
        usage: usage(10, 20),
        choices: [{ message: { annotations: [{ type: "url_citation" }] } }],
      },
    }),
    0.00022,
    "tools-not-billed",
    "0.00022 USD is 0.03522 USD less 0.035 USD: 1 web_search for nothing",
  ],
  // 200,000 × 2e-6 + 100,000 × 1e-6 + 1000 × 1e-5 = 0.4 + 0.1 + 0.01 = 0.51
  [
    "a long prompt at the price of a short one: 0.2 + 0.05 + 0.005",
    payload("long", usage(300_000, 1000, { cached_tokens: 100_000 }), {}),
    0.255,
    "threshold-not-applied",
    "0.255 USD is 0.51 USD less 0.255 USD: the prices of up to 200000 tokens, and the prompt has 300000",
  ],
  [
    "the cache of a long prompt at the price of a short one: 0.4 + 0.05 + 0.01",
    payload("long", usage(300_000, 1000, { cached_tokens: 100_000 }), {}),
    0.46,
    "threshold-not-applied",
    "0.46 USD is 0.51 USD less 0.05 USD: the cache at prices of up to 200000 tokens",
  ],
  // 300,000 × 2e-6 + 1000 × 1e-5 = 0.61
  [
    "a threshold that is taken as marginal: 200,000 × 1e-6 + 100,000 × 2e-6 + 1000 × 1e-5",
    payload("long", usage(300_000, 1000), {}),
    0.41,
    "threshold-not-applied",
    "0.41 USD is 0.61 USD less 0.2 USD: the first 200000 tokens of the prompt at the lower price",
  ],
  [
    "a threshold that is taken as marginal on either side: 0.4 + 1000 × 5e-6",
    payload("long", usage(300_000, 1000), {}),
    0.405,
    "threshold-not-applied",
    "0.405 USD is 0.61 USD less 0.205 USD: the first 200000 tokens of either side at the lower price",
  ],
];

describe("a mismatch names", () => {
  it.each(cases)("%s", (_, document, claimed, code, message) => {
    const { verdict, claims } = audit({ ...document, response_cost: claimed }, { engine });
    expect(verdict).toBe("mismatch");
    expect(claims[0]?.causes).toContainEqual({ code, message });
  });

  it("every cause that fits, the most specific first", () => {
    // 0.003 is 1000 × 2e-6 + 0.001, 0.0026 in three digits, 800 × 2e-6 + 0.0014, and 0.0016 + 140 × 1e-5.
    const document = payload("cached", usage(1000, 100, { cached_tokens: 400 }), { response_cost: 0.003 });
    expect(audit(document, { engine }).claims[0]?.causes.map(({ code }) => code)).toEqual([
      "cache-not-discounted",
      "rounded",
      "input-tokens",
      "output-tokens",
    ]);
  });

  it("two faults at once only where one does not explain it", () => {
    // 0.003068 is 0.0031 in four digits; undiscounted it would be 0.003468.
    const document = payload("cached", usage(1234, 100, { cached_tokens: 400 }), { response_cost: 0.0031 });
    expect(audit(document, { engine }).claims[0]?.causes.map(({ code }) => code)).toEqual([
      "rounded",
      "input-tokens",
    ]);
  });

  it("no cause twice", () => {
    // Reasoning without a rate of its own is charged as output, so that twice is twice the same.
    const used = usage(100, 300, {}, { reasoning_tokens: 200 });
    const [claim] = audit(payload("plain", used, { response_cost: 0.0052 }), { engine }).claims;
    expect(claim?.causes.map(({ code }) => code)).toEqual([
      "reasoning-billed-twice",
      "input-tokens",
      "output-tokens",
    ]);
  });

  it("none that the arithmetic does not allow", () => {
    const document = payload("cached", usage(1000, 100, { cached_tokens: 400 }), {
      response_cost: 0.00261234567,
    });
    expect(audit(document, { engine }).claims).toMatchObject([{ verdict: "mismatch", causes: [] }]);
  });

  it("the fault of one side when that side is stated by itself", () => {
    // The input is 600 × 2e-6 + 400 × 1e-6 = 0.0016, and 400 × 2e-6 more.
    const details = { input: 600, cache_read_input_tokens: 400, output: 100, total: 1100 };
    const document = batch({
      model: "cached",
      usageDetails: details,
      usage: { inputCost: 0.0024, outputCost: 0.001 },
    });
    expect(audit(document, { engine }).claims).toMatchObject([
      {
        verdict: "mismatch",
        exact: "0.0016",
        causes: [{ code: "cache-billed-twice" }, { code: "input-tokens" }],
      },
      { verdict: "match" },
    ]);
  });

  it("the rate that LiteLLM lacks only to an engine that has another for it", () => {
    const litellm = createCostEngine({ overrides: prices, compat: "litellm" });
    const document = payload("plain", usage(1000, 100, { cached_tokens: 400 }), { response_cost: 0.0022 });
    expect(audit(document, { engine: litellm }).verdict).toBe("match");
  });
});
