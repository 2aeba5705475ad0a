import { compareExact, createCostEngine } from "@waybill/cost";
import { catalog } from "@waybill/cost/catalog";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { estimateCall, type CallEstimate } from "../../server/keys/estimate.js";
import type { EstimatedApi } from "../../server/keys/output-limit.js";
import { createPastOutputs, type PastOutputs } from "../../server/keys/past-outputs.js";
import { TOKENS_PER_IMAGE } from "../../server/keys/request-size.js";

const overrides = {
  "free-model": { input_cost_per_token: 0, output_cost_per_token: 0, litellm_provider: "custom" },
  "endless-model": { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6, litellm_provider: "custom" },
};
const engine = createCostEngine({ catalog, overrides, now: () => Date.parse("2026-11-20") });

function estimate(
  api: EstimatedApi,
  request: object,
  more: { model?: string; p95Output?: number } = {},
): CallEstimate {
  return estimateCall({ engine, model: "gpt-4o", api, request, ...more });
}

const said = (content: unknown) => ({ messages: [{ role: "user", content }] });

describe("the longest answer", () => {
  it.each<[string, EstimatedApi, object, { model?: string; p95Output?: number }, [number, string]]>([
    ["max_completion_tokens", "chat", { max_completion_tokens: 7 }, {}, [7, "max_tokens"]],
    ["max_tokens", "chat", { max_tokens: 7 }, {}, [7, "max_tokens"]],
    ["the larger of the two", "chat", { max_tokens: 7, max_completion_tokens: 9 }, {}, [9, "max_tokens"]],
    [
      "max_output_tokens of a response",
      "responses",
      { max_output_tokens: 7, max_tokens: 9 },
      {},
      [7, "max_tokens"],
    ],
    ["max_tokens of a message", "messages", { max_tokens: 7 }, {}, [7, "max_tokens"]],
    ["as many as there are choices", "chat", { max_tokens: 7, n: 3 }, {}, [21, "max_tokens"]],
    [
      "best_of completions for each prompt",
      "completions",
      { max_tokens: 7, n: 2, best_of: 4, prompt: ["a", "b"] },
      {},
      [56, "max_tokens"],
    ],
    ["one prompt that is tokens", "completions", { max_tokens: 7, prompt: [1, 2, 3] }, {}, [7, "max_tokens"]],
    ["what past answers had", "chat", {}, { p95Output: 9333 }, [9333, "past outputs"]],
    ["no less than 4096 where past answers were short", "chat", {}, { p95Output: 333 }, [4096, "assumed"]],
    [
      "the model's own limit where past answers passed it",
      "chat",
      {},
      { p95Output: 99_999 },
      [16_384, "model limit"],
    ],
    ["the model's own limit", "chat", {}, { model: "gpt-3.5-turbo" }, [4096, "model limit"]],
    ["4096, of a model that can do more", "chat", {}, {}, [4096, "assumed"]],
    ["4096, of a model whose limit nobody knows", "chat", {}, { model: "endless-model" }, [4096, "assumed"]],
    [
      "no answer of an embedding",
      "embeddings",
      { max_tokens: 7 },
      { model: "text-embedding-3-small" },
      [0, "no output"],
    ],
    ["0, which is no limit", "chat", { max_tokens: 0 }, {}, [4096, "assumed"]],
    ["-1, which is no limit", "chat", { max_tokens: -1 }, {}, [4096, "assumed"]],
    ["text, which is no limit", "chat", { max_tokens: "7" }, {}, [4096, "assumed"]],
  ])("is %s", (_, api, request, more, [maxTokens, basis]) => {
    expect(estimate(api, request, more)).toMatchObject({ maxTokens, basis, status: "priced" });
  });
});

describe("the input", () => {
  const tokensOf = (api: EstimatedApi, request: object) =>
    estimate(api, { max_tokens: 1, ...request }).inputTokens;

  it.each<[string, string, words: number]>([
    ["a question", "Which planet has rings?", 5],
    ["prose", "The quick brown fox jumps over the lazy dog. ".repeat(20), 200],
  ])("of %s is more than its words and points", (_, text, words) => {
    expect(tokensOf("chat", said(text))).toBeGreaterThan(words);
  });

  it("counts a third of its bytes and something for each message", () => {
    const short = tokensOf("chat", said(""));
    expect(tokensOf("chat", said("é".repeat(3000))) - short).toBe(2000);
  });

  it.each<[string, EstimatedApi, object]>([
    ["a system prompt", "messages", { system: "x".repeat(900) }],
    ["instructions", "responses", { instructions: "x".repeat(900) }],
    ["input that is text", "responses", { input: "x".repeat(900) }],
    [
      "input of parts",
      "responses",
      { input: [{ role: "user", content: [{ type: "input_text", text: "x".repeat(900) }] }] },
    ],
    [
      "tools",
      "chat",
      { tools: [{ type: "function", function: { name: "f", description: "x".repeat(900) } }] },
    ],
    ["names of parameters", "chat", { tools: [{ function: { parameters: { ["x".repeat(900)]: {} } } }] }],
    [
      "a schema of the answer",
      "chat",
      { response_format: { json_schema: { description: "x".repeat(900) } } },
    ],
    ["a prediction", "chat", { prediction: { content: "x".repeat(900) } }],
    ["a prompt", "completions", { prompt: "x".repeat(900) }],
  ])("has %s in it", (_, api, request) => {
    expect(tokensOf(api, request)).toBeGreaterThanOrEqual(300);
  });

  it("that is tokens already counts each", () => {
    expect(
      tokensOf("embeddings", { input: Array.from({ length: 500 }, (_, index) => index * 1000) }),
    ).toBeGreaterThanOrEqual(500);
  });

  it.each<[string, object]>([
    ["of OpenAI", { type: "image_url", image_url: { url: `data:image/png;base64,${"A".repeat(100_000)}` } }],
    ["of a response", { type: "input_image", image_url: `data:image/png;base64,${"A".repeat(100_000)}` }],
    ["of Anthropic", { type: "image", source: { type: "base64", data: "A".repeat(100_000) } }],
  ])("counts an image %s flat, and not its bytes", (_, part) => {
    const tokens = tokensOf("chat", said([part]));
    expect(tokens).toBeGreaterThanOrEqual(TOKENS_PER_IMAGE);
    expect(tokens).toBeLessThan(TOKENS_PER_IMAGE + 100);
  });

  it("is dearer when it is written to a cache", () => {
    const plain = { system: [{ type: "text", text: "x".repeat(9000) }], max_tokens: 1 };
    const cached = {
      system: [{ type: "text", text: "x".repeat(9000), cache_control: { type: "ephemeral" } }],
      max_tokens: 1,
    };
    const [left, right] = [plain, cached].map(
      (request) => estimate("messages", request, { model: "claude-sonnet-4-5" }).exact,
    );
    expect(compareExact(right ?? "0", left ?? "0")).toBeGreaterThan(0);
  });

  it("says what it cannot see", () => {
    expect(estimate("responses", { input: "x", previous_response_id: "resp_1" }).notCounted).toEqual([
      "earlier turns that the provider keeps",
    ]);
  });
});

describe("an estimate", () => {
  it("is input and output at the rates of the catalog", () => {
    const { exact, inputTokens } = estimate("chat", { ...said("hi"), max_tokens: 1000 });
    const price = engine.price({
      model: "gpt-4o",
      usage: { prompt_tokens: inputTokens, completion_tokens: 1000 },
    });
    expect(exact).toBe(price.exact);
  });

  it("follows the tier that is asked for", () => {
    const [plain, priority] = [{}, { service_tier: "priority" }].map(
      (more) => estimate("chat", { ...said("hi"), max_tokens: 9, ...more }).exact,
    );
    expect(compareExact(priority ?? "0", plain ?? "0")).toBeGreaterThan(0);
  });

  it("of a free model is 0", () => {
    expect(estimate("chat", said("hi"), { model: "free-model" })).toMatchObject({
      exact: "0",
      status: "free",
    });
  });

  it.each([["a-model-of-nobody"], [""], ["x".repeat(100_000)], ["whisper-1"]])(
    "of %.20s is unknown, with a reason",
    (model) => {
      const { exact, reason } = estimate("chat", said("hi"), { model });
      expect(exact).toBeNull();
      expect(reason).toMatch(/./);
    },
  );

  const hostile: [string, () => unknown][] = [
    ["nothing", () => undefined],
    ["a text", () => "x"],
    ["a list", () => [1]],
    [
      "a getter that throws",
      () =>
        Object.defineProperty({}, "messages", {
          enumerable: true,
          get: () => {
            throw new Error("no");
          },
        }),
    ],
    [
      "a proxy that throws",
      () =>
        new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error("no");
            },
          },
        ),
    ],
    ["messages that are no list", () => ({ messages: 5 })],
    ["as many choices as there are", () => ({ n: 1e9, max_tokens: 1e9 })],
    ["half of a pair", () => said("\ud800")],
    ["a prototype", () => JSON.parse('{"messages":[{"__proto__":{"content":"x"}}]}')],
    ["a symbol and a function", () => said([Symbol("x"), () => 1])],
  ];
  it.each(hostile)("of %s is an answer and no exception", (_, make) => {
    const { exact, reason } = estimate("chat", make() as object);
    expect(exact === null ? reason : exact).toMatch(/./);
  });

  it("of a circle is refused, and not counted for ever", () => {
    const circle: Record<string, unknown> = { role: "user" };
    circle.content = circle;
    expect(estimate("chat", { messages: [circle] })).toMatchObject({ exact: null, status: "invalid" });
  });

  it("never throws, whatever the request is", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom("messages", "tools", "n", "max_tokens", "input", "system", "prompt"),
          fc.anything(),
        ),
        (request) => {
          expect(estimate("chat", request)).toHaveProperty("status");
        },
      ),
      { numRuns: 300 },
    );
  });

  it("does not fall when a request grows", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" }), { maxLength: 5 }), fc.string(), (texts, more) => {
        const messages = texts.map((content) => ({ role: "user", content }));
        const [less, grown] = [messages, [...messages, { role: "user", content: more }]].map(
          (each) => estimate("chat", { messages: each, max_tokens: 5 }).exact,
        );
        expect(compareExact(grown ?? "-1", less ?? "0")).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
  });
});

describe("past outputs", () => {
  const add = (outputs: PastOutputs, tokens: number | null) =>
    outputs.add({ keyId: "a", model: "gpt-4o", parameters: {}, tokens });

  it("say nothing before there are 20, and then what 95 of 100 did not pass", () => {
    const outputs = createPastOutputs();
    for (let tokens = 1; tokens < 20; tokens++) add(outputs, tokens);
    expect(outputs.p95("a", "gpt-4o")).toBeUndefined();
    add(outputs, 20);
    expect(outputs.p95("a", "gpt-4o")).toBe(19);
    expect(outputs.p95("a", "o3")).toBeUndefined();
    expect(outputs.p95("b", "gpt-4o")).toBeUndefined();
  });

  it("forget what is long ago, and take no unknown length for a short one", () => {
    const outputs = createPastOutputs();
    for (let index = 0; index < 200; index++) add(outputs, 1000);
    for (let index = 0; index < 500; index++) add(outputs, null);
    expect(outputs.p95("a", "gpt-4o")).toBe(1000);
    for (let index = 0; index < 200; index++) add(outputs, 5);
    expect(outputs.p95("a", "gpt-4o")).toBe(5);
  });
});
