import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import { lint, type StandardLoggingPayload } from "@waybill/core";
import { checkLangfuseBatchEmit } from "@waybill/core/emit";
import { describe, expect, it } from "vitest";

import { eventId, toLangfuseBatch, type MappingOptions } from "../src/index.js";
import { version } from "../src/version.js";
import { ours, payloads, price, seedPayload, tokens } from "./payloads.js";

function map(payload: StandardLoggingPayload, options: MappingOptions = {}) {
  const batch = toLangfuseBatch([payload], options);
  const checked = checkLangfuseBatchEmit(batch);
  expect(checked.ok ? [] : checked.issues).toEqual([]);
  expect(lint("langfuse-batch", batch)).toEqual([]);
  const [trace, generation] = batch.batch;
  return {
    trace: trace?.body as Record<string, unknown>,
    generation: generation?.body as Record<string, unknown>,
  };
}

describe("toLangfuseBatch", () => {
  it("makes one trace and one whole generation of a payload", () => {
    const { trace, generation } = map(ours(), { environment: "test", release: "1.0", version: "v2" });
    const io = {
      input: { messages: [{ role: "user", content: "What is a waybill?" }] },
      output: { role: "assistant", content: "A document." },
    };
    expect(trace).toEqual({
      id: "97311c609a614f48a81470139ee57868",
      timestamp: "2025-12-17T19:34:28.284660Z",
      name: "chat",
      sessionId: "session",
      userId: "user",
      environment: "test",
      release: "1.0",
      version: "v2",
      tags: ["beta", "gateway"],
      ...io,
    });
    expect(generation).toEqual({
      id: "0adc2896ac2cdafb",
      traceId: "97311c609a614f48a81470139ee57868",
      name: "chat gpt-4o",
      startTime: "2025-12-17T19:34:28.284660Z",
      completionStartTime: "2025-12-17T19:34:29.500000Z",
      endTime: "2025-12-17T19:34:30.079350Z",
      model: "gpt-4o-2024-08-06",
      modelParameters: { temperature: 0.5, stop: '["END"]', stream: true },
      usageDetails: { input: 60, input_cached_tokens: 40, output: 20, total: 120 },
      costDetails: { input: 0.00015, input_cached_tokens: 0.00005, output: 0.0002, total: 0.0004 },
      level: "DEFAULT",
      environment: "test",
      version: "v2",
      ...io,
      metadata: {
        usage_source: "provider",
        cost_status: "priced",
        cost_exact: "0.0004",
        provider: "openai",
        call_type: "acompletion",
        source_id: "chatcmpl-1",
        source_trace_id: "97311c60-9a61-4f48-a814-70139ee57868",
      },
    });
  });

  it("says who sends, and how much", () => {
    expect(toLangfuseBatch([ours(), seedPayload]).metadata).toEqual({
      batch_size: 4,
      sdk_name: "waybill",
      sdk_version: version,
    });
  });

  const usages: [name: string, usage: object | undefined, cost: object | undefined][] = [
    ["LiteLLM's own", { input: 10, output: 20, total: 30 }, { total: 0.00022500000000000002 }],
    ["no usage", undefined, undefined],
    ["a failure", undefined, undefined],
    [
      "reasoning",
      { input: 10, output: 5, output_reasoning_tokens: 50, total: 65 },
      { input: 0.001, output: 0.002, output_reasoning_tokens: 0.007, total: 0.01 },
    ],
    [
      "audio",
      { input: 10, input_audio_tokens: 20, output: 5, output_audio_tokens: 30, total: 65 },
      { input: 0.001, input_audio_tokens: 0.009, output: 0.005, output_audio_tokens: 0.015, total: 0.03 },
    ],
    [
      "writes to both caches",
      {
        input: 10,
        input_cached_tokens: 5,
        input_cache_creation_5m: 20,
        input_cache_creation_1h: 30,
        output: 5,
        total: 70,
      },
      {
        input: 0.1,
        input_cached_tokens: 0.1,
        input_cache_creation_5m: 0.15,
        input_cache_creation_1h: 0.2,
        output: 0.05,
        total: 0.6,
      },
    ],
    [
      "a cache of the default life",
      { input: 10, input_cache_creation: 20, output: 5, total: 35 },
      { input: 0.1, input_cache_creation: 0.45, output: 0.05, total: 0.6 },
    ],
    // A server that prices these finds no bucket that it would take for free.
    ["no price", { input: 63, input_cached_tokens: 40, output: 19, total: 122 }, undefined],
    ["a tool and a discount", expect.anything() as object, { total: 0.019 }],
    ["a tool on top", expect.anything() as object, { input: 0.01, other: 0.01, total: 0.02 }],
    ["a hit in a cache", undefined, { total: 0 }],
  ];

  it.each(usages)("writes tokens and cost of %s", (name, usage, cost) => {
    const { generation } = map(payloads[name] as StandardLoggingPayload);
    expect(generation.usageDetails).toEqual(usage);
    expect(generation.costDetails).toEqual(cost);
  });

  it("says that usage is missing, and keeps the server from guessing only when it is told to", () => {
    const missing = payloads["no usage"] as StandardLoggingPayload;
    expect(map(missing).generation.metadata).toMatchObject({
      usage_source: "missing",
      cost_status: "no_usage",
    });
    expect(map(missing, { suppressServerEstimate: true }).generation.costDetails).toEqual({ total: 0 });
    // A failure is not guessed at, so it needs no cost of 0; a known usage is not touched.
    const failed = payloads["a failure"] as StandardLoggingPayload;
    expect(map(failed, { suppressServerEstimate: true }).generation).not.toHaveProperty("costDetails");
    const unpriced = payloads["no price"] as StandardLoggingPayload;
    expect(map(unpriced, { suppressServerEstimate: true }).generation).not.toHaveProperty("costDetails");
  });

  it("adds lines up exactly, and trusts the exact cost when they make another sum", () => {
    const dime = { kind: "output", count: 1, rate: "0.1", amount: "0.1" };
    const cost = { ...price("0.3", {}), lines: [dime, dime, dime] };
    expect(map(ours({ response_cost: 0.30000000000000004 }, { cost })).generation.costDetails).toEqual({
      output: 0.3,
      total: 0.30000000000000004,
    });
    expect(map(ours({}, { cost: { ...cost, exact: "0.5" } })).generation.costDetails).toEqual({ total: 0.5 });
  });

  it("keeps the provider's own total when it is another", () => {
    const usage = { ...tokens({ text: 5 }, { text: 5 }), total: 17 };
    expect(map(ours({}, { usage })).generation.metadata).toMatchObject({ provider_total_tokens: 17 });
  });

  it("takes the counts of other systems that hold what is cached and thought", () => {
    const { waybill: _, ...plain } = ours({
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      response: {
        usage: {
          prompt_tokens_details: { cached_tokens: 40 },
          completion_tokens_details: { reasoning_tokens: 30 },
        },
      },
    });
    expect(map(plain).generation.usageDetails).toEqual({
      input: 60,
      input_cached_tokens: 40,
      output: 20,
      output_reasoning_tokens: 30,
      total: 150,
    });
    expect(map({ ...plain, response_cost: 0 }).generation.usageDetails).toEqual({
      input: 60,
      input_cached_tokens: 40,
      output: 50,
      total: 150,
    });
  });

  it("names a failure, in the provider's words only with content", () => {
    const failed = payloads["a failure"] as StandardLoggingPayload;
    const { generation } = map(failed);
    expect(generation).toMatchObject({ level: "ERROR", statusMessage: "429 slow down" });
    expect(generation).not.toHaveProperty("output");
    expect(map(failed, { content: false }).generation.statusMessage).toBe("RateLimitError 429");
  });

  it("leaves content out when it is told to", () => {
    const { trace, generation } = map(ours(), { content: false });
    for (const body of [trace, generation]) {
      expect(body).not.toHaveProperty("input");
      expect(body).not.toHaveProperty("output");
    }
    expect(JSON.stringify(generation)).not.toContain("waybill?");
  });

  it("warns of an answer that was cut short", () => {
    expect(map(payloads["a stream that was cut"]!).generation).toMatchObject({
      level: "WARNING",
      statusMessage: "the answer was cut short",
    });
  });

  it("makes JSON text of nested parameters, input of tools, and leaves out what may be a secret", () => {
    const { generation } = map(payloads["tool calls"]!);
    expect(generation.modelParameters).toEqual({ response_format: '{"type":"json_object"}' });
    expect(generation.input).toMatchObject({ tools: [{ function: { name: "look_up" } }] });
    expect(generation.output).toMatchObject({ tool_calls: [{ id: "call_1" }, { id: "call_2" }] });
  });

  const outputs: [title: string, response: unknown, output: unknown][] = [
    [
      "several choices",
      { choices: [{ message: { content: "a" } }, { message: { content: "b" } }] },
      [{ content: "a" }, { content: "b" }],
    ],
    ["plain text", "hello", { role: "assistant", content: "hello" }],
    ["a transcription", { text: "hello" }, { role: "assistant", content: "hello" }],
    ["images", { data: [{ url: "https://images.test/1" }] }, [{ url: "https://images.test/1" }]],
    ["a ranking", { results: [{ index: 0 }] }, [{ index: 0 }]],
    [
      "Anthropic's messages",
      { role: "assistant", content: [{ type: "text", text: "a" }] },
      { role: "assistant", content: [{ type: "text", text: "a" }] },
    ],
    ["events", [{ type: "session.created" }], [{ type: "session.created" }]],
    ["vectors", { data: [{ embedding: [1] }] }, undefined],
    ["nothing", {}, undefined],
    ["empty text", "", undefined],
    ["no choices", { choices: [] }, undefined],
    ["a choice without a message", { choices: [{ message: null }] }, undefined],
  ];

  it.each(outputs)("shows %s", (_, response, output) => {
    expect(map(ours({ response: response as never })).generation.output).toEqual(output);
  });

  it("cuts long texts and says so, and the rest is JSON", () => {
    const { generation } = map(payloads["a long prompt"]!);
    const { messages } = generation.input as { messages: { content: string }[] };
    expect(messages[1]?.content).toBe("Hi");
    expect(messages[0]?.content.length).toBeLessThan(400_000);
    expect(generation.metadata).toMatchObject({ degraded: "content_cut" });
  });

  it("delivers a call whose content has no JSON, and says that it is missing", () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    let deep: unknown = "deep";
    for (let level = 0; level < 20_000; level++) deep = [deep];
    for (const content of [cycle, deep, 5n]) {
      const { generation } = map(ours({ messages: [{ role: "user", content }] }));
      expect(generation).not.toHaveProperty("input");
      expect(generation.metadata).toMatchObject({ degraded: "content" });
    }
    const requester = ours({ metadata: { requester_metadata: cycle } });
    expect(map(requester).generation.metadata).toMatchObject({ degraded: "metadata" });
  });

  const firstTokens: [title: string, members: Partial<StandardLoggingPayload>, at: string | undefined][] = [
    ["inside of the call", { completionStartTime: 1766000069.5 }, "2025-12-17T19:34:29.500000Z"],
    ["that is the end again", { completionStartTime: 1766000070.07935 }, undefined],
    ["in the same millisecond as the end", { completionStartTime: 1766000070.0791 }, undefined],
    ["before the start", { completionStartTime: 1766000060 }, undefined],
    ["behind the end", { completionStartTime: 1766000080 }, undefined],
    ["of a call that is no stream", { stream: null }, undefined],
  ];

  it.each(firstTokens)("takes a first token %s", (_, members, at) => {
    expect(map(ours(members)).generation.completionStartTime).toBe(at);
  });

  it("leaves out what has no id, and says which", () => {
    const left: [number, string][] = [];
    const odd = [{ status: "success" }, null, ours()] as never[];
    const { batch } = toLangfuseBatch(odd, { onUnmappable: (index, reason) => left.push([index, reason]) });
    expect(batch).toHaveLength(2);
    expect(left.map(([index]) => index)).toEqual([0, 1]);
  });

  it("refuses an environment that the server would not keep", () => {
    for (const environment of ["Prod!", "langfuse-x", "x".repeat(41), ""]) {
      expect(() => toLangfuseBatch([], { environment })).toThrow(/environment: /);
    }
  });

  it("tells the package's version", () => {
    const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
    expect(version).toBe((JSON.parse(manifest) as { version: string }).version);
  });
});

describe("eventId", () => {
  it("is a UUID of the SHA-256 of what the event is of", () => {
    const hash = createHash("sha256").update('["call-1","langfuse","trace-create",0]').digest("hex");
    const id = eventId("call-1", "langfuse", "trace-create");
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const digits = id.replaceAll("-", "");
    expect(digits.slice(0, 12)).toBe(hash.slice(0, 12));
    expect(digits.slice(13, 16)).toBe(hash.slice(13, 16));
    expect(digits.slice(17)).toBe(hash.slice(17, 32));
  });

  it("differs by each of its parts", () => {
    const ids = [
      eventId("a", "langfuse", "trace-create"),
      eventId("b", "langfuse", "trace-create"),
      eventId("a", "other", "trace-create"),
      eventId("a", "langfuse", "generation-create"),
      eventId("a", "langfuse", "trace-create", 1),
    ];
    expect(new Set(ids).size).toBe(5);
  });
});
