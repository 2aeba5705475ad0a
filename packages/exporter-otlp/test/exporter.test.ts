import { gunzipSync } from "node:zlib";

import type { ExportOutcome, StandardLoggingPayload } from "@waybill/core";
import {
  startOtlpCollectorStub,
  type OtlpCollectorStub,
  type OtlpCollectorStubOptions,
} from "@waybill/testkit";
import { afterEach, describe, expect, it } from "vitest";

import { otlpExporter, type Loss, type OtlpExporterOptions } from "../src/index.js";
import { ours } from "./payloads.js";

const stubs: OtlpCollectorStub[] = [];

async function start(options?: OtlpCollectorStubOptions): Promise<OtlpCollectorStub> {
  const stub = await startOtlpCollectorStub(options);
  stubs.push(stub);
  return stub;
}

afterEach(async () => {
  await Promise.all(stubs.splice(0).map((stub) => stub.close()));
});

const batch = ["a", "b", "c", "d"].map((id) => ours({ id }));
const long = ours({ id: "long", messages: [{ role: "user", content: "x".repeat(50_000) }] });

function send(
  stub: OtlpCollectorStub,
  options: OtlpExporterOptions = {},
  payloads: readonly StandardLoggingPayload[] = batch,
  signal = AbortSignal.timeout(30_000),
): Promise<ExportOutcome> {
  return otlpExporter({ endpoint: stub.endpoint, ...options }).export(payloads, { signal, attempt: 1 });
}

const statusesOf = ({ items }: ExportOutcome) => items.map(({ status }) => status);
const all = (status: string) => batch.map(() => status);

describe("the OTLP exporter", () => {
  it("delivers spans that a collector takes, in one request with a length", async () => {
    const stub = await start();
    expect(await send(stub)).toEqual({ items: batch.map(() => ({ status: "accepted" })) });
    expect(stub.requests).toHaveLength(1);
    expect(stub.requests[0]?.headers["content-length"]).toBe(String(stub.requests[0]?.raw.length));
    expect(stub.requests[0]?.headers["content-type"]).toBe("application/json");
    expect(stub.spans).toHaveLength(4);
    expect(stub.spans[0]).toMatchObject({
      scope: "waybill",
      resource: { "service.name": "unknown_service" },
      attributes: { "gen_ai.request.model": "gpt-4o", "waybill.call_id": "a" },
    });
  });

  it("compresses when it is told to, and the length is that of what is sent", async () => {
    const stub = await start();
    expect(statusesOf(await send(stub, { compression: "gzip" }))).toEqual(all("accepted"));
    const [request] = stub.requests;
    expect(request?.headers).toMatchObject({
      "content-encoding": "gzip",
      "content-length": String(request?.raw.length),
    });
    expect(gunzipSync(request!.raw).toString()).toBe(request?.text);
    expect(request!.raw.length).toBeLessThan(request!.text.length / 2);
    expect(stub.spans).toHaveLength(4);
  });

  it("sends nothing for nothing", async () => {
    const stub = await start();
    expect(await send(stub, {}, [])).toEqual({ items: [] });
    expect(stub.requests).toEqual([]);
  });

  it.each(["none", "gzip"] as const)(
    "sends the same bytes again after a break that came behind storing (%s)",
    async (compression) => {
      const stub = await start({ faults: [{ kind: "reset-after" }] });
      expect(statusesOf(await send(stub, { compression }))).toEqual(all("retry"));
      expect(statusesOf(await send(stub, { compression }, structuredClone(batch)))).toEqual(all("accepted"));
      expect(stub.requests[0]?.raw.equals(stub.requests[1]!.raw)).toBe(true);
      expect([stub.spans.length, stub.collapsed().size]).toEqual([8, 4]);
    },
  );

  it("rejects what cannot be written, and delivers the rest", async () => {
    const stub = await start();
    const { items } = await send(stub, {}, [batch[0]!, { ...batch[1]!, id: "" }, null as never, batch[3]!]);
    expect(items).toMatchObject([
      { status: "accepted" },
      { status: "rejected", code: "unmappable" },
      { status: "rejected", code: "unmappable" },
      { status: "accepted" },
    ]);
  });
});

describe("an answer", () => {
  const LONG = 300_000;

  it.each<[string, number, string, number | undefined]>([
    ["408", 408, "retry", undefined],
    ["425", 425, "retry", undefined],
    ["429", 429, "retry", undefined],
    ["500", 500, "retry", undefined],
    ["501", 501, "retry", undefined],
    ["502", 502, "retry", undefined],
    ["503", 503, "retry", undefined],
    ["504", 504, "retry", undefined],
    ["401", 401, "retry", LONG],
    ["402", 402, "retry", LONG],
    ["403", 403, "retry", LONG],
    ["404", 404, "retry", LONG],
    ["405", 405, "retry", LONG],
    ["415", 415, "retry", LONG],
    ["400", 400, "rejected", undefined],
    ["422", 422, "rejected", undefined],
  ])("%s for every request", async (_, status, expected, pauseMs) => {
    const stub = await start({ faults: () => ({ kind: "status", status, body: "why" }) });
    const outcome = await send(stub);
    expect(statusesOf(outcome)).toEqual(all(expected));
    expect(outcome.pause?.ms).toBe(pauseMs);
    for (const item of outcome.items) expect(item).toMatchObject({ reason: `answered ${status}: why` });
    expect(outcome.items[0]).toMatchObject(expected === "rejected" ? { code: String(status) } : {});
    expect(stub.requests.length).toBe(expected === "rejected" ? 7 : 1);
    expect(stub.spans).toEqual([]);
  });

  const now = Date.parse("Thu, 01 Jan 2026 00:00:00 GMT");

  it.each<[string, number | undefined]>([
    ["7", 7000],
    ["0", 0],
    ["-5", 0],
    ["999999999", 900_000],
    ["9".repeat(400), 900_000],
    ["Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
    ["Thu, 01 Jan 2099 00:00:00 GMT", 900_000],
    ["soon", undefined],
    ["1e3 s", undefined],
  ])("that says Retry-After: %s", async (retryAfter, afterMs) => {
    const stub = await start({ faults: [{ kind: "status", status: 429, retryAfter }] });
    const { items, pause } = await send(stub, { now: () => now });
    expect(items).toEqual(
      batch.map(() => ({
        status: "retry",
        reason: "answered 429",
        ...(afterMs === undefined ? {} : { afterMs }),
      })),
    );
    expect(pause).toEqual(afterMs ? { ms: afterMs, reason: "answered 429" } : undefined);
  });

  it("of partial success takes all payloads as delivered, and counts those that are not kept", async () => {
    const lost: Loss[] = [];
    const stub = await start({ faults: [{ kind: "partial", rejected: 2, message: "too old" }] });
    const outcome = await send(stub, { onLoss: (loss) => lost.push(loss) });
    expect([statusesOf(outcome), outcome.unattributedRejected]).toEqual([all("accepted"), 2]);
    expect(lost).toEqual([{ signal: "traces", payloads: 2, reason: "too old" }]);
    expect(stub.requests).toHaveLength(1);
  });

  it.each([
    ['{"partialSuccess":{}}', undefined],
    ['{"partialSuccess":{"rejectedSpans":"0","errorMessage":"a warning"}}', undefined],
    ['{"partialSuccess":{"rejectedSpans":3}}', 3],
    ['{"partialSuccess":{"rejectedSpans":"99999"}}', 4],
    ['{"partialSuccess":{"rejectedSpans":"many"}}', undefined],
    ['{"partialSuccess":{"rejectedSpans":-1}}', undefined],
    ['{"id":"1","name":"otel-ingestion-job"}', undefined],
    ['{"partialSuccess":', undefined],
    ["[]", undefined],
    ["OK", undefined],
    ["", undefined],
  ])("%s is a success", async (body, unattributedRejected) => {
    const stub = await start({ faults: [{ kind: "invalid-json", body }] });
    const outcome = await send(stub);
    expect([statusesOf(outcome), outcome.unattributedRejected]).toEqual([
      all("accepted"),
      unattributedRejected,
    ]);
  });

  it("that is a page for people is none: the address is another's, and the payloads wait", async () => {
    const stub = await start({ faults: [{ kind: "invalid-json", body: "\n<html>Welcome</html>" }] });
    const { items, pause } = await send(stub);
    expect(items[0]).toMatchObject({ status: "retry", reason: "answered 200: a page: <html>Welcome</html>" });
    expect(pause?.ms).toBe(LONG);
  });

  it.each([301, 302, 307, 308])("%i is not followed: keys and payloads stay here", async (status) => {
    const elsewhere = await start();
    const stub = await start({
      faults: () => ({ kind: "redirect", status, location: `${elsewhere.endpoint}/v1/traces` }),
    });
    const { items, pause } = await send(stub, { headers: { authorization: "Bearer key" } });
    expect(items[0]).toMatchObject({ status: "retry", reason: `answered ${status}` });
    expect(pause?.ms).toBe(LONG);
    expect(elsewhere.requests).toEqual([]);
  });

  it("that a browser hides, or a fetch that follows in spite of it, is a redirect too", async () => {
    const hidden = {
      type: "opaqueredirect",
      status: 0,
      redirected: false,
      headers: new Headers(),
      body: null,
    };
    const followed = { type: "basic", status: 200, redirected: true, headers: new Headers(), body: null };
    for (const response of [hidden, followed]) {
      const exporter = otlpExporter({ fetch: async () => response as unknown as Response });
      const { items, pause } = await exporter.export(batch, {
        signal: AbortSignal.timeout(1000),
        attempt: 1,
      });
      expect([items[0], pause?.ms]).toMatchObject([{ status: "retry", reason: "answered 302" }, LONG]);
    }
  });

  it("that breaks off before a status is none", async () => {
    const stub = await start({ faults: [{ kind: "reset-before" }] });
    const { items, pause } = await send(stub);
    expect(items[0]?.status).toBe("retry");
    expect(pause).toBeUndefined();
    expect(stub.spans).toEqual([]);
  });

  it("that never comes is waited for as long as the option says", async () => {
    const stub = await start({ faults: [{ kind: "stall" }] });
    const { items } = await send(stub, { timeoutMs: 50 });
    expect(items[0]).toMatchObject({ status: "retry", reason: expect.stringContaining("timeout") as string });
  });

  it("that drips is a success once its status is known", async () => {
    const stub = await start({ faults: [{ kind: "slow-loris" }] });
    expect(statusesOf(await send(stub, { timeoutMs: 2000 }))).toEqual(all("accepted"));
    expect(stub.spans).toHaveLength(4);
  });

  it("that never ends is read to 1 MiB", async () => {
    const stub = await start({ faults: [{ kind: "endless" }] });
    expect(statusesOf(await send(stub))).toEqual(all("accepted"));
  });

  it("is not waited for when the pipeline gives up, and nothing more is sent", async () => {
    const stub = await start({ faults: [{ kind: "stall" }] });
    const gone = new AbortController();
    const outcome = send(stub, {}, batch, gone.signal);
    await stub.arrived(1);
    gone.abort(new Error("closing"));
    expect((await outcome).items[0]).toMatchObject({
      status: "retry",
      reason: expect.stringContaining("closing") as string,
    });
    expect(statusesOf(await send(stub, {}, batch, gone.signal))).toEqual(all("retry"));
    expect(stub.requests).toHaveLength(1);
  });
});

describe("a request that is refused", () => {
  it("for one bad span of 100 delivers the other 99", async () => {
    const stub = await start();
    const payloads = Array.from({ length: 100 }, (_, n) => ours({ id: `call-${n}` }));
    // Two attributes of one name: the stub refuses that, and no payload can make the mapping write it.
    const twice = (span: string) => span.replace(/("attributes":\[)(\{[^}]*\}\})/, "$1$2,$2");
    const outcome = await send(
      stub,
      {
        fetch: (url, init) => {
          const { body: text } = init as { body: string };
          const body = text.replace(/\{"traceId"(?:(?!\{"traceId").)*call-42"(?:(?!\{"traceId").)*/, twice);
          return fetch(url, { ...init, body });
        },
      },
      payloads,
    );
    expect(
      outcome.items.flatMap(({ status }, index) => (status === "accepted" ? [] : [[index, status]])),
    ).toEqual([[42, "rejected"]]);
    expect(outcome.items[42]).toMatchObject({
      code: "400",
      reason: expect.stringContaining("only once") as string,
    });
    expect(stub.spans).toHaveLength(99);
    expect(stub.requests.length).toBeLessThanOrEqual(15);
  });

  it("for its size is sent in halves, and a long payload without its content", async () => {
    const stub = await start({ maxBodyBytes: 5000 });
    const outcome = await send(stub, { content: "attributes" }, [...batch, long]);
    expect(statusesOf(outcome)).toEqual([...all("accepted"), "accepted"]);
    const [, , , , last] = stub.spans;
    expect(last?.attributes).toMatchObject({ "waybill.call_id": "long", "waybill.degraded": "content" });
    expect(last?.attributes).not.toHaveProperty(["gen_ai.input.messages"]);
    expect(stub.spans[0]?.attributes).toHaveProperty(["gen_ai.input.messages"]);
  });

  it("for its size even without content is given up, with the code", async () => {
    const stub = await start({ maxBodyBytes: 100 });
    const { items } = await send(stub, { content: "attributes" });
    expect(items).toMatchObject(batch.map(() => ({ status: "rejected", code: "413" })));
  });

  it("in one half only stops there, and the pause is told", async () => {
    const stub = await start({
      faults: [{ kind: "status", status: 413 }, undefined, { kind: "status", status: 401, body: "expired" }],
    });
    const outcome = await send(stub);
    expect(statusesOf(outcome)).toEqual(["accepted", "accepted", "retry", "retry"]);
    expect(outcome.pause).toEqual({ ms: 300_000, reason: "answered 401: expired" });
    expect(stub.requests).toHaveLength(3);
    expect(stub.spans).toHaveLength(2);
  });
});

describe("keys", () => {
  it("go with every request, and wrong ones keep the payloads until they are right", async () => {
    const stub = await start({ requireHeaders: { authorization: "Bearer right" } });
    const wrong = await send(stub, { headers: { authorization: "Bearer wrong" } });
    expect([statusesOf(wrong), wrong.pause]).toMatchObject([all("retry"), { ms: 300_000 }]);
    expect(
      statusesOf(
        await send(stub, { headers: { authorization: "Bearer right", "content-type": "text/plain" } }),
      ),
    ).toEqual(all("accepted"));
  });

  it("that no header can hold are refused, and not shown", () => {
    const make = () => otlpExporter({ headers: { authorization: "secret\r\nx: y" } });
    expect(make).toThrow(expect.objectContaining({ code: "bad-option" }) as Error);
    expect(make).not.toThrow(/secret/);
  });

  it.each([
    "http://collector.example.com:4318",
    "http://10.0.0.1",
    "ftp://127.0.0.1",
    "http://127.0.0.1.evil.com",
    "http://0x7f.1.evil.com",
    "file:///etc/passwd",
  ])("are not sent to %s", (endpoint) => {
    expect(() => otlpExporter({ endpoint })).toThrow(
      expect.objectContaining({ code: "insecure-url" }) as Error,
    );
  });

  it.each(["collector", "", "http://user:password@localhost", "https://:password@example.com"])(
    "are not sent to %j, which is no address",
    (endpoint) => {
      expect(() => otlpExporter({ endpoint })).toThrow(expect.objectContaining({ code: "bad-url" }) as Error);
      expect(() => otlpExporter({ endpoint })).not.toThrow(/password@/);
    },
  );

  it.each<[OtlpExporterOptions, string]>([
    [{}, "http://localhost:4318/v1/traces"],
    [{ endpoint: "https://a.example/" }, "https://a.example/v1/traces"],
    [{ endpoint: "https://a.example/base?key=1" }, "https://a.example/base/v1/traces?key=1"],
    [{ endpoint: "https://a.example/api/public/otel/" }, "https://a.example/api/public/otel/v1/traces"],
    [{ endpoint: "https://a.example", tracesEndpoint: "https://b.example/t" }, "https://b.example/t"],
    [{ endpoint: "http://[::1]:4318" }, "http://[::1]:4318/v1/traces"],
    [{ endpoint: "http://collector:4318", allowHttp: true }, "http://collector:4318/v1/traces"],
  ])("with %j go to %s", async (options, expected) => {
    const urls: unknown[] = [];
    const exporter = otlpExporter({
      ...options,
      fetch: async (url, init) => {
        urls.push(url, init?.redirect);
        return new Response("{}");
      },
    });
    await exporter.export(batch, { signal: AbortSignal.timeout(1000), attempt: 1 });
    expect(urls).toEqual([expected, "manual"]);
  });
});

describe("metrics", () => {
  const signals = ["traces", "metrics"] as const;

  it("follow the spans that were accepted, once", async () => {
    const stub = await start();
    const lost: Loss[] = [];
    const outcome = await send(stub, { signals, onLoss: (loss) => lost.push(loss) }, [
      ...batch,
      null as never,
    ]);
    expect(statusesOf(outcome)).toEqual([...all("accepted"), "rejected"]);
    expect(stub.requests.map(({ path }) => path)).toEqual(["/v1/traces", "/v1/metrics"]);
    expect(stub.points.find(({ metric }) => metric === "gen_ai.client.operation.duration")).toMatchObject({
      count: 4,
      temporality: 1,
    });
    expect(lost).toEqual([]);
  });

  it("of payloads that wait are not sent before their spans are: nothing counts twice", async () => {
    const stub = await start({ faults: [{ kind: "status", status: 503 }] });
    const options = { signals, onLoss: () => undefined };
    await send(stub, options);
    expect([stub.requests.length, stub.points.length]).toEqual([1, 0]);
    await send(stub, options);
    expect(stub.points.find(({ metric }) => metric === "waybill.cost")).toMatchObject({ value: 0.0016 });
  });

  it.each([
    [
      "a failure",
      { kind: "status", status: 503, body: "busy" } as const,
      { payloads: 4, reason: "answered 503: busy" },
    ],
    [
      "a refusal",
      { kind: "status", status: 400, body: "bad" } as const,
      { payloads: 4, reason: "answered 400: bad" },
    ],
    [
      "partial success",
      { kind: "partial", rejected: 1, message: "old" } as const,
      { payloads: 1, reason: "old" },
    ],
  ])(
    "that are lost by %s are told, not sent again, and do not change what became of the payloads",
    async (_, fault, loss) => {
      const stub = await start({ faults: [undefined, fault] });
      const lost: Loss[] = [];
      const outcome = await send(stub, { signals, onLoss: (each) => lost.push(each) });
      expect(outcome).toEqual({ items: batch.map(() => ({ status: "accepted" })) });
      expect(lost).toEqual([{ signal: "metrics", ...loss }]);
      expect(stub.requests).toHaveLength(2);
    },
  );

  it("that are lost change nothing when whoever hears of them throws", async () => {
    const stub = await start({
      faults: [
        { kind: "partial", rejected: 1 },
        { kind: "status", status: 500 },
      ],
    });
    const onLoss = () => {
      throw new Error("no");
    };
    const outcome = await send(stub, { signals, onLoss });
    expect([statusesOf(outcome), outcome.unattributedRejected]).toEqual([all("accepted"), 1]);
    expect(stub.requests).toHaveLength(2);
  });

  it("need somebody who hears of those that are lost", () => {
    expect(() => otlpExporter({ signals })).toThrow(/onLoss/);
  });
});
