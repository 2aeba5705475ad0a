import { answered, answeredAll, call, quirk, said } from "./expectation.js";
import type { QuirkCase } from "./quirk-case.js";
import { chunk, finish, hello, opening, say, stream } from "./wire.js";

const weather = {
  index: 0,
  id: "call_a",
  type: "function",
  function: { name: "weather", arguments: '{"city":"Paris"}' },
};
const weatherCall = call("call_a", "weather", '{"city":"Paris"}');

/** The provider's word for the end, what it means, and who says it. */
const aliases: readonly [word: string, meaning: string, seenAt: string][] = [
  ["eos", "stop", "Together"],
  ["end_turn", "stop", "proxies to Anthropic"],
  ["stop_sequence", "stop", "proxies to Anthropic"],
  ["STOP", "stop", "Gemini-compat"],
  ["MAX_TOKENS", "length", "Gemini-compat"],
  ["model_length", "length", "Mistral"],
];

/** Words that mean nothing of OpenAI's, and stay. */
const words: readonly [word: string, seenAt: string][] = [
  ["abort", "SGLang, vLLM"],
  ["insufficient_system_resource", "DeepSeek"],
  ["function_call_filter: MALFORMED_FUNCTION_CALL", "Gemini-compat"],
];

/** Odd finish reasons, and odd places for them. */
export const finishReasonCases: readonly QuirkCase[] = [
  ...(["", "null"] as const).map((none) =>
    quirk(
      `the finish reason is ${JSON.stringify(none)} until there is one`,
      "C8",
      none === "" ? "old Ollama, LocalAI, Perplexity, Together" : "koboldcpp",
      stream(
        opening({ content: "" }, { finish_reason: none }),
        ...["Hel", "lo"].map((content) => chunk({ content }, { finish_reason: none })),
        finish(),
      ),
      said("Hello", { diagnostics: ["C8"] }),
    ),
  ),
  quirk(
    "the role and an empty finish reason are on every chunk",
    "C8 C5",
    "Ollama before mid-2024",
    stream(
      'data: {"id":"o","object":"chat.completion.chunk","created":5,"model":"x","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"role":"assistant","content":" a"},"finish_reason":""}]}\n\n',
      'data: {"id":"o","object":"chat.completion.chunk","created":5,"model":"x","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"role":"assistant","content":" b"},"finish_reason":""}]}\n\n',
      'data: {"id":"o","object":"chat.completion.chunk","created":5,"model":"x","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"stop"}]}\n\n',
    ),
    said(" a b", { diagnostics: ["C8"] }),
  ),
  quirk(
    "an empty finish reason stands beside nulls of every kind",
    "C8 C5 C6 H7 R1",
    "old SGLang",
    stream(
      'data: {"id":"s","object":"chat.completion.chunk","created":5,"model":"x","choices":[{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"1","tool_calls":null},"logprobs":null,"finish_reason":"","matched_stop":null}],"usage":null}\n\n',
      'data: {"id":"s","object":"chat.completion.chunk","created":5,"model":"x","choices":[{"index":0,"delta":{"role":null,"content":null,"reasoning_content":"2","tool_calls":null},"logprobs":null,"finish_reason":"","matched_stop":null}],"usage":null}\n\n',
      'data: {"id":"s","object":"chat.completion.chunk","created":5,"model":"x","choices":[{"index":0,"delta":{"role":null,"content":"3","reasoning_content":null,"tool_calls":null},"logprobs":null,"finish_reason":"stop","matched_stop":7}],"usage":null}\n\n',
    ),
    answered({ content: "3", reasoning_content: "12" }, { diagnostics: ["C8"] }),
  ),
  ...aliases.map(([word, meaning, seenAt]) =>
    quirk(
      `the finish reason is ${word} for ${meaning}`,
      "C9",
      seenAt,
      stream(...say("Hel", "lo"), finish(word)),
      answered(
        { content: "Hello", finish_reason: meaning, native_finish_reason: word },
        { diagnostics: ["C9"] },
      ),
    ),
  ),
  quirk(
    "the finish reason is tool_use for tool_calls",
    "C9",
    "proxies to Anthropic",
    stream(opening({ content: null }), chunk({ tool_calls: [weather] }), finish("tool_use")),
    answered(
      { tool_calls: [weatherCall], finish_reason: "tool_calls", native_finish_reason: "tool_use" },
      { diagnostics: ["C9"] },
    ),
  ),
  ...words.map(([word, seenAt]) =>
    quirk(
      `the finish reason is ${word}`,
      "C9",
      seenAt,
      stream(...say("Hel", "lo"), finish(word)),
      answered({ content: "Hello", finish_reason: word }, { diagnostics: ["C9"] }),
    ),
  ),
  quirk(
    "a choice finishes twice, for another reason",
    "C10",
    "SGLang (#8417)",
    stream(...say("Hel", "lo"), finish("stop"), finish("length")),
    answered({ content: "Hello", finish_reason: "length" }, { diagnostics: ["C10"] }),
  ),
  quirk(
    "a choice finishes twice, for the same reason",
    "C10",
    "SGLang",
    stream(...hello(), finish()),
    said("Hello", { diagnostics: ["C10"] }),
  ),
  quirk(
    "content comes behind the finish",
    "C10",
    "SGLang",
    stream(...say("Hel"), finish(), chunk({ content: "lo" })),
    said("Hello", { diagnostics: ["C10"] }),
  ),
  quirk(
    "only the last of two choices finishes",
    "C10",
    "SGLang",
    stream(
      ...[0, 1].map((index) => opening({ content: "" }, { index })),
      chunk({ content: "Yes" }, { index: 0 }),
      chunk({ content: "No" }, { index: 1 }),
      chunk({}, { index: 1, finish_reason: "stop" }),
    ),
    answeredAll([{ content: "Yes", finish_reason: null }, { content: "No" }], { diagnostics: ["C10"] }),
  ),
  quirk(
    "the finish reason stands on the last chunk of content",
    "C10",
    "SGLang, DeepSeek, Mistral",
    stream(...say("Hel"), chunk({ content: "lo" }, { finish_reason: "stop" })),
    said("Hello"),
  ),
  quirk(
    "the finish reason is stop though tools are called",
    "C11",
    "Gemini-compat, Ollama via LiteLLM, OpenAI with a forced tool",
    stream(opening({ content: null }), chunk({ tool_calls: [weather] }), finish("stop")),
    answered({ tool_calls: [weatherCall] }, { diagnostics: ["C11"] }),
  ),
];
