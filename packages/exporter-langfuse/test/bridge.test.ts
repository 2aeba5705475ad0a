import type { LangfuseBatch } from "@waybill/core";
import type { OtlpSpan } from "@waybill/exporter-otlp";
import { toJson } from "@waybill/exporter-otlp/http";
import { startLangfuseStub } from "@waybill/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { batchToOtlp, toLangfuseBatch } from "../src/index.js";
import { corpusNote, hasCorpus, readFixture, readSeed, reconstruct } from "./litellm-fixtures.js";
import { ours, payloads } from "./payloads.js";

type Members = Record<string, unknown>;

function bridge(batch: unknown) {
  const { traces, findings } = batchToOtlp(batch);
  const spans = traces.resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
  return {
    traces,
    findings,
    spans,
    codes: findings.map(({ code }) => code),
    attributes: spans.map(attributesOf),
  };
}

function attributesOf(span: OtlpSpan): Members {
  return Object.fromEntries(
    span.attributes.map(({ key, value }) => [
      key,
      "arrayValue" in value
        ? value.arrayValue.values.map((each) => Object.values(each)[0] as unknown)
        : (Object.values(value)[0] as unknown),
    ]),
  );
}

/** What a server stores of a body of spans, or of a batch. */
async function store(path: string, body: unknown) {
  const stub = await startLangfuseStub();
  try {
    const response = await fetch(`${stub.baseUrl}/api/public/${path}`, {
      method: "POST",
      headers: {
        authorization: `Basic ${btoa(`${stub.publicKey}:${stub.secretKey}`)}`,
        "content-type": "application/json",
        "x-langfuse-ingestion-version": "4",
      },
      body: toJson(body),
    });
    expect([200, 207]).toContain(response.status);
    return [...stub.stored.observations().values()];
  } finally {
    await stub.close();
  }
}

const event = (type: string, body: object, timestamp = "2026-01-02T03:04:05.000Z") => ({
  id: `${type}-${JSON.stringify(body).length}-${timestamp}`,
  type,
  timestamp,
  body,
});
const times = { startTime: "2026-01-02T03:04:05.000Z", endTime: "2026-01-02T03:04:06.000Z" };
const generation = (body: object) =>
  event("generation-create", { id: "g", traceId: "t", name: "g", ...times, model: "gpt-4o", ...body });
const trace = (body: object = {}) =>
  event("trace-create", { id: "t", timestamp: times.startTime, name: "t", ...body });

describe("batchToOtlp", () => {
  it("folds LiteLLM's pair into one span, and reports the costs that disagree", async () => {
    const { traces, spans, codes } = bridge(readSeed("without-output"));
    expect(spans).toHaveLength(1);
    expect(codes.toSorted()).toEqual(["completion_start", "costs_disagree", "costs_disagree"]);
    const [stored] = await store("otel/v1/traces", traces);
    expect(stored).toMatchObject({
      type: "GENERATION",
      name: "litellm-acompletion",
      traceName: "litellm-acompletion",
      model: "gpt-3.5-turbo",
      usageDetails: { input: 10, output: 10, total: 20 },
      totalCost: 1.9999999999999998e-5,
      completionStartTime: undefined,
      output: undefined,
    });
  });

  it("reports the generation that names no trace, and keeps it", async () => {
    const { traces, spans, findings } = bridge(readSeed("with-output"));
    expect(findings.find(({ code }) => code === "orphan_observation")?.path).toBe("/batch/1/body/traceId");
    // The trace of the batch is empty, and the generation has one of its own.
    expect(spans.map(({ name, kind }) => [name, kind])).toEqual([
      ["litellm-acompletion", 1],
      ["litellm-acompletion", 3],
    ]);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(2);
    const stored = (await store("otel/v1/traces", traces)).find(({ type }) => type === "GENERATION");
    expect(stored).toMatchObject({ usageDetails: { input: 10, output: 20, total: 30 }, totalCost: 3.5e-5 });
  });

  it("puts a root above several observations, and the trace's fields on all of them", () => {
    const { spans, attributes, codes } = bridge({
      batch: [
        trace({
          userId: "u",
          sessionId: "s".repeat(300),
          tags: ["b", "a"],
          release: "r",
          metadata: { k: 1 },
        }),
        generation({}),
        event("span-create", {
          id: "inner",
          traceId: "t",
          name: "inner",
          parentObservationId: "g",
          ...times,
        }),
        event("event-create", { id: "e", traceId: "t", name: "e", startTime: "2026-01-02T03:04:09Z" }),
      ],
    });
    expect(codes).toEqual([]);
    const [root, first, inner, point] = spans;
    expect(spans.map(({ traceId }) => traceId)).toEqual(Array.from({ length: 4 }, () => root?.traceId));
    expect([root?.parentSpanId, first?.parentSpanId, inner?.parentSpanId, point?.parentSpanId]).toEqual([
      undefined,
      root?.spanId,
      first?.spanId,
      root?.spanId,
    ]);
    expect(root?.endTimeUnixNano).toBe(point?.endTimeUnixNano);
    expect(point?.startTimeUnixNano).toBe(point?.endTimeUnixNano);
    for (const each of attributes) {
      expect(each).toMatchObject({
        "user.id": "u",
        "session.id": "s".repeat(200),
        "langfuse.trace.tags": ["a", "b"],
        "langfuse.trace.name": "t",
        "langfuse.trace.metadata": '{"k":1}',
        "langfuse.release": "r",
      });
    }
    expect(attributes.map((each) => each["langfuse.internal.is_app_root"])).toEqual([
      true,
      undefined,
      undefined,
      undefined,
    ]);
    expect(attributes.map((each) => each["langfuse.observation.type"])).toEqual([
      "span",
      "generation",
      "span",
      "event",
    ]);
  });

  it("merges creates and updates by the server's rules", () => {
    const update = event(
      "generation-update",
      { id: "g", output: "late", usage: { input: 1, output: 2 }, metadata: { b: { d: 2 } } },
      "2026-01-02T03:04:04.000Z",
    );
    const { attributes } = bridge({
      batch: [
        update,
        trace({ name: "g" }),
        generation({ name: "g", output: "early", metadata: { b: { c: 1 } } }),
      ],
    });
    expect(attributes).toHaveLength(1);
    expect(attributes[0]).toMatchObject({
      "langfuse.observation.output": '"late"',
      "langfuse.observation.usage_details": '{"input":1,"output":2,"total":3}',
      "langfuse.observation.metadata": '{"b":{"c":1,"d":2},"source_id":"g"}',
    });
  });

  const usages: [title: string, body: object, usage: object | undefined, codes: string[]][] = [
    [
      "LiteLLM's five keys with the cache beside the input",
      {
        usageDetails: {
          input: 200,
          output: 50,
          total: 1050,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 800,
        },
      },
      { input: 200, output: 50, input_cached_tokens: 800, total: 1050 },
      [],
    ],
    [
      "LiteLLM's five keys with the cache in the input",
      { usageDetails: { input: 1000, output: 50, total: 1050, cache_read_input_tokens: 800 } },
      { input: 200, output: 50, input_cached_tokens: 800, total: 1050 },
      ["inclusive_input"],
    ],
    [
      "a total that is no sum",
      { usageDetails: { input: 1, output: 2, total: 9 } },
      { input: 1, output: 2, total: 3 },
      ["usage_total"],
    ],
    [
      "OpenAI's usage",
      {
        usageDetails: {
          prompt_tokens: 100,
          completion_tokens: 20,
          total_tokens: 120,
          prompt_tokens_details: { cached_tokens: 40 },
        },
      },
      { input: 60, input_cached_tokens: 40, output: 20, total: 120 },
      [],
    ],
    [
      "counts that are none",
      { usageDetails: { input: 1.5, output: 2, x: -1 } },
      { output: 2, total: 2 },
      ["lost_count", "lost_count"],
    ],
    ["counts in texts", { usageDetails: { input: "7", output: 2 } }, { input: 7, output: 2, total: 9 }, []],
    [
      "legacy usage",
      { usage: { input: 1, output: 2, unit: "TOKENS" } },
      { input: 1, output: 2, total: 3 },
      [],
    ],
    ["legacy usage without input", { usage: { input: 0, output: 5 } }, { input: 0, output: 5, total: 5 }, []],
    [
      "legacy usage in camel case",
      { usage: { promptTokens: 1, completionTokens: 2, input: 9 } },
      { input: 1, output: 2, total: 3 },
      [],
    ],
    ["negative usage", { usage: { input: -1, output: 5 } }, { output: 5, total: 5 }, ["lost_count"]],
    ["seconds", { usage: { input: 3, unit: "SECONDS" } }, { input: 3, total: 3 }, ["usage_unit"]],
    ["a total alone", { usage: { total: 3 } }, { input: 3, total: 3 }, []],
    ["no usage", {}, undefined, []],
  ];

  it.each(usages)("reads %s", (_, body, usage, expected) => {
    const { attributes, codes } = bridge({ batch: [trace(), generation(body)] });
    const text = attributes[1]?.["langfuse.observation.usage_details"] as string | undefined;
    expect(text === undefined ? undefined : JSON.parse(text)).toEqual(usage);
    expect(codes).toEqual(expected);
  });

  const costs: [title: string, body: object, cost: object | undefined, codes: string[]][] = [
    [
      "costs with a total",
      { costDetails: { input: 1, output: 2, total: 3 } },
      { input: 1, output: 2, total: 3 },
      [],
    ],
    [
      "costs without a total",
      { costDetails: { input: 1, input_cached_tokens: 2 } },
      { input: 1, input_cached_tokens: 2, total: 3 },
      [],
    ],
    ["costs that make another sum", { costDetails: { input: 1, total: 3 } }, { total: 3 }, ["cost_total"]],
    [
      "costs of the older usage",
      { usage: { inputCost: 1, outputCost: 2 } },
      { input: 1, output: 2, total: 3 },
      [],
    ],
    ["costs in texts", { costDetails: { total: "3" } }, undefined, ["lost_cost"]],
    [
      "a cost that metadata disagree with",
      { costDetails: { total: 3 }, metadata: { litellm_response_cost: 4 } },
      { total: 3 },
      ["costs_disagree"],
    ],
  ];

  it.each(costs)("reads %s", (_, body, cost, expected) => {
    const { attributes, codes } = bridge({ batch: [trace(), generation(body)] });
    const text = attributes[1]?.["langfuse.observation.cost_details"] as string | undefined;
    expect(text === undefined ? undefined : JSON.parse(text)).toEqual(cost);
    expect(codes).toEqual(expected);
  });

  it.each([
    ["a trace without an id", event("trace-create", { name: "x" }), "missing_id"],
    ["a score", event("score-create", { id: "s", name: "n", value: 1, traceId: "t" }), "score"],
    ["a log line", event("sdk-log", { log: "x" }), "log"],
    ["an event of another kind", event("dataset-run-item-create", { id: "x" }), "unknown_event"],
    ["no event", 5, "unknown_event"],
    ["an observation without a trace", event("span-create", { id: "x", ...times }), "orphan_observation"],
    [
      "an end before the start",
      event("span-create", { id: "x", traceId: "t", startTime: times.endTime, endTime: times.startTime }),
      "end_before_start",
    ],
    ["a level that is none", generation({ level: "error" }), "level"],
    ["an environment that is not kept", generation({ environment: "Prod!" }), "environment"],
  ])("says what is wrong with %s", (_, given, code) => {
    expect(bridge({ batch: [trace(), given] }).codes).toContain(code);
  });

  it("takes anything for a batch", () => {
    for (const batch of [
      undefined,
      null,
      5,
      {},
      { batch: 5 },
      { batch: [null, [], { type: "trace-create" }] },
    ])
      expect(bridge(batch).spans).toEqual([]);
  });

  it("stores the same record as our own batch, however it is sent", async () => {
    for (const [name, payload] of Object.entries(payloads)) {
      const batch = toLangfuseBatch([payload]);
      const [direct] = await store("ingestion", batch);
      const bridged = (await store("otel/v1/traces", bridge(batch).traces)).find(
        ({ type }) => type === "GENERATION",
      );
      const keys = [
        "model",
        "modelParameters",
        "input",
        "output",
        "level",
        "statusMessage",
        "usageDetails",
        "costDetails",
      ] as const;
      const more = [
        "traceId",
        "id",
        "startTime",
        "endTime",
        "completionStartTime",
        "userId",
        "sessionId",
        "tags",
      ] as const;
      for (const key of [...keys, ...more])
        expect([name, key, bridged?.[key]]).toEqual([name, key, direct?.[key]]);
    }
  });

  it("makes ids that every collector takes and never throws, whatever the batch says", () => {
    const text = fc.oneof(fc.string(), fc.constantFrom("t", "g", "", "__proto__", "input"));
    const value = fc.oneof(
      fc.jsonValue(),
      text,
      fc.integer(),
      fc.constantFrom(null, undefined, 1n, Number.NaN),
    );
    const body = fc.dictionary(
      fc.constantFrom(
        "id",
        "traceId",
        "name",
        "startTime",
        "usage",
        "usageDetails",
        "costDetails",
        "metadata",
        "tags",
        "environment",
        "level",
        "input",
        "modelParameters",
        "parentObservationId",
      ),
      fc.oneof(value, fc.dictionary(text, value)),
    );
    const type = fc.constantFrom(
      "trace-create",
      "generation-create",
      "generation-update",
      "span-create",
      "event-create",
      "observation-create",
      "score-create",
    );
    const events = fc.array(fc.record({ id: text, type, timestamp: text, body: fc.oneof(body, value) }));
    fc.assert(
      fc.property(events, (batch) => {
        const { spans, attributes } = bridge({ batch });
        for (const span of spans) {
          expect(span.traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
          expect(span.spanId).toMatch(/^(?!0+$)[0-9a-f]{16}$/);
        }
        for (const each of attributes) {
          const json = each["langfuse.observation.usage_details"] as string | undefined;
          const { total, ...buckets } = JSON.parse(json ?? '{"total":0}') as Record<string, number>;
          const counts = Object.values(buckets);
          expect(counts.every((count) => Number.isSafeInteger(count) && count >= 0)).toBe(true);
          expect(counts.reduce((sum, count) => sum + count, 0)).toBe(total);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe.skipIf(!hasCorpus)(`spans of LiteLLM's newer client${corpusNote}`, () => {
  const folder = "langfuse_expected_request_body";
  /** The zero counts that LiteLLM writes; ours leave them out. */
  const withZeros = (usage: Members) => ({
    ...usage,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
  });

  /** Tags are a set. */
  const sorted = (value: unknown) => (Array.isArray(value) ? (value as string[]).toSorted() : value);

  it.each([
    ["completion_with_langfuse_metadata", { trace_release: "test_trace_release" }],
    ["completion_with_tags_stream", {}],
    ["completion_with_router", {}],
  ])("%s says what the bridge makes of the same call", (name, more) => {
    const span = readFixture<{ name: string; parent_span_id: string | null; attributes: Members }>(
      `${folder}/otel/${name}`,
    );
    const { payload, options } = reconstruct(readFixture(`${folder}/completion_with_langfuse_metadata`));
    const { attributes: expected } = span;
    const at = (key: string) => expected[`langfuse.observation.${key}`] as Members;
    const isNamed = name === "completion_with_langfuse_metadata";
    const requester = { ...(payload.metadata?.requester_metadata as Members), ...more };
    const batch: LangfuseBatch = toLangfuseBatch(
      [
        {
          ...payload,
          metadata: isNamed ? { requester_metadata: requester } : {},
          messages: at("input").messages as unknown[],
          response: {
            ...(payload.response as object),
            choices: at("output") ? [{ message: at("output") }] : [],
          },
          model_parameters: { ...at("model.parameters"), extra_body: {} },
          request_tags: (expected["langfuse.trace.tags"] as string[] | undefined) ?? [],
          completion_tokens: at("usage_details").output as number,
          total_tokens: at("usage_details").total as number,
          response_cost: at("cost_details").total as number,
        },
      ],
      options,
    );
    const { spans, attributes } = bridge(batch);
    const found = attributes.at(-1) as Members;
    expect(spans.at(-1)?.name).toBe(span.name);
    expect(spans.at(-1)?.parentSpanId ?? null).toBe(span.parent_span_id);
    const parsed = (key: string) =>
      JSON.parse((found[`langfuse.observation.${key}`] as string | undefined) ?? "null") as Members;
    for (const key of ["input", "output", "cost_details", "model.parameters"])
      expect([key, parsed(key) ?? undefined]).toEqual([key, at(key)]);
    expect(withZeros(parsed("usage_details"))).toEqual(at("usage_details"));
    for (const key of Object.keys(expected).filter(
      (each) => !/^langfuse\.(?:observation\.(?!type|level)|internal)/.test(each),
    ))
      expect([key, sorted(found[key])]).toEqual([key, sorted(expected[key])]);
    // What was the trace's is the trace's still, where LiteLLM merges it into the observation.
    expect(found["langfuse.trace.metadata"]).toBe(isNamed ? '{"test_key":"test_value"}' : undefined);
  });
});

describe("a recorded batch of ours", () => {
  it("gives no findings", () => {
    expect(bridge(toLangfuseBatch([ours(), ours({ id: "other" })])).codes).toEqual([]);
  });
});
