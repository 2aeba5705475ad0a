import type { Attempt, TokenUsage } from "@waybill/core";
import { describe, expect, it } from "vitest";

import type { Call } from "../src/index.js";
import { build, cost, result, without } from "./calls.js";

const plain = without("result", "cost");

describe("a record of", () => {
  it.each<[kind: string, changes: Partial<Call>, record: object]>([
    [
      "an embedding",
      {
        request: { model: "text-embedding-3-small", input: ["a", "b"], encoding_format: "float" },
        response: {
          object: "list",
          data: [{ embedding: [0.5] }],
          usage: { prompt_tokens: 2, total_tokens: 2 },
        },
      },
      {
        call_type: "aembedding",
        messages: [
          { role: "user", content: "a" },
          { role: "user", content: "b" },
        ],
        prompt_tokens: 2,
        completion_tokens: 0,
        total_tokens: 2,
        model_parameters: { encoding_format: "float" },
        response: { data: [{ embedding: [0.5] }] },
      },
    ],
    [
      "a response",
      {
        request: { model: "gpt-5", input: "hi", instructions: "be brief", max_output_tokens: 9, tools: [] },
        response: {
          id: "resp_0123456789abcdef0123",
          object: "response",
          output: [{ type: "message", content: [{ type: "output_text", text: "yo" }] }],
          usage: { input_tokens: 8, output_tokens: 2, total_tokens: 10 },
        },
      },
      {
        id: "resp_0123456789abcdef0123",
        call_type: "aresponses",
        prompt_tokens: 8,
        completion_tokens: 2,
        total_tokens: 10,
        messages: [
          { role: "system", content: "be brief" },
          { role: "user", content: "hi" },
        ],
        model_parameters: { max_output_tokens: 9, tools: [] },
      },
    ],
    [
      "a text completion",
      {
        request: { model: "m", prompt: "once" },
        response: { object: "text_completion", choices: [{ text: "!" }] },
      },
      { call_type: "atext_completion", messages: [{ role: "user", content: "once" }] },
    ],
    [
      "an image",
      {
        request: { model: "gpt-image-1", prompt: "a cat", size: "1024x1024" },
        response: { data: [{ b64_json: "AAAA" }] },
      },
      { call_type: "aimage_generation", model_parameters: { size: "1024x1024" } },
    ],
    [
      "a transcription, whose file is not recorded",
      { request: { model: "whisper-1", file: new File(["abc"], "talk.mp3") }, response: "hello" },
      { call_type: "atranscription", response: "hello", messages: [{ role: "user", content: "talk.mp3" }] },
    ],
    [
      "a reranking",
      { request: { model: "r", query: "q", documents: ["a", "b"], top_n: 1 }, response: { results: [] } },
      {
        call_type: "arerank",
        messages: { query: "q", documents: ["a", "b"] },
        model_parameters: { top_n: 1 },
        response: { results: [] },
      },
    ],
    [
      "a spoken text",
      { request: { model: "tts-1", input: "hi", voice: "alloy" }, response: new Uint8Array(3) },
      { call_type: "aspeech", response: "[bytes:3]", model_parameters: { voice: "alloy" } },
    ],
    [
      "a message of Anthropic's",
      {
        request: { model: "claude", system: "be kind", messages: [{ role: "user", content: "hi" }] },
        response: {
          id: "msg_0123456789abcdef0123",
          usage: {
            input_tokens: 5,
            cache_read_input_tokens: 100,
            cache_creation_input_tokens: 10,
            output_tokens: 7,
          },
        },
      },
      {
        prompt_tokens: 115,
        completion_tokens: 7,
        total_tokens: 122,
        messages: [
          { role: "system", content: "be kind" },
          { role: "user", content: "hi" },
        ],
      },
    ],
    [
      "a call that does not show what it is",
      { request: { model: "m", input: "x" }, response: {} },
      { call_type: "", prompt_tokens: null },
    ],
    [
      "a call whose kind the caller names",
      { callType: "anthropic_messages", request: { model: "m" }, response: {} },
      { call_type: "anthropic_messages" },
    ],
  ])("%s", (_, changes, record) => {
    const payload = build({ ...plain, ...changes });
    expect(payload).toMatchObject({ status: "success", stream: null, ...record });
    expect(payload.waybill.degraded).toBeUndefined();
  });

  it("a stream that failed on the way: what came, and the first token's time", () => {
    const error = { message: "gone", code: "502", raw: {} };
    expect(build({ result: { ...result, status: "error", error } })).toMatchObject({
      status: "failure",
      stream: null,
      response: result.completion,
      completionStartTime: 1766000068.5,
      error_information: { error_code: "502", error_message: "gone" },
      waybill: { status: "error", timing: result.timing },
    });
  });

  it("an answer that is an error", () => {
    expect(build({ ...plain, response: { error: { message: "no such model", code: 404 } } })).toMatchObject({
      status: "failure",
      error_str: "no such model",
      error_information: { error_code: "404" },
    });
    const failed = { status: "failed", output: [], error: { code: "server_error", message: "sorry" } };
    expect(build({ ...plain, response: failed })).toMatchObject({ status: "failure", error_str: "sorry" });
    expect(build({ ...plain, response: { choices: [], error: null } }).status).toBe("success");
  });

  it("what was thrown", () => {
    class RateLimitError extends Error {
      status = 429;
      headers = new Headers({ "x-request-id": "req_1" });
    }
    expect(build({ ...plain, error: new RateLimitError("slow down") })).toMatchObject({
      error_str: "slow down",
      error_information: {
        error_code: "429",
        error_class: "RateLimitError",
        traceback: expect.stringMatching(/^Error: slow down\n/),
      },
      waybill: { providerRequestId: "req_1" },
    });
    expect(build({ ...plain, error: "boom" })).toMatchObject({ error_str: "boom" });
  });

  it("an error with the first hundred lines of its traceback", () => {
    const lines = Array.from({ length: 150 }, (_, index) => `line ${index}`);
    const payload = build({ ...plain, error: { message: "m", traceback: lines.join("\n") } });
    expect(payload.error_information?.traceback).toBe(lines.slice(0, 100).join("\n"));
  });

  it("retries and fallbacks: once, at the price of the last, with every try", () => {
    const tries: Attempt[] = [
      {
        provider: "openai",
        model: "gpt-4o",
        apiBase: null,
        startTime: 1,
        endTime: 2,
        status: "failure",
        error: "429",
      },
      {
        provider: "azure",
        model: "gpt-4o-eu",
        apiBase: "https://a",
        startTime: 2,
        endTime: 3,
        status: "success",
      },
    ];
    const payload = build({ attempts: tries, provider: "azure", context: { modelGroup: "best" } });
    expect(payload).toMatchObject({
      model: "gpt-4o-eu",
      model_group: "best",
      custom_llm_provider: "azure",
      response_cost: cost.cost,
      waybill: { attempts: tries, requestedModel: "gpt-4o", cost: { exact: "0.000225" } },
    });
    const [first] = tries as [Attempt];
    expect(build({ ...plain, attempts: [first], error: { message: "429" } }).model).toBe("gpt-4o");
  });

  it("tools that the provider runs", () => {
    const search = { type: "web_search_preview", search_context_size: "low" };
    const files = { type: "file_search", vector_store_ids: ["v"] };
    const tools = (request: object) => build({ request }).standard_built_in_tools_params;
    expect(tools({ tools: [{ type: "function" }, search, files] })).toEqual({
      web_search_options: search,
      file_search: files,
    });
    expect(tools({ web_search_options: { search_context_size: "high" } })).toEqual({
      web_search_options: { search_context_size: "high" },
      file_search: null,
    });
    expect(tools({ tools: "none" })).toEqual({ web_search_options: null, file_search: null });
  });
});

describe("the counters", () => {
  const counters = (usage: unknown, charged: TokenUsage | null = null) => {
    const response = { usage };
    const { prompt_tokens, completion_tokens, total_tokens } = build({
      ...plain,
      response,
      ...(charged ? { cost: { ...cost, usage: charged } } : {}),
    });
    return [prompt_tokens, completion_tokens, total_tokens];
  };
  const charged: TokenUsage = {
    input: { text: 4, cacheRead: 3, cacheWrite5m: 0, cacheWrite1h: 0, audio: 0, image: 0, video: 0 },
    output: { text: 2, reasoning: 1, audio: 0, image: 0 },
    total: 10,
    raw: {},
  };
  const silent = { ...charged, output: { text: 0, reasoning: 0, audio: 0, image: 0 } };

  it.each<[what: string, usage: unknown, charged: TokenUsage | null, counts: (number | null)[]]>([
    [
      "are copied and not summed",
      { prompt_tokens: 1, completion_tokens: 2, total_tokens: 9 },
      null,
      [1, 2, 9],
    ],
    ["read whole numbers in text", { prompt_tokens: "1", completion_tokens: "2" }, null, [1, 2, null]],
    ["are unknown where nobody counted", { prompt_tokens: 5 }, null, [5, null, null]],
    ["are those that were charged where the names are others", { promptTokenCount: 7 }, charged, [7, 3, 10]],
    ["do not take a side for empty that may be unknown", { promptTokenCount: 7 }, silent, [7, null, 10]],
    ["take a side for empty that the total says is", { x: 1 }, { ...silent, total: 7 }, [7, 0, 7]],
    ["are unknown without usage", null, null, [null, null, null]],
    [
      "are unknown for what cannot be",
      { prompt_tokens: -1, completion_tokens: 0.5 },
      null,
      [null, null, null],
    ],
  ])("%s", (_, usage, priced, counts) => {
    expect(counters(usage, priced)).toEqual(counts);
  });
});
