import { readFileSync } from "node:fs";

import { lint, type StandardLoggingPayload } from "@waybill/core";
import { checkLangfuseBatchEmit } from "@waybill/core/emit";
import { checkLangfuseBatch } from "@waybill/core/langfuse-batch";
import { isStandardLoggingPayload } from "@waybill/core/standard-logging-payload";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { toLangfuseBatch } from "../src/index.js";
import { toIsoTime } from "../src/time.js";
import { version } from "../src/version.js";
import { ourPayload, seedPayload } from "./payloads.js";

function map(payload: StandardLoggingPayload, options = {}) {
  const batch = toLangfuseBatch([payload], options);
  const checked = checkLangfuseBatchEmit(batch);
  expect(checked.ok ? [] : checked.issues).toEqual([]);
  expect(checkLangfuseBatch(batch).ok).toBe(true);
  expect(lint("langfuse-batch", batch)).toEqual([]);
  const [trace, generation] = batch.batch;
  return {
    trace: trace?.body as Record<string, unknown>,
    generation: generation?.body as Record<string, unknown>,
  };
}

describe("toLangfuseBatch", () => {
  it("makes one trace and one whole generation of a payload", () => {
    const { trace, generation } = map(ourPayload("r1"), { environment: "test", release: "1.0" });
    expect(trace).toMatchObject({
      id: "trace-of-r1",
      timestamp: "2025-12-17T19:34:28.284660Z",
      name: "litellm-acompletion",
      sessionId: "session",
      userId: "user",
      environment: "test",
      release: "1.0",
      tags: [],
      input: { messages: [{ role: "user", content: "Hello, world!" }] },
      output: { role: "assistant", content: "hi" },
    });
    expect(generation).toMatchObject({
      id: "r1",
      traceId: "trace-of-r1",
      startTime: "2025-12-17T19:34:28.284660Z",
      completionStartTime: "2025-12-17T19:34:29.500000Z",
      endTime: "2025-12-17T19:34:30.079350Z",
      model: "gpt-4o",
      level: "DEFAULT",
      usageDetails: { input: 60, input_cached_tokens: 40, output: 20, total: 120 },
      costDetails: { input: 0.00015, input_cached_tokens: 0.00005, output: 0.0002, total: 0.0004 },
      metadata: { usage_source: "provider", cost_exact: "0.0004", cost_status: "priced" },
    });
  });

  it("sends neither tokens nor cost when the usage is unknown, and says so", () => {
    const cost = { status: "no_usage" as const, exact: null, lines: [], catalog: null };
    const { generation } = map({
      ...ourPayload("r1", { usage: null, usageSource: "missing", cost }),
      response_cost: null,
    });
    expect(generation).not.toHaveProperty("usageDetails");
    expect(generation).not.toHaveProperty("costDetails");
    expect(generation).toMatchObject({ metadata: { usage_source: "missing", cost_status: "no_usage" } });
  });

  it("leaves the server no bucket that it would take for free when the price is unknown", () => {
    const cost = { status: "unpriced" as const, exact: null, lines: [], catalog: null };
    const input = { text: 60, cacheRead: 40, cacheWrite5m: 5, cacheWrite1h: 0, audio: 3, image: 0, video: 0 };
    const usage = { input, output: { text: 10, reasoning: 7, audio: 2, image: 0 }, total: null, raw: {} };
    const { generation } = map({ ...ourPayload("r1", { cost, usage }), response_cost: null });
    expect(generation.usageDetails).toEqual({
      input: 63,
      input_cached_tokens: 40,
      input_cache_creation: 5,
      output: 19,
      total: 127,
    });
    expect(generation).not.toHaveProperty("costDetails");
  });

  it("takes LiteLLM's own payload", () => {
    const { generation } = map(seedPayload);
    expect(generation).toMatchObject({
      usageDetails: { input: 10, output: 20, total: 30 },
      costDetails: { total: 0.00022500000000000002 },
    });
    // The seed's first token is its end again, which is no first token.
    expect(generation).not.toHaveProperty("completionStartTime");
  });

  it("names a failure", () => {
    const { generation } = map({
      ...ourPayload("r1"),
      status: "failure",
      error_str: "429 slow down",
      response: {},
    });
    expect(generation).toMatchObject({ level: "ERROR", statusMessage: "429 slow down" });
    expect(generation).not.toHaveProperty("output");
  });

  it("turns nested parameters into JSON text and tools into input", () => {
    const parameters = {
      temperature: 0.5,
      stop: ["a"],
      response_format: { type: "json_object" },
      tools: [{ f: 1 }],
    };
    const { generation } = map({ ...ourPayload("r1"), model_parameters: parameters });
    expect(generation).toMatchObject({
      modelParameters: { temperature: 0.5, stop: '["a"]', response_format: '{"type":"json_object"}' },
      input: { tools: [{ f: 1 }] },
    });
  });

  it("gives equal payloads equal events", () => {
    expect(toLangfuseBatch([ourPayload("r1")])).toEqual(toLangfuseBatch([ourPayload("r1")]));
  });

  it("takes payloads of the fewest fields, of old times and of odd ids", () => {
    map({ id: "x", status: "success" });
    map({ litellm_call_id: "y\r\n", status: "failure" });
    map({ id: "x".repeat(2000), status: "success", session_id: "s".repeat(500) });
    const old = map({ id: "x", status: "success", startTime: "2025-01-16 19:28:55.124873" });
    expect(old.generation.startTime).toBe("2025-01-16T19:28:55.124Z");
  });

  it("keeps ids apart that are too long or hold a carriage return", () => {
    const long = "x".repeat(800);
    const ids = [`${long}1`, `${long}2`, "a\rb", "a b", long].map(
      (id) => map({ id, status: "success" }).generation.id,
    );
    expect(new Set(ids).size).toBe(5);
    expect(map({ id: "", litellm_call_id: "call", status: "success" }).generation.id).toBe("call");
  });

  it("refuses an environment that the server would not keep", () => {
    for (const environment of ["Prod!", "langfuse-x", "x".repeat(41), ""]) {
      expect(() => toLangfuseBatch([], { environment })).toThrow(/environment: /);
    }
  });

  it("of any payload that readers accept is what we write, and nothing the server would misread", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("", "a\rb", "x".repeat(1200), "constructor", "__proto__"),
    );
    const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-1, 0, 1e308, 0.5));
    const time = fc.oneof(
      fc.double({ min: -10, max: 3e11, noNaN: true }),
      fc.integer({ min: 0, max: 5 }),
      fc.constantFrom(
        "2025-01-16 19:28:55.124873",
        "1970-01-01 00:00:02",
        "20000-01-01",
        "+275760-01-01T00:00:00Z",
        "garbage",
        null,
      ),
    );
    const line = fc.record({
      kind: text,
      count: number,
      rate: fc.constant("1"),
      amount: fc.constantFrom("1", "-2", "x"),
    });
    const payloads = fc.record(
      {
        id: text,
        litellm_call_id: text,
        trace_id: fc.option(text),
        session_id: text,
        status: fc.constantFrom("success", "failure"),
        call_type: text,
        stream: fc.option(fc.boolean()),
        startTime: time,
        endTime: time,
        completionStartTime: time,
        response_cost: fc.option(number),
        prompt_tokens: fc.oneof(fc.integer(), fc.constant(null)),
        completion_tokens: fc.integer(),
        model: text,
        model_parameters: fc.dictionary(
          text,
          fc.oneof(
            fc.jsonValue(),
            fc.constantFrom(Number.NaN, undefined, () => 1),
          ),
        ),
        response: fc.jsonValue(),
        end_user: fc.option(text),
        error_str: fc.option(text),
        waybill: fc.oneof(
          fc.jsonValue(),
          fc.record({
            cost: fc.record({ lines: fc.array(line) }),
            usageSource: text,
            usage: fc.constant(null),
          }),
        ),
      },
      { requiredKeys: ["status", "id"] },
    );
    fc.assert(
      fc.property(payloads, (payload) => {
        fc.pre(isStandardLoggingPayload(payload));
        const batch = toLangfuseBatch([payload]);
        const checked = checkLangfuseBatchEmit(batch);
        expect(checked.ok ? [] : checked.issues).toEqual([]);
        expect(lint("langfuse-batch", batch)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it("tells the package's version", () => {
    const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
    expect(version).toBe((JSON.parse(manifest) as { version: string }).version);
  });
});

describe("toIsoTime", () => {
  it.each([
    [1766000068.28466, "2025-12-17T19:34:28.284660Z"],
    [0, "1970-01-01T00:00:00.000000Z"],
    [1e300, undefined],
    [-1, undefined],
    [Number.NaN, undefined],
    ["2025-01-16T11:28:54-08:00", "2025-01-16T19:28:54.000Z"],
    ["yesterday", undefined],
  ])("%s is %s", (time, iso) => {
    expect(toIsoTime(time)).toBe(iso);
  });
});
