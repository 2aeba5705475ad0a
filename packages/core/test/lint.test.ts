import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { lint, type SchemaName } from "../src/index.js";
import { lintSeverities } from "../src/lint/finding.js";
import { readSeed } from "./documents.js";

const payload = {
  id: "x",
  status: "success",
  prompt_tokens: 1,
  completion_tokens: 2,
  total_tokens: 3,
  response_cost: 0.5,
  startTime: 1,
  endTime: 3,
};
const events = (type: string, body: object, envelope: object = {}) => ({
  batch: [
    { type: "trace-create", body: { id: "t" } },
    { type, body: { id: "o", traceId: "t", ...body }, ...envelope },
  ],
});
const generation = (body: object, envelope?: object) => events("generation-create", body, envelope);
const score = (body: object) => ({
  batch: [{ type: "score-create", body: { id: "s", traceId: "t", name: "n", value: 1, ...body } }],
});
const chunk = (data: object) => ({ __type__: "openai.types.chat.ChatCompletionChunk", __data__: data });
const stream = (...ids: string[]) => ({
  response: { is_streaming: true, body: ids.map((id) => chunk({ id })) },
});
const at = "/batch/1/body";

const found: [SchemaName, code: string, path: string, document: unknown][] = [
  ["usage", "total-tokens", "/total_tokens", { prompt_tokens: 1, completion_tokens: 2, total_tokens: 4 }],
  ["usage", "odd-count", "/prompt_tokens", { prompt_tokens: "1" }],
  [
    "usage",
    "odd-count",
    "/prompt_tokens_details/cached_tokens",
    { prompt_tokens_details: { cached_tokens: -1 } },
  ],
  [
    "usage",
    "cached-over-prompt",
    "/prompt_tokens_details/cached_tokens",
    { prompt_tokens: 1, prompt_tokens_details: { cached_tokens: 2 } },
  ],
  ["chat-completion-chunk", "odd-count", "/usage/prompt_tokens", { usage: { prompt_tokens: 1n } }],
  ["langfuse-batch", "lost-count", `${at}/usageDetails/a~1b`, generation({ usageDetails: { "a/b": "x" } })],
  ["chat-completion", "duplicate-index", "/choices/1/index", { choices: [{ index: 0 }, { index: 0 }] }],
  [
    "chat-completion",
    "arguments-not-json",
    "/choices/0/message/tool_calls/0/function/arguments",
    { choices: [{ message: { tool_calls: [{ function: { arguments: '{"a":' } }] } }] },
  ],
  ["chat-completion", "odd-count", "/usage/total_tokens", { usage: { total_tokens: 0.5 } }],
  ["standard-logging-payload", "missing-field", "/response_cost", { id: "x", status: "success" }],
  ["standard-logging-payload", "total-tokens", "/total_tokens", { ...payload, total_tokens: 4 }],
  [
    "standard-logging-payload",
    "usage-mismatch",
    "/prompt_tokens",
    { ...payload, response: { usage: { prompt_tokens: 9 } } },
  ],
  ["standard-logging-payload", "end-before-start", "/endTime", { ...payload, startTime: 4 }],
  [
    "standard-logging-payload",
    "completion-start-outside",
    "/completionStartTime",
    { ...payload, completionStartTime: 4 },
  ],
  [
    "standard-logging-payload",
    "completion-start-is-end",
    "/completionStartTime",
    { ...payload, stream: true, completionStartTime: 3 },
  ],
  ["standard-logging-payload", "response-time", "/response_time", { ...payload, response_time: 1 }],
  ["standard-logging-payload", "cost-without-usage", "/response_cost", { ...payload, total_tokens: 0 }],
  [
    "standard-logging-payload",
    "zero-for-unknown",
    "/response_cost",
    { ...payload, response_cost: 0, response_cost_failure_debug_info: { error_str: "x" } },
  ],
  [
    "standard-logging-payload",
    "cache-hit-without-saving",
    "/saved_cache_cost",
    { ...payload, cache_hit: true, saved_cache_cost: 0 },
  ],
  [
    "standard-logging-payload",
    "cost-breakdown",
    "/cost_breakdown/total_cost",
    { ...payload, cost_breakdown: { total_cost: 2 } },
  ],
  [
    "standard-logging-payload",
    "cost-breakdown-sum",
    "/cost_breakdown/total_cost",
    { ...payload, cost_breakdown: { input_cost: 0.25, output_cost: 0.2, total_cost: 0.5 } },
  ],
  [
    "standard-logging-payload",
    "failure-without-error",
    "/error_information",
    { ...payload, status: "failure" },
  ],
  [
    "standard-logging-payload",
    "trace-is-session",
    "/trace_id",
    { ...payload, trace_id: "a", session_id: "a" },
  ],
  [
    "langfuse-batch",
    "missing-id",
    "/batch/0/body/id",
    { batch: [{ type: "trace-create", body: { name: "n" } }] },
  ],
  ["langfuse-batch", "missing-id", "/batch/0/body/id", score({ id: undefined })],
  ["langfuse-batch", "missing-trace-id", `${at}/traceId`, generation({ traceId: undefined })],
  ["langfuse-batch", "orphan-trace-id", `${at}/traceId`, generation({ traceId: "other" })],
  ["langfuse-batch", "unknown-member", `${at}/modelName`, generation({ modelName: "m" })],
  ["langfuse-batch", "unknown-member", "/batch/1/traceId", generation({}, { traceId: "t" })],
  ["langfuse-batch", "environment", `${at}/environment`, generation({ environment: "Production" })],
  ["langfuse-batch", "environment", `${at}/environment`, generation({ environment: "langfuse-x" })],
  ["langfuse-batch", "falsy-content", `${at}/output`, generation({ output: 0 })],
  ["langfuse-batch", "falsy-content", `${at}/input`, generation({ input: "" })],
  ["langfuse-batch", "null-overwrites", `${at}/name`, generation({ name: null })],
  [
    "langfuse-batch",
    "end-before-start",
    `${at}/endTime`,
    generation({ startTime: "2026-01-01T00:00:01Z", endTime: "2026-01-01T00:00:00Z" }),
  ],
  [
    "langfuse-batch",
    "completion-start-is-end",
    `${at}/completionStartTime`,
    generation({ completionStartTime: "2026-01-01T01:00:00+01:00", endTime: "2026-01-01T00:00:00Z" }),
  ],
  ["langfuse-batch", "usage-on-span", `${at}/model`, events("span-create", { model: "m" })],
  ["langfuse-batch", "prompt-link", `${at}/promptName`, generation({ promptName: "p", promptVersion: 0 })],
  ["langfuse-batch", "negative-usage", `${at}/usage/input`, generation({ usage: { input: -1 } })],
  [
    "langfuse-batch",
    "usage-snake-case",
    `${at}/usage/prompt_tokens`,
    generation({ usage: { prompt_tokens: 1 } }),
  ],
  [
    "langfuse-batch",
    "usage-camel-case",
    `${at}/usage/totalCost`,
    generation({ usage: { promptTokens: 1, totalCost: 0.1 } }),
  ],
  [
    "langfuse-batch",
    "provider-usage",
    `${at}/usageDetails`,
    generation({ usageDetails: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, cost: 1 } }),
  ],
  ["langfuse-batch", "lost-count", `${at}/usageDetails/input`, generation({ usageDetails: { input: 0.5 } })],
  [
    "langfuse-batch",
    "inclusive-input",
    `${at}/usageDetails/input`,
    generation({ usageDetails: { input: 100, output: 20, input_cached_tokens: 40, total: 120 } }),
  ],
  [
    "langfuse-batch",
    "usage-total",
    `${at}/usageDetails/total`,
    generation({ usageDetails: { input: 100, output: 20, total: 121 } }),
  ],
  ["langfuse-batch", "lost-cost", `${at}/costDetails/total`, generation({ costDetails: { total: "1" } })],
  [
    "langfuse-batch",
    "cost-without-total",
    `${at}/costDetails`,
    generation({ costDetails: { input: 1, input_cached_tokens: 1 } }),
  ],
  [
    "langfuse-batch",
    "costs-disagree",
    `${at}/metadata/litellm_response_cost`,
    generation({ usage: { totalCost: 0.1 }, metadata: { litellm_response_cost: 0.2 } }),
  ],
  [
    "langfuse-batch",
    "costs-disagree",
    `${at}/usage/totalCost`,
    generation({ usage: { totalCost: 0.1 }, costDetails: { total: 0.2 } }),
  ],
  [
    "langfuse-batch",
    "costs-disagree",
    `${at}/metadata/hidden_params/response_cost`,
    generation({ costDetails: { input: 1, output: 1 }, metadata: { hidden_params: { response_cost: "3" } } }),
  ],
  [
    "langfuse-batch",
    "cost-without-total",
    `${at}/costDetails`,
    generation({ costDetails: { input_cached_tokens: 1, total: -1 } }),
  ],
  [
    "langfuse-batch",
    "usage-total",
    `${at}/usage/total`,
    generation({ usage: { input: 1, output: 2, total: 99 } }),
  ],
  [
    "langfuse-batch",
    "usage-total",
    `${at}/costDetails/total`,
    generation({ costDetails: { input: 1, output: 2, total: 9 } }),
  ],
  ["langfuse-batch", "unknown-member", `${at}/usage/inputTokens`, generation({ usage: { inputTokens: 5 } })],
  ["langfuse-batch", "unknown-member", "/metdata", { batch: [], metdata: 1 }],
  ["langfuse-batch", "negative-usage", `${at}/usage/totalCost`, generation({ usage: { totalCost: -1 } })],
  [
    "langfuse-batch",
    "missing-trace-id",
    "/batch/0/body/traceId",
    { batch: [{ type: "generation-create", body: {} }] },
  ],
  [
    "langfuse-batch",
    "usage-on-span",
    `${at}/usage`,
    events("observation-create", { type: "SPAN", usage: {} }),
  ],
  [
    "langfuse-batch",
    "provider-usage",
    `${at}/usageDetails`,
    generation({ usageDetails: { prompt_tokens: 1, completion_tokens: 2 } }),
  ],
  [
    "langfuse-batch",
    "inclusive-input",
    `${at}/usageDetails/input`,
    generation({
      usageDetails: {
        input: 100,
        cache_write_tokens: 40,
        output: 20,
        output_reasoning_tokens: 5,
        total: 125,
      },
    }),
  ],
  [
    "langfuse-batch",
    "completion-start-outside",
    `${at}/completionStartTime`,
    generation({ completionStartTime: "2026-01-01T00:00:02Z", endTime: "2026-01-01T00:00:01Z" }),
  ],
  [
    "langfuse-batch",
    "missing-id",
    "/batch/0/body/id",
    {
      batch: [
        { type: "trace-create", body: {} },
        { type: "constructor", body: { a: 1 } },
      ],
    },
  ],
  [
    "standard-logging-payload",
    "usage-mismatch",
    "/prompt_tokens",
    { ...payload, response: { usage: { input_tokens: 9 } } },
  ],
  [
    "standard-logging-payload",
    "failure-without-error",
    "/error_information",
    { ...payload, status: "failure", error_information: { llm_provider: "openai" } },
  ],
  [
    "standard-logging-payload",
    "end-before-start",
    "/endTime",
    { ...payload, startTime: "2025-01-16 19:28:55.12", endTime: "2025-01-16 19:28:54" },
  ],
  ["langfuse-batch", "score-target", "/batch/0/body", score({ sessionId: "s" })],
  ["langfuse-batch", "score-value", "/batch/0/body/value", score({ dataType: "BOOLEAN", value: 2 })],
  ["recording", "ids-differ", "/response/body/2/__data__/id", stream("a", "a", "b")],
  [
    "recording",
    "streaming-without-chunks",
    "/response/is_streaming",
    { response: { is_streaming: true, body: {} } },
  ],
  [
    "recording",
    "stream-flag",
    "/response/is_streaming",
    { response: { is_streaming: false, body: [chunk({})] } },
  ],
  ["recording", "headers-recorded", "/request/headers", { request: { headers: { authorization: "x" } } }],
  [
    "recording",
    "invalid-chunk",
    "/response/body/0/__data__/choices",
    { response: { is_streaming: true, body: [chunk({ choices: "x" })] } },
  ],
];

const throwing = Object.defineProperty({}, "status", {
  get: () => {
    throw new Error("no");
  },
});

describe("lint", () => {
  it.each(found)("%s: %s at %s", (name, code, path, document) => {
    expect(lint(name, document)).toContainEqual(
      expect.objectContaining({ code, path, severity: lintSeverities[code as keyof typeof lintSeverities] }),
    );
  });

  it("has a case for every code, and every code is explained in docs/lints.md", () => {
    const tried = new Set([...found.map(([, code]) => code), "unreadable", "more-findings"]);
    const codes = Object.keys(lintSeverities);
    expect(codes.filter((code) => !tried.has(code))).toEqual([]);
    const text = readFileSync(new URL("../../../docs/lints.md", import.meta.url), "utf8");
    const explained = [...text.matchAll(/^\| `([a-z-]+)` +\| (\w+) +\|/gm)].map(([, code, severity]) => [
      code,
      severity,
    ]);
    expect(Object.fromEntries(explained)).toEqual(lintSeverities);
  });

  it.each<[SchemaName, unknown]>([
    ["standard-logging-payload", payload],
    ["standard-logging-payload", { ...payload, stream: true, completionStartTime: 2, response_time: 1 }],
    ["langfuse-batch", generation({ usage: { input: 1 }, usageDetails: { input: 1, output: 2, total: 3 } })],
    [
      "langfuse-batch",
      generation({ costDetails: { input: 1, output: 1 }, promptName: "p", promptVersion: 1 }),
    ],
    ["langfuse-batch", score({ dataType: "BOOLEAN", value: 1 })],
    ["langfuse-batch", { batch: [{ type: "sdk-log", body: { log: 1, anything: null } }] }],
    ["recording", stream("a", "a")],
    [
      "recording",
      { request: { headers: {} }, response: { is_streaming: false, body: [{ __type__: "x.Model" }] } },
    ],
    [
      "langfuse-batch",
      generation({ usage: { totalCost: 1.9999999999999998e-5 }, metadata: { litellm_response_cost: 2e-5 } }),
    ],
    [
      "langfuse-batch",
      generation({ usageDetails: { input: "12", output: 3, total: 15 }, metadata: null, output: null }),
    ],
    [
      "standard-logging-payload",
      { ...payload, call_type: "aimage_generation", prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    ],
    [
      "standard-logging-payload",
      {
        ...payload,
        response_cost: 0,
        cost_breakdown: { input_cost: 0.1, output_cost: 0.7, discount_amount: 0.8, total_cost: 0 },
      },
    ],
    // xAI counts reasoning beside the completion (quirk U7).
    [
      "usage",
      {
        prompt_tokens: 12,
        completion_tokens: 1,
        total_tokens: 399,
        completion_tokens_details: { reasoning_tokens: 386 },
      },
    ],
    ["chat-completion-chunk", { choices: "x", usage: { prompt_tokens: 1 } }],
  ])("finds nothing in a clean %s", (name, document) => {
    expect(lint(name, document)).toEqual([]);
  });

  it.each([
    ["langfuse-batch-with-output.json", ["orphan-trace-id", "completion-start-is-end"]],
    ["langfuse-batch-without-output.json", ["completion-start-is-end", "costs-disagree", "costs-disagree"]],
  ])("finds what is wrong with the seed %s", (seed, codes) => {
    expect(lint("langfuse-batch", readSeed(seed)).map(({ code }) => code)).toEqual(codes);
  });

  it("lists at most a thousand findings and counts the rest", () => {
    const findings = lint("langfuse-batch", {
      batch: Array.from({ length: 1500 }, () => ({ type: "trace-create", body: {} })),
    });
    expect(findings).toHaveLength(1001);
    expect(findings.at(-1)).toMatchObject({
      code: "more-findings",
      message: expect.stringMatching(/^500 more/),
    });
  });

  it("answers for documents that are nothing of the kind", () => {
    const documents = [
      null,
      1,
      "x",
      [],
      { batch: 1, response: 1 },
      { batch: [null, { body: null }], choices: [1] },
    ];
    for (const name of [
      "standard-logging-payload",
      "langfuse-batch",
      "recording",
      "usage",
      "chat-completion",
    ] as const) {
      for (const document of documents) expect(Array.isArray(lint(name, document))).toBe(true);
    }
    expect(lint("standard-logging-payload", throwing)).toMatchObject([{ code: "unreadable" }]);
  });
});
