import { readFileSync } from "node:fs";

import type { StandardLoggingPayload, WaybillMember } from "@waybill/core";

/** LiteLLM's payload of the seeds. */
export const seedPayload = JSON.parse(
  readFileSync(new URL("../../../fixtures/seeds/standard-logging-payload.json", import.meta.url), "utf8"),
) as StandardLoggingPayload;

/** A payload as Waybill writes it, as far as the exporter reads it. */
export function ours(
  members: Partial<StandardLoggingPayload> = {},
  waybill: Partial<WaybillMember> = {},
): StandardLoggingPayload & { waybill: WaybillMember } {
  return {
    id: "chatcmpl-1",
    trace_id: "97311c60-9a61-4f48-a814-70139ee57868",
    session_id: "session",
    end_user: "user",
    call_type: "acompletion",
    stream: true,
    status: "success",
    custom_llm_provider: "openai",
    startTime: 1766000068.28466,
    endTime: 1766000070.07935,
    completionStartTime: 1766000069.5,
    model: "gpt-4o",
    prompt_tokens: 100,
    completion_tokens: 20,
    total_tokens: 120,
    response_cost: 0.0004,
    request_tags: ["gateway", "beta"],
    messages: [{ role: "user", content: "What is a waybill?" }],
    response: {
      id: "chatcmpl-1",
      model: "gpt-4o-2024-08-06",
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "A document." } }],
    },
    model_parameters: { temperature: 0.5, stop: ["END"], stream: true },
    ...members,
    waybill: {
      version: 1,
      idempotencyKey: "openai:chatcmpl-1",
      cost: {
        status: "priced",
        exact: "0.0004",
        catalog: "test",
        lines: [
          { kind: "input", count: 60, rate: "0.0000025", amount: "0.00015" },
          { kind: "cache_read", count: 40, rate: "0.00000125", amount: "0.00005" },
          { kind: "output", count: 20, rate: "0.00001", amount: "0.0002" },
        ],
      },
      usage: tokens({ text: 60, cacheRead: 40 }, { text: 20 }),
      usageSource: "provider",
      status: "complete",
      diagnostics: [],
      timing: null,
      attempts: [],
      ...waybill,
    },
  };
}

type Usage = NonNullable<WaybillMember["usage"]>;

/** Normalised usage; what is not named is 0. */
export function tokens(input: Partial<Usage["input"]>, output: Partial<Usage["output"]>): Usage {
  return {
    input: {
      text: 0,
      cacheRead: 0,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      audio: 0,
      image: 0,
      video: 0,
      ...input,
    },
    output: { text: 0, reasoning: 0, audio: 0, image: 0, ...output },
    total: null,
    raw: {},
  };
}

/** A price by lines of kind and amount, which sum to `exact`. */
export function price(exact: string, lines: Record<string, string>): WaybillMember["cost"] {
  return {
    status: "priced",
    exact,
    catalog: "test",
    lines: Object.entries(lines).map(([kind, amount]) => ({ kind, count: 1, rate: amount, amount })),
  };
}

const noUsage = { status: "no_usage" as const, exact: null, lines: [], catalog: null, reason: "no usage" };
const unpriced = { status: "unpriced" as const, exact: null, lines: [], catalog: null };
const call = {
  id: "call_1",
  type: "function",
  function: { name: "look_up", arguments: '{"term":"waybill"}' },
};
const tool = { type: "function", function: { name: "look_up", parameters: { type: "object" } } };
const answer = (message: object) => ({ id: "r", model: "gpt-4o-2024-08-06", choices: [{ message }] });

/** A payload of each kind that differs in what Langfuse makes of it. */
export const payloads: Record<string, StandardLoggingPayload> = {
  "LiteLLM's own": seedPayload,
  "a stream with a cache": ours(),
  "no usage": ours({ response_cost: null }, { usage: null, usageSource: "missing", cost: noUsage }),
  reasoning: ours(
    { response_cost: 0.01 },
    {
      usage: tokens({ text: 10 }, { text: 5, reasoning: 50 }),
      cost: price("0.01", { input: "0.001", output: "0.002", reasoning: "0.007" }),
    },
  ),
  audio: ours(
    { response_cost: 0.03 },
    {
      usage: tokens({ text: 10, audio: 20 }, { text: 5, audio: 30 }),
      cost: price("0.03", { input: "0.001", input_audio: "0.009", output: "0.005", output_audio: "0.015" }),
    },
  ),
  "writes to both caches": ours(
    { response_cost: 0.6 },
    {
      usage: tokens({ text: 10, cacheRead: 5, cacheWrite5m: 20, cacheWrite1h: 30 }, { text: 5 }),
      cost: price("0.6", {
        input: "0.1",
        cache_read: "0.1",
        cache_write: "0.15",
        cache_write_1h: "0.2",
        output: "0.05",
      }),
    },
  ),
  "a cache of the default life": ours(
    { response_cost: 0.6 },
    {
      usage: tokens({ text: 10, cacheWrite5m: 20 }, { text: 5 }),
      cost: price("0.6", { input: "0.1", cache_write: "0.45", output: "0.05" }),
    },
  ),
  "no price": ours(
    { response_cost: null },
    {
      usage: tokens({ text: 60, cacheRead: 40, audio: 3 }, { text: 10, reasoning: 7, audio: 2 }),
      cost: unpriced,
    },
  ),
  "a tool and a discount": ours(
    { response_cost: 0.019 },
    { cost: price("0.019", { input: "0.01", web_search: "0.01", discount: "-0.001" }) },
  ),
  "a tool on top": ours(
    { response_cost: 0.02 },
    { cost: price("0.02", { input: "0.01", web_search: "0.01" }) },
  ),
  "a failure": ours(
    {
      status: "failure",
      response: {},
      response_cost: null,
      error_str: "429 slow down",
      error_information: { error_code: "429", error_class: "RateLimitError", error_message: "429 slow down" },
    },
    { usage: null, usageSource: "missing", cost: noUsage, status: "error" },
  ),
  "a stream that was cut": ours({}, { status: "incomplete" }),
  "tool calls": ours({
    model_parameters: { tools: [tool], response_format: { type: "json_object" }, api_key: "secret" },
    response: answer({ role: "assistant", content: null, tool_calls: [call, { ...call, id: "call_2" }] }),
  }),
  embeddings: ours({
    call_type: "aembedding",
    stream: null,
    messages: "Hello world",
    model: "text-embedding-ada-002",
    response: { model: "text-embedding-ada-002", data: [{ embedding: [0.1, 0.2], index: 0 }] },
  }),
  "a text completion": ours({
    call_type: "atext_completion",
    messages: "Once upon",
    response: { choices: [{ text: " a time" }, { text: " a mattress" }] },
  }),
  "the Responses API": ours({
    call_type: "aresponses",
    response: {
      id: "resp",
      model: "gpt-4o",
      output: [{ type: "message", content: [{ type: "output_text", text: "Hi" }] }],
    },
  }),
  "a hit in a cache": ours(
    { cache_hit: true, response_cost: 0, stream: null },
    { usage: null, usageSource: "missing", cost: { ...price("0", { cache_hit: "0" }), status: "free" } },
  ),
  "a child of the caller's span": ours(
    {},
    { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
  ),
  "ids of any form": ours({
    id: `x\r${"y".repeat(900)}`,
    trace_id: "litellm-test-1",
    session_id: "s".repeat(300),
    end_user: "u".repeat(300),
    request_tags: ["t".repeat(300)],
  }),
  "ends before it starts": ours({ startTime: 1766000070, endTime: 1766000060 }),
  "no times": ours({ startTime: null, endTime: null, completionStartTime: null }),
  "times of older payloads": ours({
    startTime: "2025-01-16 19:28:55.124873",
    endTime: "2025-01-16 19:28:56.5",
    completionStartTime: "2025-01-16 19:28:55.5",
  }),
  "a call of an agent": ours({ call_type: "invoke_agent" }),
  "half of a surrogate pair": ours({
    messages: [{ role: "user", content: "a\ud800b" }],
    metadata: { requester_metadata: { "\udfff": "\ud83d" } },
  }),
  "the caller's metadata": ours({
    metadata: { requester_metadata: { trace_name: "checkout", nested: { a: [1, { b: null }] }, text: "x" } },
  }),
  "a long prompt": ours({
    messages: [
      { role: "system", content: "s".repeat(700_000) },
      { role: "user", content: "Hi" },
    ],
  }),
  "content without JSON": ours({
    messages: [{ role: "user", content: 5n }],
    model_parameters: { a: 1n, b: 2 },
  }),
  "no more than an id": { id: "x", status: "success" },
};
