import type { StandardLoggingPayload } from "@waybill/core";
import fc from "fast-check";

const cycle: Record<string, unknown> = {};
cycle.self = cycle;

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "",
    "a\rb",
    "x".repeat(1200),
    "constructor",
    "__proto__",
    "\ud800",
    "invoke_agent",
    "langfuse",
  ),
);
const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-1, 0, 1e308, 0.5, 2 ** 53));
const count = fc.oneof(fc.nat(), fc.nat({ max: 3 }), number, fc.constant("5"), fc.constant(null));
const time = fc.oneof(
  fc.double({ min: -10, max: 3e11, noNaN: true }),
  fc.integer({ min: 0, max: 5 }),
  fc.constantFrom("2025-01-16 19:28:55.124873", "1970-01-01 00:00:02", "20000-01-01", "garbage", null),
);
const anything = fc.oneof(
  fc.jsonValue(),
  fc.anything({ withBigInt: true, withMap: true, withSparseArray: true }),
  fc.constantFrom<unknown>(cycle, 1n, Number.NaN, undefined, () => 1, Symbol("s")),
);
const parts = (names: readonly string[]) => fc.record(Object.fromEntries(names.map((name) => [name, count])));
const line = fc.record({
  kind: fc.constantFrom(
    "input",
    "output",
    "cache_read",
    "cache_write",
    "cache_write_1h",
    "discount",
    "reasoning",
    "x",
  ),
  count: number,
  rate: fc.constant("1"),
  amount: fc.constantFrom("1", "-2", "x", "0.1", "0.2", "0"),
});
const tokenUsage = fc.record({
  input: parts(["text", "cacheRead", "cacheWrite5m", "cacheWrite1h", "audio", "image", "video"]),
  output: parts(["text", "reasoning", "audio", "image"]),
  total: count,
});
const usage = fc.record(
  {
    prompt_tokens: count,
    completion_tokens: count,
    total_tokens: count,
    cache_read_input_tokens: count,
    cache_creation_input_tokens: count,
    completion_tokens_details: fc.record({ reasoning_tokens: count }),
    cost: number,
  },
  { requiredKeys: [] },
);
const waybill = fc.record(
  {
    cost: fc.record({
      lines: fc.oneof(fc.array(line), anything),
      exact: fc.constantFrom("1", "0.3", "0", null, "x", "-1"),
      status: text,
      reason: text,
    }),
    usage: fc.oneof(tokenUsage, fc.constant(null), anything),
    usageSource: fc.oneof(fc.constantFrom("provider", "missing", "estimated"), text),
    status: fc.constantFrom("complete", "incomplete", "error"),
    diagnostics: fc.oneof(fc.array(fc.record({ code: text })), anything),
    traceparent: fc.oneof(text, fc.constant("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")),
    degraded: text,
  },
  { requiredKeys: [] },
);

/** Payloads of every shape that a program could hand in, as far as they have an id. */
export const arbitraryPayload = fc.record(
  {
    id: text,
    litellm_call_id: text,
    trace_id: fc.option(text),
    session_id: fc.oneof(text, anything),
    status: fc.constantFrom("success", "failure"),
    call_type: fc.oneof(text, fc.constantFrom("acompletion", "aembedding")),
    stream: fc.option(fc.boolean()),
    startTime: time,
    endTime: time,
    completionStartTime: time,
    response_cost: fc.option(number),
    prompt_tokens: count,
    completion_tokens: count,
    total_tokens: count,
    model: text,
    cache_hit: fc.option(fc.boolean()),
    messages: fc.oneof(fc.array(fc.record({ role: text, content: anything })), anything),
    model_parameters: fc.oneof(fc.dictionary(text, anything), anything),
    response: fc.oneof(
      fc.record(
        { model: text, usage, choices: fc.array(fc.record({ message: anything, text })) },
        { requiredKeys: [] },
      ),
      anything,
    ),
    metadata: fc.oneof(fc.record({ requester_metadata: anything }), anything),
    request_tags: fc.oneof(fc.array(text), anything),
    end_user: fc.option(text),
    error_str: fc.option(text),
    error_information: anything,
    waybill: fc.oneof(waybill, anything),
  },
  { requiredKeys: ["status", "id"] },
) as unknown as fc.Arbitrary<StandardLoggingPayload>;
