import { checkStandardLoggingPayloadEmit } from "@waybill/core/emit";
import { describe, expect, it } from "vitest";

import type { LiveCall } from "../src/index.js";
import { json, observed, post, sse, streamed } from "./upstream.js";

const openai = "https://api.openai.com/v1";

async function recordOf(url: string, request: object, answer: () => Response) {
  const { fetch, payloads, events } = observed(answer);
  const sent = await answer().text();
  const read = await (await fetch(url, post(request))).text();
  expect(read).toBe(sent);
  expect(checkStandardLoggingPayloadEmit(payloads[0])).toMatchObject({ ok: true });
  return { payload: payloads[0], events };
}

const response = {
  id: "resp_0123456789abcdef0123",
  object: "response",
  status: "completed",
  model: "gpt-4o-2024-08-06",
  output: [
    {
      type: "message",
      id: "msg_1",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text: "Saturn", annotations: [] }],
    },
    {
      type: "function_call",
      id: "fc_1",
      status: "completed",
      call_id: "call_1",
      name: "look",
      arguments: '{"at":"rings"}',
    },
  ],
  usage: {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 4 },
    output_tokens: 6,
    output_tokens_details: { reasoning_tokens: 2 },
    total_tokens: 16,
  },
};

const created = {
  type: "response.created",
  response: { ...response, status: "in_progress", output: [], usage: null },
};
const begun = [
  created,
  {
    type: "response.output_item.added",
    output_index: 0,
    item: { type: "message", id: "msg_1", status: "in_progress", role: "assistant", content: [] },
  },
  { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "Sat" },
  { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "urn" },
];

describe("the Responses API", () => {
  const request = { model: "gpt-4o", input: "Which planet has rings?" };

  it("is recorded with its usage and price, not streamed", async () => {
    const { payload } = await recordOf(`${openai}/responses`, request, () => json(response));
    expect(payload).toMatchObject({
      call_type: "aresponses",
      status: "success",
      response,
      prompt_tokens: 10,
      completion_tokens: 6,
      // 6 x 2.5 + 4 x 1.25 + 6 x 10 millionths
      waybill: { cost: { exact: "0.00008" }, usage: { input: { cacheRead: 4 } } },
    });
  });

  it.each([
    ["completed", response, "success", "complete"],
    [
      "incomplete",
      { ...response, status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
      "success",
      "complete",
    ],
    [
      "failed",
      { ...response, status: "failed", usage: null, error: { code: "server_error", message: "It broke" } },
      "failure",
      "error",
    ],
  ])("that streams is read from its event response.%s", async (end, last, status, how) => {
    const { payload } = await recordOf(`${openai}/responses`, { ...request, stream: true }, () =>
      streamed(sse([...begun, { type: `response.${end}`, response: last }], "")),
    );
    expect(payload).toMatchObject({
      call_type: "aresponses",
      status,
      response: last,
      waybill: { status: how },
    });
    expect(payload?.response_cost).toEqual(last.usage ? 0.00008 : null);
    expect(payload?.completionStartTime).not.toBeNull();
  });

  it("that is cut off is recorded with what came", async () => {
    const started = [
      ...begun,
      {
        type: "response.output_item.added",
        output_index: 1,
        item: {
          type: "function_call",
          id: "fc_1",
          status: "in_progress",
          call_id: "call_1",
          name: "look",
          arguments: "",
        },
      },
      { type: "response.function_call_arguments.delta", output_index: 1, delta: '{"at":' },
    ];
    const { payload } = await recordOf(`${openai}/responses`, { ...request, stream: true }, () =>
      streamed(sse(started, "")),
    );
    expect(payload).toMatchObject({
      status: "failure",
      prompt_tokens: null,
      response_cost: null,
      response: {
        id: response.id,
        output: [
          { id: "msg_1", content: [{ type: "output_text", text: "Saturn" }] },
          { id: "fc_1", name: "look", arguments: '{"at":' },
        ],
      },
      waybill: { status: "incomplete" },
    });
    expect(payload?.waybill.diagnostics).toMatchObject([{ code: "T6", chunk: 6 }]);
  });

  it("that ends in an error event is a failure with its words", async () => {
    const { payload } = await recordOf(`${openai}/responses`, { ...request, stream: true }, () =>
      streamed(
        sse([created, { type: "error", code: "rate_limit_exceeded", message: "Slow down", param: null }], ""),
      ),
    );
    expect(payload).toMatchObject({
      status: "failure",
      error_information: { error_message: "Slow down", error_code: "rate_limit_exceeded" },
    });
  });
});

describe("the Messages API", () => {
  const url = "https://api.anthropic.com/v1/messages";
  const request = {
    model: "claude-sonnet-4-5",
    max_tokens: 100,
    messages: [{ role: "user", content: "Rings?" }],
  };
  const usage = {
    input_tokens: 10,
    cache_read_input_tokens: 4,
    cache_creation_input_tokens: 0,
    output_tokens: 6,
  };
  const message = {
    id: "msg_0123456789abcdef0123",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5-20250929",
    content: [
      { type: "thinking", thinking: "Rings...", signature: "c2ln" },
      { type: "text", text: "Saturn" },
      { type: "tool_use", id: "toolu_1", name: "look", input: { at: "rings" } },
    ],
    stop_reason: "tool_use",
    stop_sequence: null,
    usage,
  };
  const events = [
    {
      type: "message_start",
      message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
    },
    {
      type: "content_block_start",
      index: 0,
      content_block: { type: "thinking", thinking: "", signature: "" },
    },
    { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Rings..." } },
    { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "c2ln" } },
    { type: "ping" },
    { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Sat" } },
    { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "urn" } },
    { type: "content_block_stop", index: 1 },
    {
      type: "content_block_start",
      index: 2,
      content_block: { type: "tool_use", id: "toolu_1", name: "look", input: {} },
    },
    { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '{"at":' } },
    { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '"rings"}' } },
  ];
  const ending = [
    {
      type: "message_delta",
      delta: { stop_reason: "tool_use", stop_sequence: null },
      usage: { output_tokens: 6 },
    },
    { type: "message_stop" },
  ];
  // 10 x 3 + 4 x 0.3 + 6 x 15 millionths
  const exact = "0.0001212";

  it("is recorded with its usage and price, not streamed", async () => {
    const { payload } = await recordOf(url, request, () => json(message));
    expect(payload).toMatchObject({
      custom_llm_provider: "anthropic",
      status: "success",
      response: message,
      prompt_tokens: 14,
      completion_tokens: 6,
      waybill: { cost: { exact } },
    });
  });

  it("that streams makes the same message, and the same price", async () => {
    const { payload } = await recordOf(url, { ...request, stream: true }, () =>
      streamed(sse([...events, ...ending], "")),
    );
    expect(payload).toMatchObject({
      status: "success",
      response: message,
      waybill: { cost: { exact }, status: "complete" },
    });
  });

  it("that is cut off keeps its text, and the input of a call as text", async () => {
    const { payload } = await recordOf(url, { ...request, stream: true }, () =>
      streamed(sse(events.slice(0, -1), "")),
    );
    expect(payload).toMatchObject({
      status: "failure",
      response: { content: [{}, { text: "Saturn" }, { name: "look", input: '{"at":' }] },
      waybill: { status: "incomplete" },
    });
  });

  it("that ends in an error is a failure with its words", async () => {
    const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    const { payload } = await recordOf(url, { ...request, stream: true }, () =>
      streamed(sse([...events.slice(0, 8), error], "")),
    );
    expect(payload).toMatchObject({
      status: "failure",
      error_information: { error_message: "Overloaded", error_class: "overloaded_error" },
      response: { content: [{}, { text: "Saturn" }] },
    });
  });
});

describe("embeddings", () => {
  const usage = { prompt_tokens: 8, total_tokens: 8 };
  const answer = (embedding: unknown) => ({
    object: "list",
    model: "text-embedding-3-small",
    data: [{ object: "embedding", index: 0, embedding }],
    usage,
  });

  it.each([
    ["numbers", [0.1, 0.2, 0.3]],
    ["base64", Buffer.from(new Float32Array([0.1, 0.2, 0.3]).buffer).toString("base64")],
  ])("as %s are recorded without their vectors", async (_, embedding) => {
    const { payload } = await recordOf(
      `${openai}/embeddings`,
      { model: "text-embedding-3-small", input: "rings" },
      () => json(answer(embedding)),
    );
    expect(payload).toMatchObject({
      call_type: "aembedding",
      prompt_tokens: 8,
      completion_tokens: 0,
      response: answer("[3 numbers]"),
      waybill: { cost: { exact: "0.00000016" } },
    });
  });
});

describe("text completions", () => {
  const head = {
    id: "cmpl-0123456789abcdef0123",
    object: "text_completion",
    created: 1,
    model: "gpt-3.5-turbo-instruct",
  };
  const request = { model: "gpt-3.5-turbo-instruct", prompt: "The planet with rings is" };

  it("that stream are put together", async () => {
    const events = [
      { ...head, choices: [{ text: " Sat", index: 0, finish_reason: null }] },
      { ...head, choices: [{ text: "urn", index: 0, finish_reason: "stop" }] },
      { ...head, choices: [], usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } },
    ];
    const { payload } = await recordOf(`${openai}/completions`, { ...request, stream: true }, () =>
      streamed(sse(events)),
    );
    expect(payload).toMatchObject({
      call_type: "atext_completion",
      status: "success",
      response: { choices: [{ text: " Saturn" }] },
      completion_tokens: 2,
      response_cost: 0.0000115,
    });
  });
});

describe("Azure", () => {
  it("has its model in the path", async () => {
    const url =
      "https://me.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21";
    const { payload } = await recordOf(url, { messages: [{ role: "user", content: "Rings?" }] }, () =>
      json({
        id: "chatcmpl-0123456789abcdef",
        object: "chat.completion",
        choices: [],
        usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
      }),
    );
    expect(payload).toMatchObject({
      custom_llm_provider: "azure",
      model: "gpt-4o",
      api_base: "https://me.openai.azure.com/openai/deployments/gpt-4o",
      waybill: { cost: { status: "priced" } },
    });
  });
});

describe("a live call", () => {
  it("says how far its answer is, piece by piece", async () => {
    const calls: LiveCall[] = [];
    const { fetch } = observed(() => streamed(sse(begun).slice(0, -1)), {
      onStart: (call) => void calls.push(call),
    });
    const answer = await fetch(`${openai}/responses`, post({ model: "gpt-4o", input: "x", stream: true }));
    const texts: string[] = [];
    for await (const _ of answer.body as ReadableStream<Uint8Array>)
      texts.push(calls[0]?.progress().text ?? "none");
    expect(texts).toEqual(["", "", "Sat", "Saturn"]);
    expect(calls[0]).toMatchObject({ api: "responses", provider: "openai", request: { model: "gpt-4o" } });
    expect(calls[0]?.progress()).toMatchObject({ chunks: 4, firstTokenMs: expect.any(Number) as number });
  });
});
