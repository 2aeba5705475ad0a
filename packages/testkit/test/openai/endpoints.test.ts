import { describe, expect, it } from "vitest";

import type { Answer } from "../../src/index.js";
import { eventsOf, hello, post, stubOf, valuesOf } from "./stub-client.js";

type Members = Record<string, unknown>;
type Delta = { thinking?: string; text?: string; partial_json?: string };

const call: Answer = { calls: [{ name: "look_up", arguments: { order: "A-1007" } }] };

describe("POST /v1/responses", () => {
  const cases: readonly [title: string, answer: Answer, end: string][] = [
    ["text", { text: "Saturn has rings." }, "completed"],
    ["thinking and text", { reasoning: "Which one?", text: "Saturn." }, "completed"],
    ["calls", { calls: [...(call.calls ?? []), { name: "other", arguments: "{}" }] }, "completed"],
    ["a refusal", { refusal: "No." }, "completed"],
    ["text that is too long", { text: "Saturn has", finish: "length" }, "incomplete"],
  ];

  it.each(cases)("builds by its events what it answers whole: %s", async (_, answer, end) => {
    const stub = await stubOf({ answer: () => answer });
    const body = { model: "gpt-4o", input: "Which planet has rings?" };
    const whole = (await (await post(stub, "responses", body)).json()) as Members;
    const response = await post(stub, "responses", { ...body, stream: true });
    const text = await response.text();
    const events = eventsOf(text).map(({ name, data }) => {
      const value = JSON.parse(data) as Members & { type: string };
      expect(name).toBe(value.type);
      return value;
    });
    expect(text).not.toContain("[DONE]");
    expect(events.map((event) => event["sequence_number"])).toEqual([...events.keys()]);
    expect(events.slice(0, 2).map(({ type }) => type)).toEqual(["response.created", "response.in_progress"]);
    expect(events.at(-1)?.type).toBe(`response.${end}`);
    expect(whole["status"]).toBe(end);
    const final = events.at(-1)?.["response"] as Members;
    expect({ ...final, output: 0, id: 0 }).toEqual({ ...whole, output: 0, id: 0 });
    const done = events.filter(({ type }) => type === "response.output_item.done").map(({ item }) => item);
    expect(final["output"]).toEqual(done);
    // Every delta belongs to a text that ends as the deltas add up.
    for (const event of events.filter(({ type }) => /(?:text|refusal|arguments)\.done$/.test(type))) {
      const kind = event.type.replace(/\.done$/, ".delta");
      const deltas = events.filter(({ type, item_id: id }) => type === kind && id === event["item_id"]);
      const said = event["text"] ?? event["refusal"] ?? event["arguments"];
      expect(deltas.map(({ delta }) => delta).join("")).toBe(said);
    }
    const usage = whole["usage"] as Record<string, number>;
    expect(usage["total_tokens"]).toBe((usage["input_tokens"] ?? 0) + (usage["output_tokens"] ?? 0));
  });

  it("fails in the middle as a response that failed", async () => {
    const stub = await stubOf({ faults: [{ kind: "error-in-stream", after: 4, message: "Out of luck" }] });
    const response = await post(stub, "responses", { model: "gpt-4o", input: "Hello", stream: true });
    const events = await valuesOf<Members>(response);
    expect(events).toHaveLength(5);
    expect(events.at(-1)).toMatchObject({
      type: "response.failed",
      response: { status: "failed", error: { message: "Out of luck" } },
    });
  });
});

describe("POST /v1/messages", () => {
  const body = { model: "claude-sonnet-4-5", max_tokens: 100, messages: hello.messages };

  it("answers whole with Anthropic's words, and cached input beside the rest", async () => {
    const stub = await stubOf({
      answer: () => ({ ...call, text: "One moment.", usage: { input: 1000, cached: 700, cacheWrite: 200 } }),
    });
    const response = await post(stub, "messages", body);
    expect(response.headers.get("request-id")).toMatch(/^req_01/);
    expect(await response.json()).toMatchObject({
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4-5",
      content: [
        { type: "text", text: "One moment." },
        { type: "tool_use", name: "look_up", input: { order: "A-1007" } },
      ],
      stop_reason: "tool_use",
      usage: { input_tokens: 100, cache_read_input_tokens: 700, cache_creation_input_tokens: 200 },
    });
  });

  it("streams blocks whose deltas add up, and the whole usage at the end", async () => {
    const stub = await stubOf({ answer: () => ({ reasoning: "Rings.", text: "It is Saturn.", ...call }) });
    const events = eventsOf(await (await post(stub, "messages", { ...body, stream: true })).text());
    const values = events.map(({ data }) => JSON.parse(data) as Members & { type: string });
    expect(events.map(({ name }) => name)).toEqual(values.map(({ type }) => type));
    expect(values[0]).toMatchObject({
      type: "message_start",
      message: { content: [], usage: { output_tokens: 1 } },
    });
    const deltas = values.flatMap(({ type, index, delta }) =>
      type === "content_block_delta" ? [{ index, ...(delta as Delta) }] : [],
    );
    const joined = [0, 1, 2].map((block) =>
      deltas
        .filter(({ index }) => index === block)
        .map((delta) => delta.thinking ?? delta.text ?? delta.partial_json ?? "")
        .join(""),
    );
    expect(joined).toEqual(["Rings.", "It is Saturn.", '{"order":"A-1007"}']);
    expect(values.at(-2)).toMatchObject({ type: "message_delta", delta: { stop_reason: "tool_use" } });
    const usage = values.at(-2)?.["usage"] as Record<string, number> | undefined;
    expect(usage?.["output_tokens"]).toBeGreaterThan(3);
    expect(values.at(-1)).toEqual({ type: "message_stop" });
  });

  it("takes its key from x-api-key and refuses in its own shape", async () => {
    const stub = await stubOf({ apiKey: "sk-ant-right" });
    const right = await post(stub, "messages", body, { headers: { "x-api-key": "sk-ant-right" } });
    expect(right.status).toBe(200);
    await right.text();
    const wrong = await post(stub, "messages", body, { headers: { "x-api-key": "sk-ant-wrong" } });
    expect([wrong.status, await wrong.json()]).toEqual([
      401,
      { type: "error", error: { type: "authentication_error", message: "invalid x-api-key" } },
    ]);
  });

  it("fails in the middle by an event named error", async () => {
    const fault = {
      kind: "error-in-stream",
      after: 2,
      type: "overloaded_error",
      message: "Overloaded",
    } as const;
    const stub = await stubOf({ faults: [fault] });
    const events = eventsOf(await (await post(stub, "messages", { ...body, stream: true })).text());
    expect(events.at(-1)).toEqual({
      name: "error",
      data: '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
    });
  });
});

describe("POST /v1/embeddings", () => {
  it("gives a vector for each input, the same in numbers and in base64", async () => {
    const stub = await stubOf();
    const body = { model: "text-embedding-3-small", input: ["a planet", "its rings of ice"], dimensions: 12 };
    type List = { data: { embedding: number[] | string }[]; usage: Members };
    const plain = (await (await post(stub, "embeddings", body)).json()) as List;
    const response = await post(stub, "embeddings", { ...body, encoding_format: "base64" });
    const packed = (await response.json()) as List;
    const numbers = packed.data.map(({ embedding }) => {
      const bytes = Buffer.from(String(embedding), "base64");
      return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
    });
    expect(numbers).toEqual(plain.data.map(({ embedding }) => embedding));
    expect(numbers.map(({ length }) => length)).toEqual([12, 12]);
    expect(numbers[0]).not.toEqual(numbers[1]);
    expect(plain.usage).toEqual({ prompt_tokens: 6, total_tokens: 6 });
  });

  it("takes tokens for input", async () => {
    const stub = await stubOf();
    const body = { model: "text-embedding-3-small", input: [1, 2, 3] };
    expect(await (await post(stub, "embeddings", body)).json()).toMatchObject({
      data: [{ index: 0 }],
      usage: { prompt_tokens: 3 },
    });
  });
});

describe("POST /v1/completions and GET /v1/models", () => {
  it("complete a prompt, whole and streamed", async () => {
    const stub = await stubOf({ answer: () => ({ text: " has rings." }) });
    const body = { model: "gpt-3.5-turbo-instruct", prompt: "Saturn" };
    const whole = (await (await post(stub, "completions", body)).json()) as { usage: Members };
    expect(whole).toMatchObject({ object: "text_completion", choices: [{ text: " has rings." }] });
    const response = await post(stub, "completions", {
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await valuesOf<{ choices: { text: string }[]; usage: unknown }>(response);
    expect(chunks.flatMap(({ choices }) => choices.map(({ text }) => text)).join("")).toBe(" has rings.");
    expect(chunks.at(-1)?.usage).toEqual(whole.usage);
  });

  it("list the models, and one", async () => {
    const stub = await stubOf({ models: ["gpt-4o", "mine/7b"] });
    const list = (await (await fetch(`${stub.baseUrl}/models`)).json()) as { data: { id: string }[] };
    expect(list.data.map(({ id }) => id)).toEqual(["gpt-4o", "mine/7b"]);
    expect(await (await fetch(`${stub.baseUrl}/models/mine/7b`)).json()).toMatchObject({ id: "mine/7b" });
    const none = await fetch(`${stub.baseUrl}/models/other`);
    expect([none.status, await none.json()]).toMatchObject([404, { error: { code: "model_not_found" } }]);
  });
});
