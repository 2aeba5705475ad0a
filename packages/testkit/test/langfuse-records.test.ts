import { afterEach, describe, expect, it } from "vitest";

import { startLangfuseStub, type LangfuseStub, type LangfuseStubOptions } from "../src/index.js";

/* What is stored of batches after merging and pricing, and what goes wrong when it is told to. */

const stubs: LangfuseStub[] = [];
afterEach(async () => {
  await Promise.all(stubs.splice(0).map((stub) => stub.close()));
});

async function start(options?: LangfuseStubOptions): Promise<LangfuseStub> {
  const stub = await startLangfuseStub(options);
  stubs.push(stub);
  return stub;
}

let ids = 0;
const event = (type: string, body: object, more: object = {}) => ({
  id: `event-${++ids}`,
  timestamp: "2026-01-02T03:04:05.678Z",
  type,
  body,
  ...more,
});

async function post(stub: LangfuseStub, batch: unknown[], headers: Record<string, string> = {}) {
  const response = await fetch(`${stub.baseUrl}/api/public/ingestion`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${stub.publicKey}:${stub.secretKey}`)}`, ...headers },
    body: JSON.stringify({ batch }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: JSON.parse(text || "null") as never,
  };
}

async function record(body: object, options?: LangfuseStubOptions) {
  const stub = await start(options);
  const generation = event("generation-create", { id: "g", traceId: "t", ...body });
  expect((await post(stub, [generation])).status).toBe(207);
  return stub.stored.observations().get("g");
}

const model = "gpt-4o";

describe("usage", () => {
  const usages: [title: string, body: object, usage: object][] = [
    [
      "raw buckets",
      { usageDetails: { input: 60, input_cached_tokens: 40, output: 50, total: 150 } },
      { input: 60, input_cached_tokens: 40, output: 50, total: 150 },
    ],
    ["buckets without a total", { usageDetails: { input: 1, output: 2 } }, { input: 1, output: 2, total: 3 }],
    [
      "OpenAI's form",
      {
        usageDetails: {
          prompt_tokens: 100,
          completion_tokens: 20,
          total_tokens: 120,
          prompt_tokens_details: { cached_tokens: 40 },
        },
      },
      { input: 60, input_cached_tokens: 40, output: 20, total: 120 },
    ],
    [
      "OpenAI's form with a key too many, which becomes buckets",
      { usageDetails: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120, cost: 1 } },
      { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120, cost: 1, total: 241 },
    ],
    [
      "counts that are none, which are dropped",
      { usageDetails: { input: 1.5, output: "12abc", x: -1 } },
      { output: 12, total: 12 },
    ],
    [
      "the older form in camel case, which loses the rest",
      { usage: { promptTokens: 1, completionTokens: 2, totalTokens: 3, input: 9, totalCost: 5 } },
      { input: 1, output: 2, total: 3 },
    ],
    [
      "an input of 0, whose total is 0",
      { usage: { input: 0, output: 5 } },
      { input: 0, output: 5, total: 0 },
    ],
  ];

  it.each(usages)("is read from %s", async (_, body, usage) => {
    expect((await record({ model: "unknown", ...body }))?.usageDetails).toEqual(usage);
  });

  it("is counted by the server when there is neither usage nor cost, for a model that it knows", async () => {
    const io = { input: "x".repeat(40), output: "y".repeat(10) };
    expect(await record({ model, ...io })).toMatchObject({
      usageDetails: { input: 10, output: 3, total: 13 },
      usageSource: "tokenized",
      costSource: "server",
    });
    for (const body of [
      { model, ...io, level: "ERROR" },
      { model, ...io, costDetails: { total: 0 } },
      { model: "unknown", ...io },
    ])
      expect(await record(body)).toMatchObject({ usageDetails: {}, usageSource: "none" });
  });
});

describe("cost", () => {
  const usageDetails = { input: 60, input_cached_tokens: 40, output: 20, total: 120 };

  it("is the server's own when none came, and a bucket without a price is free", async () => {
    expect(await record({ model, usageDetails })).toMatchObject({ totalCost: 0.0004, costSource: "server" });
    const inclusive = await record({ model, usageDetails: { ...usageDetails, input: 100, total: 160 } });
    expect(inclusive?.totalCost).toBeCloseTo(0.0005, 10);
    const reasoning = await record({ model, usageDetails: { input: 0, output_reasoning_tokens: 1000 } });
    expect(reasoning?.totalCost).toBe(0);
    const flex = await record({
      model,
      usageDetails: { input: 100 },
      modelParameters: { service_tier: "flex" },
    });
    expect(flex?.totalCost).toBeCloseTo(0.000125, 10);
  });

  it.each([
    ["with a total", { input: 1, total: 3 }, 3],
    ["of input and output", { input: 1, output: 2 }, 3],
    ["of other buckets without a total", { input: 1, output: 2, input_cached_tokens: 1 }, undefined],
    ["that is a text, which is dropped", { total: "3" }, undefined],
  ])("that came is kept: %s", async (_, costDetails, totalCost) => {
    expect((await record({ model: "unknown", usageDetails, costDetails }))?.totalCost).toBe(totalCost);
  });
});

describe("records", () => {
  it("merge by the times of their events, whatever order they come in", async () => {
    const stub = await start();
    const late = event(
      "generation-update",
      { id: "g", name: "late", metadata: { a: { y: 2 } } },
      { timestamp: "2026-01-02T03:04:09Z" },
    );
    const early = event("generation-create", {
      id: "g",
      traceId: "t",
      name: "early",
      environment: "LANGFUSE-Prod",
      metadata: { a: { x: 1 } },
      startTime: "2026-01-02T03:04:05.1239Z",
      endTime: "2026-01-02T03:04:04Z",
    });
    await post(stub, [late]);
    await post(stub, [early, event("trace-create", { id: "t", name: "trace", userId: "u", tags: ["b"] })]);
    expect(stub.stored.observations().get("g")).toMatchObject({
      name: "late",
      metadata: { a: '{"x":1,"y":2}' },
      environment: "prod",
      startTime: "2026-01-02T03:04:05.123Z",
      endTime: "2026-01-02T03:04:05.123Z",
      traceName: "trace",
      userId: "u",
      tags: ["b"],
    });
  });

  it("of spans have no model, no tokens and no cost", async () => {
    const stub = await start();
    await post(stub, [event("span-create", { id: "s", traceId: "t", model, usageDetails: { input: 1 } })]);
    expect(stub.stored.observations().get("s")).toMatchObject({
      type: "SPAN",
      model: undefined,
      usageDetails: {},
    });
  });

  it("count how often each event was sent", async () => {
    const stub = await start();
    const trace = event("trace-create", { id: "t" });
    for (let time = 0; time < 3; time++) await post(stub, [trace]);
    expect(stub.stored.sends).toEqual(new Map([[trace.id, 3]]));
  });
});

describe("a server", () => {
  it("of version 4 takes scores and logs alone, and says so behind the other refusals", async () => {
    const stub = await start({ mode: "events_only" });
    const batch = [
      event("trace-create", { id: "t" }),
      event("score-create", { id: "s", traceId: "t", name: "n", value: 1 }),
      event("sdk-log", { log: "x" }),
      event("generation-create", { id: "g", level: "error" }),
    ];
    const { status, body } = await post(stub, batch);
    expect(status).toBe(207);
    expect(body).toMatchObject({
      successes: [{ id: batch[1]?.id }],
      errors: [
        { id: batch[3]?.id, message: "Invalid request data" },
        { id: batch[0]?.id, status: 400, message: "Event type not accepted" },
      ],
    });
    expect([stub.stored.traces.size, stub.stored.scores.size]).toEqual([0, 1]);
    stub.mode = "dual";
    await post(stub, [event("trace-create", { id: "t" })]);
    expect(stub.stored.traces.size).toBe(1);
  });

  it("takes scores alone with the public key alone", async () => {
    const stub = await start();
    const batch = [
      event("trace-create", { id: "t" }),
      event("score-create", { id: "s", traceId: "t", name: "n", value: 1 }),
    ];
    const { body } = await post(stub, batch, { authorization: `Bearer ${stub.publicKey}` });
    expect(body).toMatchObject({
      successes: [{ id: batch[1]?.id }],
      errors: [{ id: batch[0]?.id, status: 401 }],
    });
  });

  it("answers 429 with when to come again, until its window is over", async () => {
    let now = 0;
    const stub = await start({ rateLimit: { requests: 1, windowMs: 10_000, now: () => now } });
    expect((await post(stub, [])).status).toBe(207);
    now = 2500;
    const { status, headers, body } = await post(stub, []);
    expect([status, headers.get("retry-after"), headers.get("x-ratelimit-remaining")]).toEqual([
      429,
      "8",
      "0",
    ]);
    expect(body).toMatchObject({ code: "rate_limited", details: { retryAfterSeconds: 8, limit: 1 } });
    now = 10_000;
    expect((await post(stub, [])).status).toBe(207);
  });

  it("takes other keys from the moment that they are set, and nothing while it is suspended", async () => {
    const stub = await start();
    const wrong = { authorization: `Basic ${btoa("pk-lf-stub:sk-lf-next")}` };
    expect((await post(stub, [], wrong)).status).toBe(401);
    stub.secretKey = "sk-lf-next";
    expect((await post(stub, [], wrong)).status).toBe(207);
    stub.suspended = true;
    expect((await post(stub, [])).status).toBe(403);
  });

  it.each([
    ["a score without a target", event("score-create", { id: "s", name: "n", value: 1 }), "expected one of"],
    [
      "a score of a wrong kind",
      event("score-create", { id: "s", traceId: "t", name: "n", value: 2, dataType: "BOOLEAN" }),
      "0 or 1",
    ],
    [
      "half of a prompt link",
      event("generation-create", { id: "g", promptName: "p", promptVersion: 0 }),
      "promptName",
    ],
    ["a count that is none", event("generation-create", { id: "g", usage: { input: 1.5 } }), "usage.input"],
    ["a unit that is none", event("generation-create", { id: "g", usage: { unit: "tokens" } }), "usage.unit"],
    ["an update of an agent", event("agent-update", { id: "a" }), "is not known"],
    ["a flag that is a text", event("trace-create", { id: "t", public: "true" }), "public"],
    ["an observation without a type", event("observation-create", { id: "o" }), "body.type"],
    ["a carriage return in an id", event("trace-create", { id: "a\rb" }), "body.id"],
  ])("refuses %s", async (_, bad, message) => {
    const stub = await start();
    const { body } = await post(stub, [bad]);
    expect((body as { errors: { error: string }[] }).errors[0]?.error).toContain(message);
  });
});

describe("faults", () => {
  it("refuse some events and store the others", async () => {
    const stub = await start({
      faults: [{ kind: "partial", status: 500, refuse: (_, index) => index === 1 }],
    });
    const batch = [event("trace-create", { id: "a" }), event("trace-create", { id: "b" })];
    expect((await post(stub, batch)).body).toMatchObject({
      successes: [{ id: batch[0]?.id }],
      errors: [{ id: batch[1]?.id, status: 500 }],
    });
    expect([...stub.stored.traces.keys()]).toEqual(["a"]);
    expect((await post(stub, batch)).body).toMatchObject({ errors: [] });
  });

  it("break the connection before or behind storing", async () => {
    const stub = await start({ faults: [{ kind: "reset-before" }, { kind: "reset-after" }] });
    await expect(post(stub, [event("trace-create", { id: "a" })])).rejects.toThrow(/fetch failed/);
    expect(stub.stored.traces.size).toBe(0);
    await expect(post(stub, [event("trace-create", { id: "a" })])).rejects.toThrow(/fetch failed/);
    expect(stub.stored.traces.size).toBe(1);
  });

  it("hold an answer back until it is released", async () => {
    const stub = await start({ faults: [{ kind: "delay" }] });
    const answer = post(stub, [event("trace-create", { id: "a" })]);
    await stub.arrived(1);
    expect(stub.stored.traces.size).toBe(0);
    stub.release();
    expect((await answer).status).toBe(207);
    expect(stub.stored.traces.size).toBe(1);
  });
});
