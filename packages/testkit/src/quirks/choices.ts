import { answered, answeredAll, call, quirk, said } from "./expectation.js";
import type { QuirkCase } from "./quirk-case.js";
import { choiceOf, chunk, chunkOf, counts, finish, hello, opening, say, stream } from "./wire.js";

const weather = {
  index: 0,
  id: "call_a",
  type: "function",
  function: { name: "weather", arguments: '{"city":"Paris"}' },
};
const weatherCall = call("call_a", "weather", '{"city":"Paris"}');

/** Odd choices and deltas. */
export const choiceCases: readonly QuirkCase[] = [
  quirk(
    "the chunk with the usage has no choices",
    "C1 U2",
    "Fireworks",
    stream(...hello(), chunkOf(undefined, { usage: counts(9, 2) })),
    said("Hello", { usage: counts(9, 2), diagnostics: ["C1"] }),
  ),
  quirk(
    "the choices are null",
    "C1 U2",
    "Fireworks",
    stream(...hello(), chunkOf(null, { usage: counts(9, 2) })),
    said("Hello", { usage: counts(9, 2), diagnostics: ["C1"] }),
  ),
  quirk(
    "the choice has no index",
    "C2",
    "Gemini variants, small servers",
    stream(
      opening({ content: "" }, { index: undefined }),
      chunk({ content: "Hel" }, { index: undefined }),
      chunk({ content: "lo" }, { index: undefined }),
      chunk({}, { index: undefined, finish_reason: "stop" }),
    ),
    said("Hello", { diagnostics: ["C2"] }),
  ),
  quirk(
    "two choices have their place and no index",
    "C2",
    "small servers",
    stream(
      ...[
        ["Y", "N"],
        ["es", "o"],
      ].map((texts) => chunkOf(texts.map((content) => choiceOf({ content }, { index: undefined })))),
      chunkOf([1, 2].map(() => choiceOf({}, { index: undefined, finish_reason: "stop" }))),
    ),
    answeredAll([{ content: "Yes" }, { content: "No" }], { diagnostics: ["C2"] }),
  ),
  quirk(
    "the index of the choice counts the tokens",
    "C3",
    "old text-generation-inference (#1648)",
    stream(
      opening({ content: "The" }, { index: 1 }),
      ...[" sky", " is", " blue"].map((content, place) => chunk({ content }, { index: place + 2 })),
      chunk({ content: "." }, { index: 5, finish_reason: "stop" }),
    ),
    said("The sky is blue.", { diagnostics: ["C3"] }),
  ),
  quirk(
    "an event has a whole message in place of a delta",
    "C4",
    "one-shot answers",
    stream(
      chunk(
        {},
        { delta: undefined, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" },
        { object: "chat.completion", usage: counts(9, 2) },
      ),
    ),
    said("Hello", { usage: counts(9, 2), diagnostics: ["C4"] }),
  ),
  quirk(
    "the finish chunk has no delta",
    "C4",
    "Azure",
    stream(...say("Hel", "lo"), chunk({}, { delta: undefined, finish_reason: "stop" })),
    said("Hello"),
  ),
  quirk(
    "the delta of the finish chunk is null",
    "C4",
    "small servers",
    stream(...say("Hel", "lo"), chunk({}, { delta: null, finish_reason: "stop" })),
    said("Hello"),
  ),
  ...(["assistant", null, ""] as const).map((role) =>
    quirk(
      `the role is ${JSON.stringify(role)} on every chunk behind the first`,
      "C5",
      { assistant: "Groq, Ollama, Alibaba", null: "SGLang", "": "small servers" }[`${role}`] ?? "",
      stream(
        opening(),
        ...["Hel", "lo"].map((content) => chunk({ role, content })),
        chunk({ role, content: "" }, { finish_reason: "stop" }),
      ),
      said("Hello"),
    ),
  ),
  quirk(
    "the content is null beside reasoning",
    "C6 R1",
    "SGLang",
    stream(
      opening({ content: null, reasoning_content: "Th" }),
      chunk({ content: null, reasoning_content: "ink", tool_calls: null }),
      chunk({ content: "Hello", reasoning_content: null, tool_calls: null }),
      chunk({ content: null, reasoning_content: null, tool_calls: null }, { finish_reason: "stop" }),
    ),
    answered({ content: "Hello", reasoning_content: "Think" }),
  ),
  quirk(
    "an empty content stands beside every fragment of a tool call",
    "C6",
    "vLLM",
    stream(
      opening(),
      chunk({ content: "", tool_calls: [weather] }),
      chunk({ content: "" }, { finish_reason: "tool_calls" }),
    ),
    answered({ content: "", tool_calls: [weatherCall], finish_reason: "tool_calls" }),
  ),
  ...([[], null] as const).map((none) =>
    quirk(
      `tool_calls is ${JSON.stringify(none)} on every chunk`,
      "C6",
      "vLLM, SGLang, Groq via proxies",
      stream(
        opening({ content: "", tool_calls: none }),
        ...["Hel", "lo"].map((content) => chunk({ content, tool_calls: none })),
        chunk({ tool_calls: none }, { finish_reason: "stop" }),
      ),
      said("Hello"),
    ),
  ),
  quirk(
    "the content is a list of thinking and text",
    "C7",
    "Mistral with reasoning",
    stream(
      opening({ content: [{ type: "thinking", thinking: [{ type: "text", text: "h" }] }] }),
      chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "m" }] }] }),
      chunk({ content: [{ type: "text", text: "Hel" }] }),
      chunk({ content: [{ type: "text", text: "lo" }] }),
      finish(),
    ),
    answered({ content: "Hello", reasoning_content: "hm" }, { diagnostics: ["C7"] }),
  ),
  quirk(
    "Mistral thinks in a list and answers in a string",
    "C7 U1",
    "Mistral with reasoning",
    stream(
      'data: {"id":"m1","object":"chat.completion.chunk","created":5,"model":"x","choices":[{"index":0,"delta":{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]},"finish_reason":null}]}\n\n',
      'data: {"id":"m1","object":"chat.completion.chunk","created":5,"model":"x","choices":[{"index":0,"delta":{"content":"Yes"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"total_tokens":9,"completion_tokens":4}}\n\n',
    ),
    answered({ content: "Yes", reasoning_content: "hm" }, { usage: counts(5, 4), diagnostics: ["C7"] }),
  ),
  quirk(
    "a refusal comes in its own member",
    "C12",
    "OpenAI",
    stream(
      opening({ content: null, refusal: "" }),
      ...["I can't", " help."].map((refusal) => chunk({ refusal })),
      finish(),
    ),
    answered({ refusal: "I can't help." }),
  ),
  quirk(
    "a refusal comes as content that the filter ends",
    "C12",
    "Azure",
    stream(...say("I can't", " help."), finish("content_filter")),
    answered({ content: "I can't help.", finish_reason: "content_filter" }),
  ),
  quirk(
    "the text stands in the choice and in the delta",
    "C13 H3",
    "Together",
    stream(
      ...["Hel", "lo"].map((text) =>
        chunk({ role: "assistant", content: text }, { text }, { object: "completion.chunk" }),
      ),
      chunk({ content: "" }, { text: "", finish_reason: "stop" }, { object: "completion.chunk" }),
    ),
    said("Hello", { diagnostics: ["C13"] }),
  ),
  quirk(
    "every content repeats the whole text so far",
    "C14",
    "DashScope's own API, gateways",
    stream(
      opening({ content: "The" }),
      ...["The sky", "The sky is", "The sky is so", "The sky is so blue"].map((content) =>
        chunk({ content }),
      ),
      chunk({ content: "The sky is so blue." }, { finish_reason: "stop" }),
    ),
    said("The sky is so blue.", { diagnostics: ["C14"] }),
  ),
];
