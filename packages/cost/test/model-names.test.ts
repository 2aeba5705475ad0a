import { describe, expect, it } from "vitest";

import { catalog } from "../src/catalog/all.js";
import { createCostEngine } from "../src/index.js";

const engine = createCostEngine({ catalog });

const names: [name: string, provider: string | undefined, model: string, rule: string][] = [
  ["gpt-4o", undefined, "gpt-4o", "exact"],
  ["gpt-4o-2024-08-06", undefined, "gpt-4o-2024-08-06", "exact"],
  ["GPT-4O", undefined, "gpt-4o", "case"],
  ["openai/gpt-4o", undefined, "gpt-4o", "provider-prefix"],
  ["openai/openai/gpt-5.5", undefined, "gpt-5.5", "provider-prefix"],
  ["x-ai/grok-4", undefined, "xai/grok-4", "provider-prefix"],
  ["grok-4", "xai", "xai/grok-4", "exact"],
  ["gpt-4o", "azure", "azure/gpt-4o", "exact"],
  ["gpt-4o", "azure.ai.openai", "azure/gpt-4o", "exact"],
  ["openai/gpt-4o", "openrouter", "openrouter/openai/gpt-4o", "exact"],
  ["openrouter/openai/gpt-4o", undefined, "openrouter/openai/gpt-4o", "exact"],
  ["gemini-2.5-pro", "gemini", "gemini/gemini-2.5-pro", "exact"],
  ["gemini-2.5-pro", "gcp.vertex_ai", "gemini-2.5-pro", "exact"],
  ["models/gemini-2.5-pro", undefined, "gemini-2.5-pro", "path"],
  ["projects/p/locations/l/publishers/google/models/gemini-2.5-flash", undefined, "gemini-2.5-flash", "path"],
  [
    "publishers/anthropic/models/claude-sonnet-4-5@20250929",
    undefined,
    "vertex_ai/claude-sonnet-4-5@20250929",
    "path",
  ],
  [
    "us.anthropic.claude-sonnet-4-20250514-v1:0",
    undefined,
    "us.anthropic.claude-sonnet-4-20250514-v1:0",
    "exact",
  ],
  [
    "jp.anthropic.claude-sonnet-4-20250514-v1:0",
    undefined,
    "anthropic.claude-sonnet-4-20250514-v1:0",
    "region",
  ],
  [
    "bedrock/converse/us.anthropic.claude-sonnet-4-20250514-v1:0",
    undefined,
    "us.anthropic.claude-sonnet-4-20250514-v1:0",
    "path",
  ],
  [
    "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-20250514-v1:0",
    "aws.bedrock",
    "eu.anthropic.claude-sonnet-4-20250514-v1:0",
    "path",
  ],
  ["ft:gpt-4o-2024-08-06:org::id", undefined, "ft:gpt-4o-2024-08-06", "fine-tuned"],
  ["ft:gpt-4o-mini-2024-07-18:acme:name:abc", "openai", "ft:gpt-4o-mini-2024-07-18", "fine-tuned"],
  ["llama-9-70b-new", "fireworks_ai", "fireworks-ai-above-16b", "size-class"],
  ["mixtral-9x7b-new", "fireworks_ai", "fireworks-ai-56b-to-176b", "size-class"],
];

describe("a name", () => {
  it.each(names)("%s of %s stands for %s by the rule %s", (name, provider, model, rule) => {
    expect(engine.resolve(name, provider)).toMatchObject({ found: true, model: { model }, rule });
  });

  it.each([
    ["gpt-4o", "anthropic"],
    ["gpt-4o", "nowhere"],
    ["myorg/gpt-4o", undefined],
    ["gpt-4o-2031-01-01", undefined],
    ["ft:gpt-9:org::id", undefined],
    ["__proto__", undefined],
    ["constructor", "openai"],
    ["toString", "hasOwnProperty"],
    ["", undefined],
    ["/", undefined],
    ["a/".repeat(1000), undefined],
  ])("%s of %s stands for nothing", (name, provider) => {
    expect(engine.resolve(name, provider)).toMatchObject({ found: false });
  });

  it("that is unknown has the nearest names", () => {
    expect(engine.resolve("gpt-4o-minx")).toMatchObject({
      found: false,
      nearest: ["gpt-4o-mini", expect.anything(), expect.anything()],
    });
  });

  it("of a snapshot that is not listed is its family's by leave of the caller alone, and its price assumed", () => {
    const call = {
      model: "gpt-4o-2031-01-01",
      provider: "azure",
      usage: { prompt_tokens: 10, completion_tokens: 20 },
    };
    expect(engine.price(call)).toMatchObject({ status: "unpriced" });
    const allowed = engine.price({ ...call, allowFamily: true });
    expect(allowed).toMatchObject({
      status: "priced",
      model: "azure/gpt-4o",
      interval: { basis: "assumed" },
    });
    expect(allowed.notes?.[0]).toContain("gpt-4o-2031-01-01 is not listed");
  });

  it("of a deployment is priced by its base model", () => {
    const call = {
      model: "my-deployment",
      provider: "azure",
      usage: { prompt_tokens: 10, completion_tokens: 20 },
    };
    expect(engine.price({ ...call, baseModel: "gpt-4o" })).toMatchObject({
      status: "priced",
      model: "azure/gpt-4o",
    });
    expect(engine.price(call)).toMatchObject({ status: "unpriced" });
  });

  it("of a region of a cloud goes before the plain one", () => {
    const usage = { prompt_tokens: 10, completion_tokens: 20 };
    const result = engine.price({ model: "gpt-4o-2024-08-06", provider: "azure", region: "eu", usage });
    expect(result.model).toBe("azure/eu/gpt-4o-2024-08-06");
  });

  it("of a model that left the catalog has its last price, which is assumed for today", () => {
    const gone = engine.price({ model: "claude-2.1", usage: { prompt_tokens: 10, completion_tokens: 20 } });
    expect(gone).toMatchObject({ status: "priced", interval: { basis: "assumed" } });
  });

  it("that nobody knows may run at home, and costs nothing in LiteLLM's eyes alone", () => {
    const usage = { prompt_tokens: 10, completion_tokens: 20 };
    const call = { model: "my-llama", provider: "ollama", usage };
    expect(createCostEngine({ catalog, compat: "litellm" }).price(call)).toMatchObject({
      status: "free",
      exact: "0",
    });
    expect(engine.price(call)).toMatchObject({ status: "unpriced" });
  });

  it("of an override is found as in the catalog: by prefix and case, for its provider", () => {
    const overrides = {
      "My-Model": { litellm_provider: "azure", input_cost_per_token: 1, output_cost_per_token: 1 },
    };
    const own = createCostEngine({ catalog, overrides });
    expect(own.resolve("azure/my-model")).toMatchObject({ found: true, rule: "override" });
    expect(own.resolve("My-Model", "azure")).toMatchObject({ found: true, rule: "override" });
    expect(own.resolve("My-Model", "openai")).toMatchObject({ found: false });
  });
});
