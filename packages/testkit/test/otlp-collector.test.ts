import { gzipSync } from "node:zlib";

import { afterEach, describe, expect, it } from "vitest";

import {
  startOtlpCollectorStub,
  type OtlpCollectorStub,
  type OtlpCollectorStubOptions,
} from "../src/index.js";

const stubs: OtlpCollectorStub[] = [];

async function start(options?: OtlpCollectorStubOptions): Promise<OtlpCollectorStub> {
  const stub = await startOtlpCollectorStub(options);
  stubs.push(stub);
  return stub;
}

afterEach(async () => {
  await Promise.all(stubs.splice(0).map((stub) => stub.close()));
});

const span = {
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  spanId: "00f067aa0ba902b7",
  flags: 257,
  name: "chat gpt-4o",
  kind: 3,
  startTimeUnixNano: "1767323045000000000",
  endTimeUnixNano: "1767323046000000000",
  status: { code: 0 },
  attributes: [
    { key: "text", value: { stringValue: "a" } },
    { key: "int", value: { intValue: "100" } },
    { key: "double", value: { doubleValue: 0.5 } },
    { key: "list", value: { arrayValue: { values: [{ stringValue: "b" }, { boolValue: true }] } } },
  ],
  events: [{ name: "exception", timeUnixNano: "1767323046000000000", attributes: [] }],
};

function traces(...spans: unknown[]): unknown {
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "gateway" } }] };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "waybill" }, spans }] }] };
}

function histogram(more: object = {}): unknown {
  const point = {
    attributes: [],
    startTimeUnixNano: "1",
    timeUnixNano: "2",
    count: "3",
    sum: 7,
    bucketCounts: ["1", "2"],
    explicitBounds: [1],
    ...more,
  };
  const metric = { name: "m", unit: "s", histogram: { aggregationTemporality: 1, dataPoints: [point] } };
  return { resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] };
}

function post(
  stub: OtlpCollectorStub,
  body: unknown,
  init: RequestInit & { path?: string } = {},
): Promise<Response> {
  const { path = "/v1/traces", headers, ...rest } = init;
  return fetch(`${stub.endpoint}${path}`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    redirect: "manual",
    ...rest,
    headers: { "content-type": "application/json", ...(headers as Record<string, string>) },
  });
}

describe("the collector stub", () => {
  it("stores spans as rows with plain attributes", async () => {
    const stub = await start();
    const answer = await post(
      stub,
      traces(span, { ...span, spanId: "00f067aa0ba902b8", parentSpanId: span.spanId }),
    );
    expect([answer.status, await answer.json()]).toEqual([200, {}]);
    expect(stub.spans).toHaveLength(2);
    expect(stub.spans[0]).toMatchObject({
      parentSpanId: "",
      start: "1767323045000000000",
      attributes: { text: "a", int: 100, double: 0.5, list: ["b", true] },
      events: [{ name: "exception" }],
      resource: { "service.name": "gateway" },
      scope: "waybill",
    });
    expect(stub.spans[1]?.parentSpanId).toBe(span.spanId);
  });

  it("shows a span that was sent twice as two rows, and as one where a store replaces", async () => {
    const stub = await start();
    await post(stub, traces(span));
    await post(stub, traces(span));
    expect([stub.spans.length, stub.collapsed().size, stub.requests.length]).toEqual([2, 1, 2]);
  });

  it("inflates gzip, and counts the bytes as they were sent", async () => {
    const stub = await start();
    const body = gzipSync(JSON.stringify(traces(span)));
    const headers = { "content-encoding": "gzip" };
    expect((await post(stub, "", { body, headers })).status).toBe(200);
    expect(stub.requests[0]?.raw.length).toBe(body.length);
    expect((await post(stub, "not gzip", { headers })).status).toBe(400);
    expect(stub.spans).toHaveLength(1);
  });

  it("stores the points of histograms and sums", async () => {
    const stub = await start();
    const path = "/v1/metrics";
    expect((await post(stub, histogram(), { path })).status).toBe(200);
    const point = { attributes: [], startTimeUnixNano: "1", timeUnixNano: "2", asDouble: 0.5 };
    const sum = { aggregationTemporality: 1, isMonotonic: true, dataPoints: [point] };
    await post(
      stub,
      { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "c", unit: "{USD}", sum }] }] }] },
      { path },
    );
    expect(stub.points).toMatchObject([
      { metric: "m", kind: "histogram", count: 3, sum: 7, buckets: [1, 2], temporality: 1 },
      { metric: "c", kind: "sum", value: 0.5, unit: "{USD}" },
    ]);
  });

  it.each([
    ["no JSON", "{"],
    ["a trace id that is base64", traces({ ...span, traceId: "S/kvNXezTaajzpKdDg5HNg==" })],
    ["a trace id of 31 digits", traces({ ...span, traceId: span.traceId.slice(1) })],
    ["a trace id of zeros", traces({ ...span, traceId: "0".repeat(32) })],
    ["a span without an id", traces({ ...span, spanId: undefined })],
    ["a span id of zeros", traces({ ...span, spanId: "0".repeat(16) })],
    ["a parent that is no id", traces({ ...span, parentSpanId: "root" })],
    ["a time that is a number", traces({ ...span, startTimeUnixNano: 1767323045 })],
    ["a time with a point", traces({ ...span, endTimeUnixNano: "1767323045.5" })],
    ["a time beyond 64 bits", traces({ ...span, endTimeUnixNano: "99999999999999999999" })],
    ["a kind that there is not", traces({ ...span, kind: "CLIENT" })],
    ["a status that there is not", traces({ ...span, status: { code: 3 } })],
    [
      "a value of an unknown variant",
      traces({ ...span, attributes: [{ key: "a", value: { nullValue: null } }] }),
    ],
    [
      "a value of two variants",
      traces({ ...span, attributes: [{ key: "a", value: { stringValue: "", intValue: 1 } }] }),
    ],
    ["an integer that is none", traces({ ...span, attributes: [{ key: "a", value: { intValue: "1.5" } }] })],
    ["attributes that are an object", traces({ ...span, attributes: { a: "b" } })],
    [
      "an attribute that comes twice",
      traces({ ...span, attributes: [...span.attributes, ...span.attributes] }),
    ],
    ["spans that are no list", { resourceSpans: [{ scopeSpans: [{ spans: {} }] }] }],
    ["a list", []],
  ])("refuses %s with 400 and stores nothing of the request", async (_, body) => {
    const stub = await start();
    expect((await post(stub, body)).status).toBe(400);
    expect(stub.spans).toEqual([]);
  });

  it.each([
    ["buckets that do not fit the bounds", histogram({ bucketCounts: ["3"] })],
    ["a count that is not the sum of the buckets", histogram({ count: "4" })],
    ["bounds that do not grow", histogram({ bucketCounts: ["1", "1", "1"], explicitBounds: [1, 1] })],
    ["a metric without a kind", { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "m" }] }] }] }],
  ])("refuses metrics with %s", async (_, body) => {
    const stub = await start();
    expect((await post(stub, body, { path: "/v1/metrics" })).status).toBe(400);
  });

  it("knows its paths, methods, types and keys", async () => {
    const stub = await start({ requireHeaders: { authorization: "Bearer key" } });
    const headers = { authorization: "Bearer key" };
    const statuses = [
      await post(stub, traces(span), { path: "/v1/logs", headers }),
      await post(stub, traces(span), { method: "PUT", headers }),
      await post(stub, traces(span)),
      await post(stub, traces(span), { headers: { ...headers, "content-type": "application/x-protobuf" } }),
      await post(stub, traces(span), { headers: { ...headers, "content-encoding": "br" } }),
      await post(stub, traces(span), { headers }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([404, 405, 401, 415, 415, 200]);
  });

  it("answers 413 for a body that is too large", async () => {
    const stub = await start({ maxBodyBytes: 1000 });
    expect((await post(stub, traces({ ...span, name: "x".repeat(5_000_000) }))).status).toBe(413);
    expect((await post(stub, traces(span))).status).toBe(200);
  });

  it("goes wrong as it is told, in the order of the requests", async () => {
    const stub = await start({
      faults: [
        { kind: "status", status: 429, retryAfter: "7", body: "slow down" },
        { kind: "redirect", location: "http://127.0.0.1:1/" },
        { kind: "partial", rejected: 1, message: "too old" },
        { kind: "invalid-json" },
        undefined,
      ],
    });
    const limited = await post(stub, traces(span));
    expect([limited.status, limited.headers.get("retry-after"), await limited.text()]).toEqual([
      429,
      "7",
      "slow down",
    ]);
    expect((await post(stub, traces(span))).status).toBe(307);
    const partial = await post(stub, traces(span, { ...span, spanId: "00f067aa0ba902b8" }));
    expect(await partial.json()).toEqual({ partialSuccess: { rejectedSpans: "1", errorMessage: "too old" } });
    expect(stub.spans).toHaveLength(1);
    await expect((await post(stub, traces(span))).json()).rejects.toThrow(SyntaxError);
    expect((await post(stub, traces(span))).status).toBe(200);
    expect(stub.spans).toHaveLength(3);
  });

  it("breaks connections before and after storing", async () => {
    const stub = await start({ faults: [{ kind: "reset-before" }, { kind: "reset-after" }] });
    await expect(post(stub, traces(span))).rejects.toThrow(/fetch failed/);
    expect(stub.spans).toHaveLength(0);
    await expect(post(stub, traces(span))).rejects.toThrow(/fetch failed/);
    expect(stub.spans).toHaveLength(1);
  });

  it("answers late when it is told to", async () => {
    const stub = await start({ faults: [{ kind: "delay" }] });
    const answer = post(stub, traces(span));
    await stub.arrived(1);
    expect(stub.spans).toHaveLength(0);
    stub.release();
    expect((await answer).status).toBe(200);
    expect(stub.spans).toHaveLength(1);
  });

  it("hangs, drips and floods until the reader goes", async () => {
    const stub = await start({ faults: [{ kind: "stall" }, { kind: "slow-loris" }, { kind: "endless" }] });
    const gone = new AbortController();
    const stalled = post(stub, traces(span), { signal: gone.signal });
    await stub.arrived(1);
    gone.abort();
    await expect(stalled).rejects.toThrow(/aborted/);
    expect(stub.spans).toHaveLength(0);
    for (const least of [1, 1_000_000]) {
      const reader = (await post(stub, traces(span))).body?.getReader();
      for (let bytes = 0; bytes < least;) bytes += (await reader?.read())?.value?.length ?? Infinity;
      await reader?.cancel();
    }
    expect(stub.spans).toHaveLength(2);
  });

  it("takes faults as a function, and new ones while it runs", async () => {
    const stub = await start({
      faults: (_, path) => (path === "/v1/metrics" ? { kind: "status", status: 503 } : undefined),
    });
    expect((await post(stub, histogram(), { path: "/v1/metrics" })).status).toBe(503);
    expect((await post(stub, traces(span))).status).toBe(200);
    stub.faults = [{ kind: "status", status: 500 }];
    expect((await post(stub, traces(span))).status).toBe(500);
    expect((await post(stub, traces(span))).status).toBe(200);
  });
});
