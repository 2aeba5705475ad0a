import { describe, expect, it } from "vitest";

import { detect } from "../src/index.js";

const documents: [string, unknown, string | undefined][] = [
  ["a chunk by its object", { object: "chat.completion.chunk" }, "chat-completion-chunk"],
  [
    "Azure's first chunk, which names no object",
    { object: "", choices: [], id: "" },
    "chat-completion-chunk",
  ],
  ["a chunk by its delta", { choices: [{ delta: {} }] }, "chat-completion-chunk"],
  ["a completion by its message", { choices: [{ message: {} }] }, "chat-completion"],
  ["a text completion", { object: "text_completion", choices: [{ text: "a" }] }, "chat-completion"],
  ["usage by two counts", { prompt_tokens: 1, completion_tokens: 2 }, "usage"],
  ["a batch, also an invalid one", { batch: [{}] }, "langfuse-batch"],
  ["a payload of few fields", { id: "x", status: "failure", response_cost: 0 }, "standard-logging-payload"],
  [
    "Azure's late filter chunk, which has no delta",
    { object: "", choices: [{ index: 0, content_filter_offsets: {} }] },
    "chat-completion-chunk",
  ],
  [
    "a chunk that is called a text completion",
    { object: "text_completion", choices: [{ delta: {} }] },
    "chat-completion-chunk",
  ],
  ["a chunk whose delta is null", { choices: [{ index: 0, delta: null }] }, "chat-completion-chunk"],
  ["a chunk of usage alone", { choices: null, usage: {} }, "chat-completion-chunk"],
  ["usage in text", { prompt_tokens: "12", completion_tokens: "1" }, "usage"],
  ["an embedding's usage", { prompt_tokens: 5, total_tokens: 5 }, "usage"],
  [
    "a payload of which much was removed",
    { id: "x", status: "success", cache_hit: null },
    "standard-logging-payload",
  ],
  [
    "a payload without a status",
    { id: "x", call_type: "c", startTime: 1, hidden_params: {} },
    "standard-logging-payload",
  ],
  [
    "LiteLLM's spend row",
    {
      request_id: "r",
      spend: 0,
      status: "success",
      id: "x",
      call_type: "c",
      startTime: "x",
      custom_llm_provider: "o",
      request_tags: "[]",
    },
    undefined,
  ],
  ["a request", { model: "m", messages: [] }, "chat-completion-request"],
  ["a recording without its request", { response: { is_streaming: true } }, "recording"],
  ["a batch that is no list", { batch: {} }, "langfuse-batch"],
  ["a list of models", { object: "list", data: [] }, undefined],
  ["a recording", { request: {}, response: {} }, "recording"],
  ["a batch job, which has an id and a status", { id: "batch_1", status: "failed" }, undefined],
  ["a payload's status and id alone", { id: "x", status: "success" }, undefined],
  ["an OTLP body", { resourceSpans: [] }, undefined],
  ["an empty object", {}, undefined],
  ["an array", [], undefined],
  ["null", null, undefined],
  ["text", "chat.completion.chunk", undefined],
];

describe("detect", () => {
  it.each(documents)("%s", (_, document, name) => {
    expect(detect(document)).toBe(name);
  });
});
