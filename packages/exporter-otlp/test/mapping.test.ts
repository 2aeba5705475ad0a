import { readFileSync } from "node:fs";

import type { StandardLoggingPayload } from "@waybill/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  otlpExporter,
  toOtlpMetrics,
  toOtlpSpan,
  toOtlpTraces,
  type ContentMode,
  type MappingOptions,
} from "../src/index.js";
import { version } from "../src/version.js";
import { calls } from "./calls.js";
import { plainAttributes } from "./decode.js";
import { litellm, ours, seed } from "./payloads.js";

function attributesOf(payload: StandardLoggingPayload, options?: MappingOptions): Record<string, unknown> {
  return plainAttributes(toOtlpSpan(payload, options).attributes);
}

describe("a span", () => {
  it("names the version of the package", () => {
    const { version: real } = JSON.parse(
      readFileSync(new URL("../package.json", import.meta.url), "utf8"),
    ) as {
      version: string;
    };
    expect(version).toBe(real);
  });

  it("has integers as text and doubles as doubles, also when they are whole", () => {
    const { attributes } = toOtlpSpan(ours({ model_parameters: { temperature: 1, seed: 7 } }));
    expect(attributes).toContainEqual({ key: "gen_ai.request.temperature", value: { doubleValue: 1 } });
    expect(attributes).toContainEqual({ key: "gen_ai.request.seed", value: { intValue: "7" } });
  });

  it.each<[string, Partial<StandardLoggingPayload>, Record<string, unknown>]>([
    ["the model without its provider", { model: "openai/gpt-4o" }, { "gen_ai.request.model": "gpt-4o" }],
    ["the model with another's prefix", { model: "meta/llama" }, { "gen_ai.request.model": "meta/llama" }],
    ["no model", { model: "" }, { "gen_ai.request.model": undefined }],
    ["the conversation of the payload", { session_id: "s" }, { "gen_ai.conversation.id": "s" }],
    [
      "the conversation of the spend log",
      { metadata: { spend_logs_metadata: { session_id: "s" } } },
      { "gen_ai.conversation.id": "s" },
    ],
    ["no conversation", {}, { "gen_ai.conversation.id": undefined }],
    [
      "the newer limit of tokens",
      { model_parameters: { max_completion_tokens: 5, max_tokens: 6 } },
      { "gen_ai.request.max_tokens": 5 },
    ],
    [
      "one stop sequence",
      { model_parameters: { stop: "END" } },
      { "gen_ai.request.stop_sequences": ["END"] },
    ],
    [
      "parameters of a wrong type",
      { model_parameters: { temperature: "hot", seed: 1.5, n: null } },
      {
        "gen_ai.request.temperature": undefined,
        "gen_ai.request.seed": undefined,
        "gen_ai.request.choice.count": undefined,
      },
    ],
    ["no end user unless asked", { end_user: "ann" }, { "user.id": undefined }],
    [
      "no tier that is automatic",
      { model_parameters: { service_tier: "auto" } },
      { "openai.request.service_tier": undefined },
    ],
    [
      "no stream that was none",
      { stream: false },
      { "gen_ai.request.stream": undefined, "gen_ai.response.time_to_first_chunk": undefined },
    ],
    [
      "no first chunk that is the end",
      { completionStartTime: 1766000070.07935 },
      { "gen_ai.response.time_to_first_chunk": undefined },
    ],
  ])("says %s", (_, members, expected) => {
    const attributes = attributesOf(ours(members));
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, attributes[name]]))).toEqual(
      expected,
    );
  });

  it.each<[string, Partial<StandardLoggingPayload>, string, string, string | undefined]>([
    ["an end before the start", { startTime: 5, endTime: 4 }, "5000000000", "5000000000", "end_before_start"],
    ["no end", { startTime: 5, endTime: null }, "5000000000", "5000000000", "missing"],
    ["no start", { startTime: "soon", endTime: 4 }, "4000000000", "4000000000", "missing"],
    ["no time", { startTime: null, endTime: null }, "0", "0", "missing"],
    ["both", { startTime: 4, endTime: 5 }, "4000000000", "5000000000", undefined],
  ])("with %s", (_, members, start, end, problem) => {
    const span = toOtlpSpan(ours(members));
    expect([span.startTimeUnixNano, span.endTimeUnixNano]).toEqual([start, end]);
    expect(attributesOf(ours(members))["waybill.time"]).toBe(problem);
  });

  it.each<[string, StandardLoggingPayload, number | undefined, string | undefined, string | undefined]>([
    ["an exact cost", ours(), 0.0004, "0.0004", "local"],
    [
      "an unknown cost",
      ours({ response_cost: null }, { cost: { status: "unpriced", exact: null, lines: [], catalog: null } }),
      undefined,
      undefined,
      undefined,
    ],
    ["LiteLLM's cost", seed, 0.00022500000000000002, undefined, "claimed"],
    ["LiteLLM's zero, which may be unknown", litellm({ response_cost: 0 }), undefined, undefined, undefined],
    ["LiteLLM's zero from a cache", litellm({ response_cost: 0, cache_hit: true }), 0, undefined, "claimed"],
    ["a cost that is no number", litellm({ response_cost: "1" as never }), undefined, undefined, undefined],
    [
      "an exact cost that is none",
      ours({ response_cost: null }, { cost: { status: "priced", exact: "1e5", lines: [], catalog: null } }),
      undefined,
      undefined,
      undefined,
    ],
  ])("with %s", (_, payload, amount, exact, source) => {
    const attributes = attributesOf(payload);
    expect([
      attributes["gen_ai.usage.cost"],
      attributes["waybill.cost.amount"],
      attributes["waybill.cost.source"],
    ]).toEqual([amount, exact, source]);
  });

  it("takes other names for the cost, and refuses a name that another begins with", () => {
    const attributes = attributesOf(ours(), { costKeys: ["gen_ai.usage.cost.amount", "llm.cost.total"] });
    expect(attributes).toMatchObject({ "gen_ai.usage.cost.amount": 0.0004, "llm.cost.total": 0.0004 });
    expect(attributes).not.toHaveProperty(["gen_ai.usage.cost"]);
    const costKeys = ["gen_ai.usage.cost", "gen_ai.usage.cost.amount"];
    for (const use of [toOtlpTraces, toOtlpMetrics]) expect(() => use([], { costKeys })).toThrow(/costKeys/);
    expect(() => otlpExporter({ costKeys })).toThrow(/costKeys/);
    expect(() => toOtlpTraces([], { conventions: "v2" as never })).toThrow(/conventions: v2/);
  });

  it("takes more attributes, which win over its own", () => {
    const attributes = attributesOf(ours(), {
      attributes: ({ id }) => ({ "my.id": id as string, "waybill.status": "mine", "my.nothing": undefined }),
    });
    expect(attributes).toMatchObject({ "my.id": "chatcmpl-1", "waybill.status": "mine" });
    expect(attributes).not.toHaveProperty(["my.nothing"]);
  });

  it("never has two generations' names for one thing", () => {
    const payload = ours(
      {},
      { usage: { ...ours().waybill.usage!, input: { ...ours().waybill.usage!.input, cacheWrite5m: 5 } } },
    );
    const names = (["v1.41", "latest"] as const).map((conventions) =>
      Object.keys(attributesOf(payload, { conventions })).filter((name) =>
        /cache_(?:creation|write)/.test(name),
      ),
    );
    expect(names).toEqual([
      ["gen_ai.usage.cache_creation.input_tokens"],
      ["gen_ai.usage.cache_write.input_tokens"],
    ]);
  });
});

describe("content", () => {
  const canary = "CANARY-7f3a";
  const said = {
    role: "user",
    content: canary,
    tool_calls: [{ function: { name: canary, arguments: canary } }],
  };
  const payload = ours(
    {
      status: "failure",
      messages: [said],
      response: { choices: [{ finish_reason: "stop", message: said, text: canary }], output: [said] },
      error_str: `invalid prompt: ${canary}`,
      error_information: {
        error_code: `invalid prompt: ${canary}`,
        error_class: `No ${canary}`,
        error_message: canary,
        traceback: canary,
      },
      model_parameters: {
        tools: [{ function: { name: canary } }],
        response_format: { type: canary },
        functions: [said],
      },
      metadata: { requester_metadata: { said: canary }, spend_logs_metadata: { said: canary } },
      response_cost_failure_debug_info: { error_str: canary },
      guardrail_information: [{ guardrail_request: { said: canary } }] as never,
    },
    {
      diagnostics: [{ code: "F3", message: canary, chunk: 1 }],
      attempts: [
        {
          provider: null,
          model: null,
          apiBase: null,
          startTime: 1,
          endTime: 2,
          status: "failure",
          error: canary,
        },
      ],
      usage: { ...ours().waybill.usage!, raw: { said: canary } },
    },
  );

  it("is nowhere unless it is asked for: not in a span, not in a metric", () => {
    for (const conventions of ["v1.41", "latest"] as const) {
      expect(JSON.stringify(toOtlpTraces([payload], { conventions }))).not.toContain(canary);
    }
    expect(JSON.stringify(toOtlpMetrics([payload]))).not.toContain(canary);
  });

  it("does not stand among the attributes when it goes into events", () => {
    const span = toOtlpSpan(payload, { content: "events", errorText: false });
    expect(JSON.stringify(span.attributes) + span.status.message).not.toContain(canary);
    expect(JSON.stringify(span.events)).toContain(canary);
  });

  it.each<[ContentMode, boolean, string[]]>([
    ["none", false, []],
    ["attributes", true, []],
    ["events", false, ["gen_ai.client.inference.operation.details"]],
    ["both", true, ["gen_ai.client.inference.operation.details"]],
  ])("in the mode %s", (content, isAttribute, events) => {
    const span = toOtlpSpan(ours(), { content });
    expect("gen_ai.input.messages" in plainAttributes(span.attributes)).toBe(isAttribute);
    expect((span.events ?? []).map(({ name }) => name)).toEqual(events);
  });

  it("of an error is told only if content is, or if the option says so", () => {
    expect(toOtlpSpan(payload).status).toEqual({ code: 2, message: "_OTHER" });
    expect(toOtlpSpan(payload, { errorText: true }).status.message).toBe(canary);
    expect(toOtlpSpan(payload, { content: "attributes" }).status.message).toBe(canary);
    expect(toOtlpSpan(payload, { content: "attributes", errorText: false }).status.message).toBe("_OTHER");
  });

  it("that is long is cut, stays JSON and says so", () => {
    const long = ours({ messages: [{ role: "user", content: "x".repeat(1_000_000) }] });
    const attributes = attributesOf(long, { content: "attributes" });
    expect((attributes["gen_ai.input.messages"] as string).length).toBeLessThanOrEqual(65_536);
    expect(JSON.parse(attributes["gen_ai.input.messages"] as string)).toMatchObject([{ role: "user" }]);
    expect(attributes["waybill.content.truncated"]).toBe(true);
    expect(attributesOf(ours(), { content: "attributes" })).not.toHaveProperty(["waybill.content.truncated"]);
  });

  it("that was left out because of its size is named as what is missing, beside what was missing before", () => {
    const span = toOtlpSpan(ours({}, { degraded: "timing" }), { content: "attributes" }, false);
    expect(plainAttributes(span.attributes)).toMatchObject({ "waybill.degraded": "timing, content" });
    expect(plainAttributes(span.attributes)).not.toHaveProperty(["gen_ai.input.messages"]);
  });

  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  let deep: unknown = [];
  for (let level = 0; level < 100_000; level++) deep = [deep];

  it.each([
    ["a cycle", cyclic],
    ["a number that JSON does not have", { type: "x", big: 1n }],
    ["more levels than the stack has", { type: "x", deep }],
    [
      "a member that throws",
      {
        type: "x",
        get bad() {
          throw new Error("no");
        },
      },
    ],
  ])("that has %s does not cost the record", (_, item) => {
    const attributes = attributesOf(ours({ messages: [{ role: "user", content: [item] }] }), {
      content: "attributes",
    });
    expect(attributes).toMatchObject({ "waybill.degraded": "content", "gen_ai.usage.input_tokens": 100 });
  });
});

describe("odd payloads", () => {
  it.each([
    ["nothing", null],
    ["text", "payload"],
    ["no id", { ...seed, id: undefined }],
    ["an empty id", { ...seed, id: "" }],
    [
      "a member that throws",
      {
        ...seed,
        get model() {
          throw new Error("no");
        },
      },
    ],
  ])("with %s are left out, and that is told", (_, payload) => {
    const told: unknown[] = [];
    const traces = toOtlpTraces([seed, payload as never, seed], {
      onUnmappable: (index, reason) => told.push(index, reason.length > 0),
    });
    expect(traces.resourceSpans[0]?.scopeSpans[0]?.spans).toHaveLength(2);
    expect(told).toEqual([1, true]);
    expect(() => toOtlpTraces([payload as never])).not.toThrow();
    expect(() => toOtlpMetrics([payload as never])).not.toThrow();
  });

  it("take the id of the call when there is none of the response", () => {
    expect(attributesOf({ ...seed, id: null, litellm_call_id: "call" })["waybill.call_id"]).toBe("call");
  });

  it("never make mapping throw or lose a record, whatever a member is", () => {
    const names = Object.keys(ours());
    const anything = fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true });
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        anything,
        fc.constantFrom(...names),
        anything,
        (first, one, second, other) => {
          const payload = { ...ours(), [first]: one, [second]: other, id: "id" } as never;
          for (const content of ["none", "both"] as const) {
            const told: string[] = [];
            const traces = toOtlpTraces([payload], {
              content,
              onUnmappable: (_, reason) => told.push(reason),
            });
            expect(told).toEqual([]);
            const [span] = traces.resourceSpans[0]!.scopeSpans[0]!.spans;
            expect(span!.traceId).toMatch(/^[0-9a-f]{32}$/);
            expect(BigInt(span!.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span!.startTimeUnixNano));
            JSON.stringify(traces);
            toOtlpMetrics([payload]);
          }
        },
      ),
    );
  });

  it("leave the prototypes of everything alone", () => {
    const payload = JSON.parse(
      `{"id":"a","status":"success","model_parameters":{"__proto__":{"polluted":1}},"response":{"__proto__":{"polluted":1}},"messages":[{"__proto__":{"polluted":1},"role":"user"}]}`,
    ) as StandardLoggingPayload;
    toOtlpTraces([payload], { content: "both" });
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
});

describe("what only Langfuse reads", () => {
  it("is not misled: no numbers under gen_ai.usage that it would add up", () => {
    const allowed =
      /^gen_ai\.usage\.(?:cost|(?:input|output|cache_read\.input|cache_creation\.input|reasoning\.output)_tokens)$/;
    for (const { payload, options } of Object.values(calls)) {
      if (options?.conventions === "latest") continue;
      const names = Object.keys(attributesOf(payload, options)).filter((name) =>
        name.startsWith("gen_ai.usage."),
      );
      expect(names.filter((name) => !allowed.test(name))).toEqual([]);
    }
  });
});
