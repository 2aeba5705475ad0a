import { answered, failed, quirk } from "./expectation.js";
import type { QuirkCase } from "./quirk-case.js";
import { chunk, chunkOf, counts, opening, reads, say, stream } from "./wire.js";

const before = say("Hel", "lo");

/** Errors inside a stream that began with the status 200. */
export const errorCases: readonly QuirkCase[] = [
  quirk(
    "an error comes as an event of its own",
    "E1",
    "vLLM, SGLang, OpenAI, Exo",
    reads(...before, {
      error: {
        message: "The server had an error",
        type: "server_error",
        param: null,
        code: "internal_error",
      },
    }),
    failed("E1", "The server had an error", "Hello"),
  ),
  quirk(
    "an error comes before any chunk",
    "E1",
    "vLLM",
    stream({ error: { message: "prompt is too long", type: "BadRequestError", code: 400 } }),
    failed("E1", "prompt is too long", null),
  ),
  quirk(
    "usage was counted before the error",
    "E1 U4",
    "SGLang with continuous usage",
    stream(
      opening({ content: "" }),
      chunk({ content: "Hel" }, {}, { usage: counts(9, 1) }),
      chunk({ content: "lo" }, {}, { usage: counts(9, 2) }),
      { error: { message: "CUDA out of memory", type: "internal_server_error", code: 500 } },
    ),
    failed("E1", "CUDA out of memory", "Hello", { usage: counts(9, 2) }),
  ),
  quirk(
    "the whole body is a JSON error with the status 200",
    "E1",
    "gateways",
    reads('{"error":{"message":"invalid api key","type":"invalid_request_error","code":"invalid_api_key"}}'),
    failed("E1", "invalid api key", null),
    "application/json",
  ),
  quirk(
    "an error stands beside an empty list of choices",
    "E2",
    "OpenRouter",
    stream(
      ...before,
      chunkOf([], { provider: "P", error: { code: 502, message: "Provider returned error", metadata: {} } }),
    ),
    failed("E2", "Provider returned error", "Hello"),
  ),
  quirk(
    "an error stands inside a choice",
    "E3",
    "OpenRouter",
    stream(
      ...before,
      chunk(
        { content: "" },
        {
          finish_reason: "error",
          error: { code: 502, message: "upstream gone", metadata: { provider_name: "P" } },
        },
      ),
    ),
    failed("E3", "upstream gone", "Hello", { choices: [{ content: "Hello", finish_reason: "error" }] }),
  ),
  quirk(
    "an error stands beside a choice that has no finish reason",
    "E3",
    "OpenRouter",
    reads(
      ...before,
      chunk({ content: "!" }, {}, { error: { code: "server_error", message: "upstream gone" } }),
    ),
    failed("E3", "upstream gone", "Hello!"),
  ),
  quirk(
    "the finish reason is error and nothing says which",
    "E3",
    "OpenRouter",
    stream(...before, chunk({}, { finish_reason: "error" })),
    answered({ content: "Hello", finish_reason: "error" }, { status: "error", diagnostics: ["E3"] }),
  ),
  quirk(
    "OpenRouter's upstream fails in the middle of the text",
    "E3 T1 R2 R4 H7",
    "OpenRouter",
    reads(
      ": OPENROUTER PROCESSING\n\n",
      'data: {"id":"gen-1","provider":"P","model":"v/m","object":"chat.completion.chunk","created":5,"choices":[{"index":0,"delta":{"role":"assistant","content":"Par","reasoning":"h","reasoning_details":[{"type":"reasoning.text","text":"h","format":"unknown","index":0}]},"finish_reason":null,"native_finish_reason":null}]}\n\n',
      'data: {"id":"gen-1","provider":"P","model":"v/m","object":"chat.completion.chunk","created":5,"error":{"code":"server_error","message":"upstream gone"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error","native_finish_reason":null}]}\n\n',
    ),
    failed("E3", "upstream gone", "Par", {
      choices: [{ content: "Par", reasoning_content: "h", finish_reason: "error" }],
      id: "gen-1",
      model: "v/m",
    }),
  ),
  quirk(
    "an error is flat and says that it is one",
    "E4",
    "older vLLM, Mistral",
    reads(...before, {
      object: "error",
      message: "The model is overloaded",
      type: "ServiceUnavailable",
      param: null,
      code: 503,
    }),
    failed("E4", "The model is overloaded", "Hello"),
  ),
  quirk(
    "an error is a string",
    "E5",
    "Ollama",
    reads(...before, { error: "model runner has unexpectedly stopped" }),
    failed("E5", "model runner has unexpectedly stopped", "Hello"),
  ),
  quirk(
    "an error is a detail",
    "E5",
    "FastAPI servers",
    reads(...before, { detail: "Internal Server Error" }),
    failed("E5", "Internal Server Error", "Hello"),
  ),
  quirk(
    "an error says that there was no success",
    "E5",
    "gateways",
    reads(...before, { success: false, error: { message: "quota exceeded", code: "quota" } }),
    failed("E5", "quota exceeded", "Hello"),
  ),
];
