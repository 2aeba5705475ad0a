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
