import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { catalog } from "../src/catalog/all.js";
import { audit, createCostEngine } from "../src/index.js";

const engine = createCostEngine({ catalog });
const seed = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../fixtures/seeds/${name}.json`, import.meta.url), "utf8"));

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

  it("a payload whose cost LiteLLM did not know cannot be verified", () => {
    const payload = { id: "x", status: "success", call_type: "completion", model: "m", response_cost: 0.5 };
    expect(audit(payload, { engine })).toMatchObject({
      verdict: "unverifiable",
      claims: [{ verdict: "unverifiable", computed: null, reason: /unknown/ }],
    });
    const unknown = {
      ...payload,
      response_cost: 0,
      response_cost_failure_debug_info: { error_str: "not mapped" },
    };
    expect(audit(unknown, { engine })).toEqual({ verdict: "unverifiable", claims: [] });
  });

  it("a completion checks the provider's own price", () => {
    const usage = { prompt_tokens: 10, completion_tokens: 20, cost: 0.000225 };
    const completion = { object: "chat.completion", model: "gpt-4o", choices: [], usage };
    expect(audit(completion, { engine })).toMatchObject({
      verdict: "match",
      claims: [{ path: "/usage/cost" }],
    });
  });

  it("a batch reads inclusive and exclusive inputs by their total", () => {
    const batch = (usageDetails: object, total: number) => ({
      batch: [{ type: "generation-create", body: { model: "gpt-4o", usageDetails, costDetails: { total } } }],
    });
    const cached = { cache_read_input_tokens: 40, cache_creation_input_tokens: 0 };
    expect(audit(batch({ input: 60, output: 20, total: 120, ...cached }, 0.0004), { engine }).verdict).toBe(
      "match",
    );
    expect(audit(batch({ input: 100, output: 20, total: 120, ...cached }, 0.0004), { engine }).verdict).toBe(
      "match",
    );
  });

  it.each([null, 1, "text", [], {}, { batch: [null, { body: 1 }] }])("%j is unverifiable", (document) => {
    expect(audit(document, { engine })).toEqual({ verdict: "unverifiable", claims: [] });
  });
});
