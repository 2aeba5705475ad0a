import { answered, answeredAll, quirk, said } from "./expectation.js";
import type { QuirkCase } from "./quirk-case.js";
import { chunk, chunkOf, counts, finish, hello, opening, say, stream, usageChunk } from "./wire.js";

const groq = { queue_time: 0.018, prompt_time: 0.002, completion_time: 0.004, total_time: 0.006 };

/** "Hello" with this usage behind it. */
const counted = (
  name: string,
  codes: string,
  seenAt: string,
  usage: object,
  diagnostics: readonly string[] = [],
): QuirkCase =>
  quirk(name, codes, seenAt, stream(...hello(), usageChunk(usage)), said("Hello", { usage, diagnostics }));

/** Where usage stands, and what it says. */
export const usageCases: readonly QuirkCase[] = [
  quirk(
    "usage stands on the finish chunk",
    "U1",
    "DeepSeek, xAI, Together, Mistral",
    stream(...say("Hel", "lo"), finish("stop", { usage: counts(9, 2) })),
    said("Hello", { usage: counts(9, 2) }),
  ),
  quirk(
    "usage stands on the last chunk but one",
    "U1",
    "xAI (litellm#17136)",
    stream(...say("Hel", "lo"), finish("stop", { usage: counts(9, 2) }), chunkOf([])),
    said("Hello", { usage: counts(9, 2) }),
  ),
  quirk(
    "usage stands on a chunk without choices, and null before",
    "U2",
    "OpenAI, Azure, vLLM, SGLang, OpenRouter",
    stream(...hello(() => ({ usage: null })), usageChunk(counts(9, 2))),
    said("Hello", { usage: counts(9, 2) }),
  ),
  quirk(
    "usage stands in x_groq alone",
    "U3",
    "Groq",
    stream(...say("Hel", "lo"), finish("stop", { x_groq: { id: "req_01", usage: counts(9, 2, groq) } })),
    said("Hello", { usage: counts(9, 2, groq), diagnostics: ["U3"] }),
  ),
  quirk(
    "usage stands in x_groq and on a chunk of its own",
    "U3 U2",
    "Groq with include_usage",
    stream(
      ...say("Hel", "lo"),
      finish("stop", { x_groq: { id: "req_01", usage: counts(9, 2, groq) } }),
      usageChunk(counts(9, 2, groq)),
    ),
    said("Hello", { usage: counts(9, 2, groq), diagnostics: ["U3"] }),
  ),
  quirk(
    "Groq counts once with times and once without",
    "U3 U2 H7",
    "Groq with include_usage",
    stream(
      'data: {"id":"c3","object":"chat.completion.chunk","created":5,"model":"l","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":null}],"x_groq":{"id":"req_1"}}\n\n',
      'data: {"id":"c3","object":"chat.completion.chunk","created":5,"model":"l","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x_groq":{"id":"req_1","usage":{"queue_time":0.1,"prompt_tokens":4,"completion_tokens":2,"total_tokens":6}}}\n\n',
      'data: {"id":"c3","object":"chat.completion.chunk","created":5,"model":"l","choices":[],"usage":{"prompt_tokens":4,"completion_tokens":2,"total_tokens":6}}\n\n',
    ),
    said("Hi", { usage: counts(4, 2), diagnostics: ["U3"] }),
  ),
  quirk(
    "every chunk has the usage so far",
    "U4",
    "SGLang, xAI, Gemini, Perplexity",
    stream(...hello((place) => ({ usage: counts(9, place) }))),
    said("Hello", { usage: counts(9, 3) }),
  ),
  quirk(
    "vLLM counts on every chunk while it reasons",
    "U4 R2 H7",
    "vLLM with continuous_usage_stats",
    stream(
      'data: {"id":"v","object":"chat.completion.chunk","created":5,"model":"x","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"prompt_token_ids":null,"usage":{"prompt_tokens":16,"total_tokens":16,"completion_tokens":0}}\n\n',
      'data: {"id":"v","object":"chat.completion.chunk","created":5,"model":"x","choices":[{"index":0,"delta":{"reasoning":"a"},"logprobs":null,"finish_reason":null,"token_ids":null}],"usage":{"prompt_tokens":16,"total_tokens":54,"completion_tokens":38}}\n\n',
      'data: {"id":"v","object":"chat.completion.chunk","created":5,"model":"x","choices":[{"index":0,"delta":{"content":"b"},"logprobs":null,"finish_reason":"stop","stop_reason":null,"token_ids":null}],"usage":{"prompt_tokens":16,"total_tokens":55,"completion_tokens":39}}\n\n',
      'data: {"id":"v","object":"chat.completion.chunk","created":5,"model":"x","choices":[],"usage":{"prompt_tokens":16,"total_tokens":55,"completion_tokens":39}}\n\n',
    ),
    answered({ content: "b", reasoning_content: "a" }, { usage: counts(16, 39) }),
  ),
  quirk(
    "usage is null on the chunk behind the real one",
    "U5 U1",
    "many",
    stream(...say("Hel", "lo"), finish("stop", { usage: counts(9, 2) }), chunkOf([], { usage: null })),
    said("Hello", { usage: counts(9, 2) }),
  ),
  quirk(
    "usage is an empty object until it is real",
    "U5",
    "many",
    stream(...hello(() => ({ usage: {} })), usageChunk(counts(9, 2))),
    said("Hello", { usage: counts(9, 2), diagnostics: ["U5"] }),
  ),
  quirk(
    "usage is all zeros until it is real",
    "U5",
    "many",
    stream(...hello(() => ({ usage: counts(0, 0) })), usageChunk(counts(9, 2))),
    said("Hello", { usage: counts(9, 2), diagnostics: ["U5"] }),
  ),
  quirk(
    "zeros come behind the real usage",
    "U5",
    "many",
    stream(...say("Hel", "lo"), finish("stop", { usage: counts(9, 2) }), usageChunk(counts(0, 0))),
    said("Hello", { usage: counts(9, 2), diagnostics: ["U5"] }),
  ),
  quirk(
    "usage stands inside the choice",
    "U6",
    "Moonshot",
    stream(...say("Hel", "lo"), chunk({}, { finish_reason: "stop", usage: counts(9, 2) })),
    said("Hello", { usage: counts(9, 2), diagnostics: ["U6"] }),
  ),
  quirk(
    "completion_tokens leaves out the reasoning",
    "U7 U1 U11",
    "xAI",
    stream(
      'data: {"id":"x","object":"chat.completion.chunk","created":5,"model":"g","choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"},"finish_reason":null}]}\n\n',
      'data: {"id":"x","object":"chat.completion.chunk","created":5,"model":"g","choices":[{"index":0,"delta":{"content":"!"},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":1,"total_tokens":399,"completion_tokens_details":{"reasoning_tokens":386},"cost_in_usd_ticks":9990000}}\n\n',
    ),
    said("Hello!", {
      usage: counts(12, 1, {
        total_tokens: 399,
        completion_tokens_details: { reasoning_tokens: 386 },
        cost_in_usd_ticks: 9_990_000,
      }),
      diagnostics: ["U7"],
    }),
  ),
  counted(
    "the total holds tokens that nothing names",
    "U7",
    "Gemini-compat",
    counts(5, 4, { total_tokens: 15 }),
    ["U7"],
  ),
  counted(
    "cache hits and misses stand beside the counts",
    "U8",
    "DeepSeek",
    counts(9, 2, {
      prompt_cache_hit_tokens: 6,
      prompt_cache_miss_tokens: 3,
      prompt_tokens_details: { cached_tokens: 6 },
    }),
  ),
  counted(
    "cache counts of Anthropic are part of the prompt",
    "U9",
    "LiteLLM, OpenRouter",
    counts(6017, 4, {
      cache_creation_input_tokens: 10,
      cache_read_input_tokens: 6004,
      prompt_tokens_details: { cached_tokens: 6004 },
    }),
  ),
  counted(
    "cache counts of Anthropic stand beside the prompt",
    "U9",
    "Bedrock, Vertex",
    counts(3, 4, {
      cache_creation_input_tokens: 10,
      cache_read_input_tokens: 6004,
      cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 6 },
    }),
  ),
  counted(
    "usage brings the price",
    "U10",
    "OpenRouter",
    counts(9, 2, { cost: 0.00014, is_byok: false, cost_details: { upstream_inference_cost: null } }),
  ),
  counted(
    "usage brings the price of the caller's own key",
    "U10",
    "OpenRouter with the caller's key",
    counts(9, 2, { cost: 0.000007, is_byok: true, cost_details: { upstream_inference_cost: 0.00014 } }),
  ),
  counted("usage brings the price in ticks", "U11", "xAI", counts(9, 2, { cost_in_usd_ticks: 1_400_000 })),
  quirk(
    "usage brings an estimated price",
    "U12",
    "DeepInfra",
    stream(
      ...hello(),
      chunkOf([], { usage: counts(9, 2, { estimated_cost: 0.0000014 }), service_tier: "priority" }),
    ),
    said("Hello", { usage: counts(9, 2, { estimated_cost: 0.0000014 }) }),
  ),
  counted(
    "usage brings a price in parts, and counts of searches",
    "U13",
    "Perplexity",
    counts(9, 2, {
      citation_tokens: 120,
      num_search_queries: 1,
      reasoning_tokens: 0,
      cost: {
        input_tokens_cost: 0.000009,
        output_tokens_cost: 0.000002,
        request_cost: 0.005,
        total_cost: 0.005011,
      },
    }),
  ),
  quirk(
    "the tier that served the call stands on every chunk",
    "U14",
    "OpenAI, Azure",
    stream(
      ...hello(() => ({ service_tier: "default" })),
      chunkOf([], { usage: counts(9, 2), service_tier: "default" }),
    ),
    said("Hello", { usage: counts(9, 2) }),
  ),
  counted(
    "counts are texts",
    "U15",
    "small gateways",
    { prompt_tokens: "9", completion_tokens: "2", total_tokens: "11" },
    ["U15"],
  ),
  counted("counts have fractions", "U15", "small gateways", counts(9.5, 2), ["U15"]),
  counted("a count is negative", "U15", "small gateways", counts(9, -1), ["U15"]),
  counted("the total is missing", "U15", "small gateways", { prompt_tokens: 9, completion_tokens: 2 }, [
    "U15",
  ]),
  counted("the total is less than its parts", "U15", "small gateways", counts(9, 2, { total_tokens: 9 }), [
    "U15",
  ]),
  counted(
    "the total is more than its parts and the reasoning",
    "U15",
    "small gateways",
    counts(9, 5, { total_tokens: 40, completion_tokens_details: { reasoning_tokens: 3 } }),
    ["U15"],
  ),
  quirk(
    "usage is the sum over two choices",
    "U16",
    "OpenAI, vLLM",
    stream(
      ...[0, 1].map((index) => opening({ content: "" }, { index })),
      chunk({ content: "Yes" }, { index: 0 }),
      chunk({ content: "No" }, { index: 1 }),
      chunk({ content: "!" }, { index: 0 }),
      ...[0, 1].map((index) => chunk({}, { index, finish_reason: "stop" })),
      usageChunk(counts(9, 3)),
    ),
    answeredAll([{ content: "Yes!" }, { content: "No" }], { usage: counts(9, 3) }),
  ),
  quirk(
    "only timings count",
    "U17",
    "llama.cpp without include_usage",
    stream(
      ...say("Hel", "lo"),
      finish("stop", {
        timings: { cache_n: 7, prompt_n: 10, prompt_ms: 30.9, predicted_n: 28, predicted_ms: 661.1 },
      }),
    ),
    said("Hello", {
      usage: counts(17, 28, { prompt_tokens_details: { cached_tokens: 7 } }),
      diagnostics: ["U17"],
    }),
  ),
  quirk(
    "timings stand beside the usage",
    "U17 H6 H7",
    "llama.cpp",
    stream(
      'data: {"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],"created":5,"id":"l","model":"q.gguf","system_fingerprint":"b1-0","object":"chat.completion.chunk"}\n\n',
      'data: {"choices":[{"finish_reason":null,"index":0,"delta":{"content":"Hello"}}],"created":5,"id":"l","model":"q.gguf","system_fingerprint":"b1-0","object":"chat.completion.chunk"}\n\n',
      'data: {"choices":[{"finish_reason":"stop","index":0,"delta":{}}],"created":5,"id":"l","model":"q.gguf","system_fingerprint":"b1-0","object":"chat.completion.chunk"}\n\n',
      'data: {"choices":[],"created":5,"id":"l","model":"q.gguf","system_fingerprint":"b1-0","object":"chat.completion.chunk","usage":{"prompt_tokens":17,"completion_tokens":28,"total_tokens":45},"timings":{"cache_n":7,"prompt_n":10,"predicted_n":28}}\n\n',
    ),
    said("Hello", { usage: counts(17, 28), model: "q.gguf", diagnostics: ["U17"] }),
  ),
  counted(
    "predicted tokens are counted by whether they were used",
    "U18",
    "OpenAI",
    counts(9, 12, {
      completion_tokens_details: { accepted_prediction_tokens: 6, rejected_prediction_tokens: 4 },
    }),
  ),
];
