import { readFileSync } from "node:fs";

import { chatChunks, sseBytes } from "@waybill/testkit";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";

import { accumulate, toLiteLLMCompletion, toOpenAICompletion } from "../src/index.js";
import { chunk, finish, tool } from "./chunks.js";
import { corpusNote, recordedStreams } from "./corpus.js";

/** What OpenAI's own client makes of a stream. */
async function byOpenAI(bytes: Uint8Array<ArrayBuffer>, n?: number): Promise<unknown> {
  const client = new OpenAI({
    apiKey: "none",
    maxRetries: 0,
    fetch: async () => new Response(bytes, { headers: { "content-type": "text/event-stream" } }),
  });
  const messages = [{ role: "user" as const, content: "Hello" }];
  const final = await client.chat.completions
    .stream({ model: "m", messages, ...(n === undefined ? {} : { n }) })
    .finalChatCompletion();
  // The client adds what it parsed, and this version of it keeps the last padding, and a usage that is null.
  const ignored = new Set(["parsed", "parsed_arguments", "obfuscation"]);
  const isIgnored = (key: string, value: unknown) => ignored.has(key) || (key === "usage" && value === null);
  return JSON.parse(
    JSON.stringify(final, (key, value: unknown) => (isIgnored(key, value) ? undefined : value)),
  );
}

const logprobs = (token: string) => ({
  choices: [
    {
      index: 0,
      delta: { content: token },
      finish_reason: null,
      logprobs: { content: [{ token, logprob: -0.5, bytes: null, top_logprobs: [] }], refusal: null },
    },
  ],
});

const seed = (name: string) => {
  const url = new URL(`../../../fixtures/seeds/${name}.json`, import.meta.url);
  const document = JSON.parse(readFileSync(url, "utf8")) as { response: { body: { __data__: object }[] } };
  return document.response.body.map((item) => item.__data__);
};

const opening = chunk({ role: "assistant", content: "", refusal: null });

const clean: [title: string, chunks: object[]][] = [
  ["text", chatChunks({ chunks: 40 })],
  ["text with usage", chatChunks({ chunks: 40, usage: true })],
  ["text of all scripts", chatChunks({ chunks: 60, text: "mixed" })],
  ["three choices", chatChunks({ chunks: 90, choices: 3 })],
  ["parallel tool calls", chatChunks({ chunks: 90, tools: 3 })],
  ["a refusal", [opening, chunk({ refusal: "No" }), chunk({ refusal: "." }), finish()]],
  ["log probabilities", [opening, logprobs("a"), logprobs("b"), finish()]],
  [
    "a legacy function call",
    [
      chunk({ role: "assistant", content: null, function_call: { name: "f", arguments: "" } }),
      chunk({ function_call: { arguments: '{"a":1}' } }),
      finish("function_call"),
    ],
  ],
  [
    "text in front of a tool call",
    [
      opening,
      chunk({ content: "Let me see." }),
      tool(0, { id: "c", type: "function", function: { name: "f", arguments: "" } }),
      tool(0, { function: { arguments: "{}" } }),
      finish("tool_calls"),
    ],
  ],
  ["the seed with usage", seed("recording-with-usage")],
  ["the seed without usage", seed("recording-without-usage")],
];

/** The streams of the corpus that OpenAI's own service sent. */
const recorded = recordedStreams()
  .filter(({ url }) => url.includes("api.openai.com"))
  .map(({ file, chunks }): [title: string, chunks: object[]] => [file, chunks]);

describe(`toOpenAICompletion${corpusNote}`, () => {
  it.each([...clean, ...recorded])("equals what OpenAI's client makes of %s", async (_, chunks) => {
    const bytes = sseBytes(chunks);
    const { completion, diagnostics } = await accumulate(bytes);
    expect(diagnostics).toEqual([]);
    expect(toOpenAICompletion(completion)).toEqual(await byOpenAI(bytes));
  });

  it("puts members that no rule is about at their own place", async () => {
    const { completion } = await accumulate([
      chunk({ content: "a", mood: "good" }, { region: "eu" }),
      finish(),
    ]);
    expect(completion).toMatchObject({ extra: { region: "eu" } });
    expect(toOpenAICompletion(completion)).toMatchObject({
      region: "eu",
      choices: [{ message: { content: "a", mood: "good" } }],
    });
  });
});

describe("toLiteLLMCompletion", () => {
  it("has one choice with the text of all", async () => {
    const { completion } = await accumulate([
      chunk({ content: "a" }),
      chunk({ content: "b" }, { index: 1 }),
      finish("stop", 0),
      finish("length", 1),
    ]);
    const { choices } = toLiteLLMCompletion(completion);
    expect(choices).toMatchObject([{ index: 0, message: { content: "ab" }, finish_reason: "length" }]);
  });

  it("writes arguments that never came as an object, and a stream without end as stopped", async () => {
    const { completion } = await accumulate([
      tool(0, { id: "c", type: "function", function: { name: "f", arguments: "" } }),
    ]);
    const { choices } = toLiteLLMCompletion(completion);
    expect(choices).toMatchObject([
      {
        message: { content: null, tool_calls: [{ id: "c", function: { name: "f", arguments: "{}" } }] },
        finish_reason: "stop",
      },
    ]);
  });
});
