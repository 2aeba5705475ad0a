import { afterEach, describe, expect, it } from "vitest";

import { startLangfuseStub, type LangfuseStub, type LangfuseStubOptions } from "../src/index.js";

/* The way of spans: by the rules of the server for OTLP. */

const stubs: LangfuseStub[] = [];
afterEach(async () => {
  await Promise.all(stubs.splice(0).map((stub) => stub.close()));
});

async function start(options?: LangfuseStubOptions): Promise<LangfuseStub> {
  const stub = await startLangfuseStub(options);
  stubs.push(stub);
  return stub;
}

async function post(stub: LangfuseStub, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${stub.baseUrl}/api/public/otel/v1/traces`, {
    method: "POST",
    headers: {
      authorization: `Basic ${btoa(`${stub.publicKey}:${stub.secretKey}`)}`,
      "content-type": "application/json",
      "x-langfuse-ingestion-version": "4",
      ...headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

type Value = string | number | boolean | string[];

const valueOf = (value: Value): object => {
  if (Array.isArray(value)) return { arrayValue: { values: value.map((each) => ({ stringValue: each })) } };
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
};
const listOf = (attributes: Record<string, Value>) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));

const span = (attributes: Record<string, Value>, members: object = {}) => ({
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  spanId: "00f067aa0ba902b7",
  name: "chat gpt-4o",
  kind: 3,
  startTimeUnixNano: "1767323045000900000",
  endTimeUnixNano: "1767323046000000000",
  attributes: listOf(attributes),
  status: { code: 0 },
  ...members,
});

const bodyOf = (spans: unknown[], resource: Record<string, Value> = {}) => ({
  resourceSpans: [
    {
      resource: { attributes: listOf(resource) },
      scopeSpans: [{ scope: { name: "waybill", version: "0.1.0" }, spans }],
    },
  ],
});

async function stored(
  attributes: Record<string, Value>,
  members: object = {},
  resource: Record<string, Value> = {},
) {
  const stub = await start();
  expect((await post(stub, bodyOf([span(attributes, members)], resource))).status).toBe(200);
  return stub.stored.rows[0];
}

/** The worked example of how a call is sent. */
const example: Record<string, Value> = {
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "openai",
  "gen_ai.request.model": "gpt-4o",
  "gen_ai.response.model": "gpt-4o-2024-08-06",
  "gen_ai.request.temperature": 0.2,
  "gen_ai.usage.input_tokens": 100,
  "gen_ai.usage.output_tokens": 50,
  "gen_ai.usage.cache_read.input_tokens": 40,
  "gen_ai.usage.cost": 0.0007,
  "langfuse.observation.type": "generation",
  "langfuse.observation.usage_details": '{"input":60,"input_cached_tokens":40,"output":50,"total":150}',
  "langfuse.observation.cost_details":
    '{"input":0.00015,"input_cached_tokens":0.00005,"output":0.0005,"total":0.0007}',
  "langfuse.observation.completion_start_time": "2026-01-02T03:04:05.400Z",
  "langfuse.observation.input": '[{"role":"user","content":"Hi"}]',
  "langfuse.observation.output": '{"role":"assistant","content":"Hello"}',
  "langfuse.trace.name": "chat",
  "user.id": "u-1",
  "session.id": "s-1",
  "langfuse.trace.tags": ["gateway"],
};

describe("spans", () => {
  it("are stored as rows, with what a server makes of them", async () => {
    const resource = { "service.version": "1.0.0", "deployment.environment.name": "production" };
    expect(await stored(example, {}, resource)).toMatchObject({
      id: "00f067aa0ba902b7",
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      type: "GENERATION",
      name: "chat gpt-4o",
      model: "gpt-4o-2024-08-06",
      modelParameters: { temperature: 0.2 },
      startTime: "2026-01-02T03:04:05.000Z",
      endTime: "2026-01-02T03:04:06.000Z",
      completionStartTime: "2026-01-02T03:04:05.400Z",
      usageDetails: { input: 60, input_cached_tokens: 40, output: 50, total: 150 },
      totalCost: 0.0007,
      usageSource: "sent",
      costSource: "sent",
      environment: "production",
      version: "1.0.0",
      userId: "u-1",
      sessionId: "s-1",
      tags: ["gateway"],
      traceName: "chat",
      input: '[{"role":"user","content":"Hi"}]',
      output: '{"role":"assistant","content":"Hello"}',
      level: "DEFAULT",
      isLate: false,
    });
  });

  const generic: [title: string, attributes: Record<string, Value>, usage: object][] = [
    [
      "the conventions' inclusive counts",
      { input_tokens: 100, output_tokens: 50, "cache_read.input_tokens": 40, "reasoning.output_tokens": 30 },
      { input: 60, input_cached_tokens: 40, output: 20, output_reasoning_tokens: 30, total: 150 },
    ],
    [
      "a count by modality, which is added",
      { input_tokens: 100, output_tokens: 50, "text.input_tokens": 100 },
      { input: 100, output: 50, "text.input_tokens": 100, total: 250 },
    ],
    [
      "the newest name of what is written to a cache, which is not subtracted",
      { input_tokens: 100, output_tokens: 50, "cache_write.input_tokens": 30 },
      { input: 100, output: 50, "cache_write.input_tokens": 30, total: 180 },
    ],
    [
      "a cost of whole dollars, which is a bucket",
      { input_tokens: 100, output_tokens: 50, input_cost: 1 },
      { input: 100, output: 50, input_cost: 1, total: 151 },
    ],
    ["half a token, which vanishes", { input_tokens: 100.5, output_tokens: 50 }, { output: 50, total: 50 }],
    ["counts in texts", { prompt_tokens: "7", completion_tokens: "3" }, { input: 7, output: 3, total: 10 }],
  ];

  it.each(generic)("have usage from %s", async (_, counts, usage) => {
    const attributes = Object.fromEntries(
      Object.entries(counts).map(([name, value]) => [`gen_ai.usage.${name}`, value]),
    );
    expect((await stored({ ...attributes, "gen_ai.request.model": "unknown" }))?.usageDetails).toEqual(usage);
  });

  it("that wrap others have no model, no tokens and no cost", async () => {
    const row = await stored({ ...example, "gen_ai.operation.name": "invoke_agent" });
    expect(row).toMatchObject({ model: undefined, usageDetails: {}, costDetails: {}, costSource: "none" });
  });

  const kinds: [attributes: Record<string, Value>, type: string][] = [
    [{ "langfuse.observation.type": "tool", "gen_ai.operation.name": "chat" }, "TOOL"],
    [{ "gen_ai.operation.name": "embeddings" }, "EMBEDDING"],
    [{ "gen_ai.operation.name": "execute_tool" }, "TOOL"],
    [{ "gen_ai.tool.name": "look_up" }, "TOOL"],
    [{ model: "m" }, "GENERATION"],
    [{}, "SPAN"],
  ];

  it.each(kinds)("with %j are of type %s", async (attributes, type) => {
    expect((await stored(attributes))?.type).toBe(type);
  });

  it.each([
    ["warn", 0, "WARNING"],
    ["fatal", 0, "ERROR"],
    ["odd", 0, "DEFAULT"],
    ["", 2, "ERROR"],
  ])("with the level %j and the status %i have the level %s", async (level, code, expected) => {
    expect((await stored({ "langfuse.observation.level": level }, { status: { code } }))?.level).toBe(
      expected,
    );
  });

  it("are renamed by a tool's name, and lose an environment that is none", async () => {
    expect(await stored({ "gen_ai.tool.name": "look_up", "langfuse.environment": "Pröd!" })).toMatchObject({
      name: "look_up",
      environment: "default",
    });
  });

  it("have content from their events before that of the conventions", async () => {
    const attributes = listOf({ "gen_ai.input.messages": "[1]", "gen_ai.output.messages": "[2]" });
    const events = [{ name: "gen_ai.client.inference.operation.details", attributes }];
    expect(await stored({ "gen_ai.input.messages": "[3]" }, { events })).toMatchObject({
      input: "[1]",
      output: "[2]",
    });
  });

  it("keep what is left over as metadata, and block the names of prototypes", async () => {
    const row = await stored({
      "langfuse.observation.metadata": '{"a":1}',
      "langfuse.trace.metadata.b": "x",
      constructor: "bad",
      "waybill.status": "complete",
    });
    expect(row?.metadata).toMatchObject({ a: "1", b: "x", scope: '{"name":"waybill","version":"0.1.0"}' });
    expect(row?.metadata.attributes).toBe('{"waybill.status":"complete"}');
  });

  it("that are sent twice are two rows and one record", async () => {
    const stub = await start();
    for (let time = 0; time < 2; time++) await post(stub, bodyOf([span(example)]));
    expect([stub.stored.rows.length, stub.stored.collapsed().size, stub.stored.observations().size]).toEqual([
      2, 1, 1,
    ]);
  });

  it("are late without the header that makes them visible at once", async () => {
    const stub = await start();
    await fetch(`${stub.baseUrl}/api/public/otel/v1/traces`, {
      method: "POST",
      headers: {
        authorization: `Basic ${btoa(`${stub.publicKey}:${stub.secretKey}`)}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(bodyOf([span(example)])),
    });
    expect(stub.stored.rows[0]?.isLate).toBe(true);
  });

  it.each([
    [
      "a span without an id",
      bodyOf([span({}), { ...span({}), spanId: undefined }]),
      /1 of 2 span.*spanId:absent.*entire export/,
    ],
    ["an id that is a number", bodyOf([{ ...span({}), traceId: 5 }]), /traceId:number/],
    ["a parent that is none", bodyOf([{ ...span({}), parentSpanId: 5 }]), /parentSpanId:number/],
    ["spans that are no list", { resourceSpans: [{ scopeSpans: [{ spans: {} }] }] }, /spans is not an array/],
    ["attributes that are no list", bodyOf([{ ...span({}), attributes: {} }]), /attributes is not an array/],
    ["no JSON", "{", /parse/],
  ])("with %s refuse the whole export", async (_, body, message) => {
    const stub = await start();
    const { status, text } = await post(stub, body);
    expect([status, stub.stored.rows.length]).toEqual([400, 0]);
    expect(text).toMatch(message);
  });

  it("may have ids of any form, and none may be left out of an empty export", async () => {
    const stub = await start();
    expect(await post(stub, { resourceSpans: [] })).toEqual({
      status: 200,
      text: '{"id":"1","name":"otel-ingestion-job"}',
    });
    expect(
      (await post(stub, bodyOf([span({}, { traceId: "litellm-test-1", parentSpanId: "" })]))).status,
    ).toBe(200);
    expect(stub.stored.rows[0]).toMatchObject({ traceId: "litellm-test-1", parentObservationId: undefined });
  });

  it.each([
    ["another content type", { "content-type": "text/plain" }, 400],
    ["a version that is too new", { "x-langfuse-ingestion-version": "5" }, 400],
    ["a version that is none", { "x-langfuse-ingestion-version": "v4" }, 400],
    ["a wrong key", { authorization: "Basic eDp5" }, 401],
    ["the public key alone", { authorization: "Bearer pk-lf-stub" }, 403],
  ])("with %s are refused", async (_, headers, status) => {
    const stub = await start();
    expect((await post(stub, bodyOf([span(example)]), headers)).status).toBe(status);
    expect(stub.stored.rows).toEqual([]);
  });
});
