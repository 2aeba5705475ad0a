import { answered, quirk, said } from "./expectation.js";
import type { QuirkCase } from "./quirk-case.js";
import { chunk, chunkOf, counts, finish, hello, say, stream, usageChunk } from "./wire.js";

const verdict = { hate: { filtered: false, severity: "safe" } };
const verdicts = [{ prompt_index: 0, content_filter_results: verdict }];

const azureFirst = { id: "", object: "", created: 0, model: "", choices: [] };
const azureLate = {
  ...azureFirst,
  choices: [
    {
      index: 0,
      finish_reason: null,
      content_filter_offsets: { check_offset: 1, start_offset: 0, end_offset: 5 },
      content_filter_results: verdict,
    },
  ],
};

/** Odd members around the choices. */
export const chunkHeadCases: readonly QuirkCase[] = [
  quirk(
    "the first chunk is empty but for verdicts on the prompt",
    "H1 H3 H5",
    "Azure",
    stream({ ...azureFirst, prompt_filter_results: verdicts }, ...hello()),
    said("Hello", { id: "chatcmpl-q1", model: "model-1" }),
  ),
  quirk(
    "the first chunk is empty but for annotations of the prompt",
    "H1 H3 H5",
    "Azure in 2023",
    stream({ ...azureFirst, prompt_annotations: verdicts }, ...hello()),
    said("Hello", { id: "chatcmpl-q1", model: "model-1" }),
  ),
  quirk(
    "verdicts come late, without a head and a delta",
    "H2 C4 H3 H5",
    "Azure with the asynchronous filter",
    stream(...say("Hel", "lo"), azureLate, finish(), azureLate),
    said("Hello", { id: "chatcmpl-q1", model: "model-1" }),
  ),
  quirk(
    "Azure sends verdicts first and in the middle",
    "H2 H1 C4 H3 H5",
    "Azure",
    stream(
      'data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}]}\n\n',
      'data: {"id":"c2","object":"chat.completion.chunk","created":5,"model":"gpt-x","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":null,"content_filter_results":{}}]}\n\n',
      'data: {"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":null,"content_filter_offsets":{"check_offset":1,"start_offset":0,"end_offset":2},"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}]}\n\n',
      'data: {"id":"c2","object":"chat.completion.chunk","created":5,"model":"gpt-x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
    ),
    said("Hi", { id: "c2", model: "gpt-x" }),
  ),
  quirk(
    "no chunk says what object it is",
    "H3",
    "small servers",
    stream(...hello(() => ({ object: undefined }))),
    said("Hello"),
  ),
  quirk(
    "the first chunk does not say what object it is",
    "H3",
    "Mistral",
    stream(...hello((place) => (place === 0 ? { object: "" } : {}))),
    said("Hello"),
  ),
  quirk(
    "the object is completion.chunk",
    "H3",
    "Together",
    stream(...hello(() => ({ object: "completion.chunk" }))),
    said("Hello"),
  ),
  quirk(
    "the object is text_completion",
    "H3",
    "proxies of old completions",
    stream(...hello(() => ({ object: "text_completion" }))),
    said("Hello"),
  ),
  quirk(
    "every chunk has an id of its own",
    "H4",
    "OCI, LiteLLM proxy",
    stream(...hello((place) => ({ id: `chatcmpl-${place}` }))),
    said("Hello", { id: "chatcmpl-0", diagnostics: ["H4"] }),
  ),
  quirk(
    "no chunk has an id",
    "H4",
    "Gemini-compat",
    stream(...hello(() => ({ id: undefined }))),
    said("Hello", { diagnostics: ["H4"] }),
  ),
  quirk(
    "the id is null on every chunk",
    "H4",
    "Gemini-compat",
    stream(...hello(() => ({ id: null }))),
    said("Hello", { diagnostics: ["H4"] }),
  ),
  quirk(
    "every chunk has a time of its own",
    "H5",
    "Groq-like proxies",
    stream(...hello((place) => ({ created: 1_766_000_068 + place }))),
    said("Hello"),
  ),
  quirk("the time is 0", "H5", "Azure, recordings", stream(...hello(() => ({ created: 0 }))), said("Hello")),
  quirk(
    "the time has a fraction",
    "H5",
    "servers in Python",
    stream(...hello(() => ({ created: 1_766_000_068.25 }))),
    said("Hello"),
  ),
  quirk(
    "no chunk has a time",
    "H5",
    "Gemini-compat",
    stream(...hello(() => ({ created: undefined }))),
    said("Hello"),
  ),
  quirk(
    "a router names its alias first and the model later",
    "H6",
    "Azure, routers",
    stream(...hello((place) => ({ model: place === 0 ? "model-router" : "gpt-4.1-nano-2025-04-14" }))),
    said("Hello", { model: "gpt-4.1-nano-2025-04-14", diagnostics: ["H6"] }),
  ),
  quirk(
    "the model is a file name",
    "H6",
    "llama.cpp",
    stream(...hello(() => ({ model: "/models/q.gguf" }))),
    said("Hello", { model: "/models/q.gguf" }),
  ),
  quirk(
    "chunks carry citations and search results",
    "H7",
    "Perplexity",
    stream(
      ...hello(() => ({
        citations: ["https://example.com/a"],
        search_results: [{ title: "A", url: "https://example.com/a", date: null }],
      })),
    ),
    said("Hello"),
  ),
  quirk(
    "chunks carry token ids and transfer parameters",
    "H7",
    "vLLM",
    stream(
      ...hello((place) => ({ prompt_token_ids: place === 0 ? [1, 2, 3] : null, kv_transfer_params: null })),
      chunkOf([], { usage: counts(3, 2), prompt_token_ids: null }),
    ),
    said("Hello", { usage: counts(3, 2) }),
  ),
  quirk(
    "choices carry what stopped them and hidden states",
    "H7",
    "SGLang, vLLM",
    stream(
      ...say("Hel", "lo"),
      chunk({}, { finish_reason: "stop", matched_stop: 128_009, stop_reason: null, token_ids: null }),
      chunk({ hidden_states: null }),
    ),
    said("Hello"),
  ),
  quirk(
    "progress of the prompt comes with empty deltas",
    "H7",
    "llama.cpp",
    stream(
      chunk({}, {}, { prompt_progress: { total: 40, cache: 0, processed: 20, time_ms: 12 } }),
      chunk({}, {}, { prompt_progress: { total: 40, cache: 0, processed: 40, time_ms: 25 } }),
      ...hello(),
    ),
    said("Hello"),
  ),
  quirk(
    "chunks name the provider, the tier and the worker",
    "H7 U14",
    "OpenRouter, Dynamo",
    stream(
      ...hello(() => ({ provider: "P", service_tier: "default", nvext: { worker_id: 3 } })),
      usageChunk(counts(9, 2)),
    ),
    said("Hello", { usage: counts(9, 2) }),
  ),
  quirk(
    "the choice brings the upstream's own finish reason",
    "H7",
    "OpenRouter",
    stream(
      ...say("Hel", "lo"),
      chunk({ content: "" }, { finish_reason: "stop", native_finish_reason: "STOP" }, { provider: "Google" }),
    ),
    answered({ content: "Hello", native_finish_reason: "STOP" }),
  ),
  quirk(
    "chunks carry a request id of Groq's",
    "H7",
    "Groq",
    stream(...hello((place) => (place === 0 ? { x_groq: { id: "req_01" } } : {}))),
    said("Hello"),
  ),
];
