import type { ExportOutcome, StandardLoggingPayload } from "@waybill/core";
import { startLangfuseStub, type LangfuseStub, type LangfuseStubOptions } from "@waybill/testkit";
import { afterEach, describe, expect, it } from "vitest";

import { langfuseExporter, type LangfuseEvent, type LangfuseExporterOptions } from "../src/index.js";
import { version } from "../src/version.js";
import { ours } from "./payloads.js";

const stubs: LangfuseStub[] = [];

async function start(options?: LangfuseStubOptions): Promise<LangfuseStub> {
  const stub = await startLangfuseStub(options);
  stubs.push(stub);
  return stub;
}

afterEach(async () => {
  await Promise.all(stubs.splice(0).map((stub) => stub.close()));
});

const keys = { publicKey: "pk-lf-stub", secretKey: "sk-lf-stub" };
const batchOf = (count: number) =>
  Array.from({ length: count }, (_, number) => ours({ id: `call-${number}`, trace_id: `trace-${number}` }));
const four = batchOf(4);

function send(
  stub: LangfuseStub,
  options: Partial<LangfuseExporterOptions> = {},
  payloads: readonly StandardLoggingPayload[] = four,
): Promise<ExportOutcome> {
  const exporter = langfuseExporter({ ...keys, baseUrl: stub.baseUrl, ...options });
  return exporter.export(payloads, { signal: AbortSignal.timeout(30_000), attempt: 1 });
}

const statusesOf = ({ items }: ExportOutcome) => items.map(({ status }) => status);
const all = (status: string, count = 4) => Array.from({ length: count }, () => status);
const now = Date.parse("Thu, 01 Jan 2026 00:00:00 GMT");

describe.each(["otlp", "batch"] as const)("the exporter, by %s", (transport) => {
  const stored = (stub: LangfuseStub) => stub.stored.observations().size;

  it("delivers a batch in one request, with keys and its name", async () => {
    const stub = await start();
    expect(await send(stub, { transport })).toEqual({ items: four.map(() => ({ status: "accepted" })) });
    expect(stub.requests).toHaveLength(1);
    expect(stub.requests[0]).toMatchObject({
      path: transport === "otlp" ? "/api/public/otel/v1/traces" : "/api/public/ingestion",
      headers: {
        "content-type": "application/json",
        "x-langfuse-sdk-name": "waybill",
        "x-langfuse-sdk-version": version,
        "x-langfuse-public-key": "pk-lf-stub",
        ...(transport === "otlp" ? { "x-langfuse-ingestion-version": "4" } : {}),
      },
    });
    expect(stored(stub)).toBe(4);
  });

  it("has the same bytes in a resend after a break behind storing, which stores nothing twice", async () => {
    const stub = await start({ faults: [{ kind: "reset-after" }] });
    expect(statusesOf(await send(stub, { transport }))).toEqual(all("retry"));
    expect(statusesOf(await send(stub, { transport }, structuredClone(four)))).toEqual(all("accepted"));
    expect(stub.requests[0]?.raw.equals(stub.requests[1]!.raw)).toBe(true);
    expect(stored(stub)).toBe(4);
    const { sends, rows } = stub.stored;
    const counts = {
      events: [...sends.values()],
      rows: rows.length,
      collapsed: stub.stored.collapsed().size,
    };
    expect(counts).toEqual(
      transport === "batch"
        ? { events: Array.from({ length: 8 }, () => 2), rows: 0, collapsed: 0 }
        : { events: [], rows: 8, collapsed: 4 },
    );
  });

  it("stores nothing before a break in front of it, and everything in the next try", async () => {
    const stub = await start({ faults: [{ kind: "reset-before" }] });
    expect(statusesOf(await send(stub, { transport }))).toEqual(all("retry"));
    expect(stored(stub)).toBe(0);
    expect(statusesOf(await send(stub, { transport }))).toEqual(all("accepted"));
    expect(stored(stub)).toBe(4);
  });

  it.each([
    ["7", 7000],
    ["Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
    [undefined, undefined],
  ])("waits when it is told to: Retry-After %s", async (retryAfter, ms) => {
    const fault = {
      kind: "status",
      status: 429,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    } as const;
    const stub = await start({ faults: [fault] });
    const { items, pause } = await send(stub, { transport, now: () => now });
    expect(items.map((item) => item.status === "retry" && item.afterMs)).toEqual(four.map(() => ms));
    expect(pause?.ms).toBe(ms);
    expect(stub.requests).toHaveLength(1);
  });

  it("waits as the server's own rate limit says", async () => {
    const stub = await start({ rateLimit: { requests: 1, windowMs: 60_000, now: () => now + 45_000 } });
    expect(statusesOf(await send(stub, { transport }))).toEqual(all("accepted"));
    const { pause } = await send(stub, { transport });
    expect(pause).toMatchObject({ ms: 60_000, reason: expect.stringContaining("rate_limited") });
  });

  it("keeps everything while the key is wrong, and delivers it once it is right", async () => {
    const stub = await start();
    stub.secretKey = "sk-lf-other";
    const refused = await send(stub, { transport });
    expect(statusesOf(refused)).toEqual(all("retry"));
    expect(refused.pause).toMatchObject({ ms: 300_000, reason: expect.stringContaining("401") });
    expect([stub.requests.length, stored(stub)]).toEqual([1, 0]);
    stub.secretKey = "sk-lf-stub";
    expect(statusesOf(await send(stub, { transport }))).toEqual(all("accepted"));
    expect(stored(stub)).toBe(4);
  });

  it("keeps everything while ingestion is suspended", async () => {
    const stub = await start();
    stub.suspended = true;
    const { items, pause } = await send(stub, { transport });
    expect([items.map(({ status }) => status), pause?.ms]).toEqual([all("retry"), 300_000]);
  });

  it.each([
    ["500", { kind: "status", status: 500 }],
    [
      "a proxy's 502 in HTML",
      { kind: "status", status: 502, body: "<html>Bad Gateway</html>", contentType: "text/html" },
    ],
    ["503", { kind: "status", status: 503 }],
  ] as const)("tries everything again after %s", async (_, fault) => {
    const stub = await start({ faults: [fault] });
    expect(statusesOf(await send(stub, { transport }))).toEqual(all("retry"));
    expect(stub.requests).toHaveLength(1);
    expect(statusesOf(await send(stub, { transport }))).toEqual(all("accepted"));
    expect(stored(stub)).toBe(4);
  });

  it("gives up on an answer that stalls, and loses nothing", async () => {
    const stub = await start({ faults: [{ kind: "stall" }, { kind: "slow-loris" }] });
    expect(statusesOf(await send(stub, { transport, timeoutMs: 60 }))).toEqual(all("retry"));
    // By OTLP the status says that it is stored; a batch says so in its answer, which never came.
    const expected = transport === "otlp" ? "accepted" : "retry";
    expect(statusesOf(await send(stub, { transport, timeoutMs: 2000 }))).toEqual(all(expected));
    expect(stored(stub)).toBe(4);
  });

  it("does not read an endless answer", async () => {
    const stub = await start({ faults: [{ kind: "endless" }] });
    const expected = transport === "otlp" ? "accepted" : "retry";
    expect(statusesOf(await send(stub, { transport }))).toEqual(all(expected));
  });

  it("takes a page for people for another's address", async () => {
    const stub = await start({ faults: [{ kind: "invalid-json", body: "<html>Welcome</html>" }] });
    const { items, pause } = await send(stub, { transport });
    expect([items.map(({ status }) => status), pause?.ms]).toEqual([all("retry"), 300_000]);
  });

  it.each([301, 307])("does not follow a %i: keys and payloads stay here", async (status) => {
    const elsewhere = await start();
    const stub = await start({ faults: () => ({ kind: "redirect", status, location: elsewhere.baseUrl }) });
    const { items, pause } = await send(stub, { transport });
    expect([items.map((item) => item.status), pause?.ms]).toEqual([all("retry"), 300_000]);
    expect(elsewhere.requests).toEqual([]);
  });

  it("halves what is too large for the server, down to single payloads", async () => {
    const stub = await start();
    stub.maxBodyBytes = 7000;
    const payloads = batchOf(16);
    expect(statusesOf(await send(stub, { transport }, payloads))).toEqual(all("accepted", 16));
    expect(stored(stub)).toBe(16);
    expect(stub.requests.some(({ raw }) => raw.length === 0)).toBe(true);
  });

  it("sends a payload that is too large by itself without its content, and says so in it", async () => {
    const stub = await start();
    stub.maxBodyBytes = 20_000;
    const long = ours({ id: "long", messages: [{ role: "user", content: "x".repeat(50_000) }] });
    expect(statusesOf(await send(stub, { transport }, [four[0]!, long, four[1]!]))).toEqual(
      all("accepted", 3),
    );
    const kept = [...stub.stored.observations().values()].find(
      ({ metadata }) => metadata.source_id === "long",
    );
    expect(kept).toMatchObject({ input: undefined, metadata: { degraded: "content" } });
    stub.maxBodyBytes = 500;
    expect(await send(stub, { transport }, [long])).toMatchObject({
      items: [{ status: "rejected", code: "413" }],
    });
  });

  it("finds 1 bad payload in 100 that spoils the whole request, with at most 15 requests", async () => {
    const stub = await start();
    const bad = "call-37";
    stub.faults = (_, __, text) =>
      text.includes(`"${bad}`) || text.includes(`${bad}\\"`)
        ? { kind: "status", status: 400, body: "bad" }
        : undefined;
    const { items } = await send(stub, { transport }, batchOf(100));
    expect(items.flatMap(({ status }, place) => (status === "accepted" ? [] : [place]))).toEqual([37]);
    expect(items[37]).toMatchObject({ status: "rejected", code: "400" });
    expect(stub.requests.length).toBeLessThanOrEqual(15);
    expect(stored(stub)).toBe(99);
  });

  it("rejects what cannot be read, and delivers the rest", async () => {
    const stub = await start();
    const odd = { id: "odd", status: "success" } as StandardLoggingPayload;
    Object.defineProperty(odd, "messages", {
      get: () => {
        throw new Error("closed");
      },
    });
    Object.defineProperty(odd, "startTime", {
      get: () => {
        throw new Error("closed");
      },
    });
    const { items } = await send(stub, { transport }, [odd, { status: "success" }, null as never, four[0]!]);
    expect(items).toMatchObject([
      { status: "rejected", code: "unmappable", reason: "closed" },
      { status: "rejected", code: "unmappable" },
      { status: "rejected", code: "unmappable" },
      { status: "accepted" },
    ]);
  });

  it("sends nothing for nothing, and needs no context", async () => {
    const stub = await start();
    expect(await send(stub, { transport }, [])).toEqual({ items: [] });
    expect(stub.requests).toEqual([]);
    const exporter = langfuseExporter({ ...keys, baseUrl: `${stub.baseUrl}/`, transport });
    expect((await exporter.export(four, undefined as never)).items).toHaveLength(4);
  });

  it("is aborted from outside", async () => {
    const stub = await start({ faults: [{ kind: "stall" }] });
    const exporter = langfuseExporter({ ...keys, baseUrl: stub.baseUrl, transport });
    const controller = new AbortController();
    const outcome = exporter.export(four, { signal: controller.signal, attempt: 1 });
    await stub.arrived(1);
    controller.abort();
    expect(statusesOf(await outcome)).toEqual(all("retry"));
  });

  it("leaves out traces that are not sampled, whole, and counts them", async () => {
    const stub = await start();
    const events: LangfuseEvent[] = [];
    const payloads = batchOf(400).flatMap((each) => [each, { ...each, id: `${each.id}-b` }]);
    const options = { transport, sampleRate: 0.25, onEvent: (event: LangfuseEvent) => events.push(event) };
    expect(statusesOf(await send(stub, options, payloads))).toEqual(all("accepted", 800));
    const sent = stored(stub);
    expect(events).toEqual([{ type: "sampled-out", payloads: 800 - sent }]);
    expect(sent).toBeGreaterThan(120);
    expect(sent).toBeLessThan(280);
    const traces = new Map<string, number>();
    for (const { traceId } of stub.stored.observations().values())
      traces.set(traceId, (traces.get(traceId) ?? 0) + 1);
    expect([...new Set(traces.values())]).toEqual([2]);
    expect(statusesOf(await send(stub, { ...options, sampleRate: 0 }, four))).toEqual(all("accepted"));
    expect(stored(stub)).toBe(sent);
  });
});

describe("an answer of the ingestion", () => {
  const bySpan = (stub: LangfuseStub) =>
    new Set([...stub.stored.observations().values()].map(({ metadata }) => metadata.source_id));

  it("is read event by event: one bad payload of 100 is rejected alone, in one request", async () => {
    const stub = await start({
      faults: [
        {
          kind: "partial",
          status: 400,
          message: "Invalid request data",
          refuse: ({ type, body }) =>
            type === "generation-create" && JSON.stringify(body).includes('"call-37"'),
        },
      ],
    });
    const { items } = await send(stub, { transport: "batch" }, batchOf(100));
    expect(items.flatMap(({ status }, place) => (status === "accepted" ? [] : [place]))).toEqual([37]);
    expect(items[37]).toEqual({ status: "rejected", code: "400", reason: "Invalid request data" });
    expect(stub.requests).toHaveLength(1);
    expect(bySpan(stub).size).toBe(99);
  });

  it("sends again what failed on the server's side, and no more", async () => {
    const stub = await start({
      faults: [{ kind: "partial", status: 500, refuse: (_, index) => index === 2 || index === 5 }],
    });
    expect(statusesOf(await send(stub, { transport: "batch" }))).toEqual([
      "accepted",
      "retry",
      "retry",
      "accepted",
    ]);
  });

  it.each(['{"successes":[null,5,{"id":1}],"errors":{}}', '{"errors":[null]}', '{"successes":[]}'])(
    "that names nobody is tried again: %s",
    async (body) => {
      const stub = await start({ faults: [{ kind: "invalid-json", body }] });
      const outcome = await send(stub, { transport: "batch" });
      expect([statusesOf(outcome), outcome.pause]).toEqual([all("retry"), undefined]);
    },
  );

  it.each(['{"successes":5}', "[]", "null", "", '{"partialSuccess":'])(
    "that is none is another's, and everything waits: %s",
    async (body) => {
      const stub = await start({ faults: [{ kind: "invalid-json", body }] });
      const outcome = await send(stub, { transport: "batch" });
      expect([statusesOf(outcome), outcome.pause?.ms]).toEqual([all("retry"), 300_000]);
    },
  );
});

describe("a server that takes no batches", () => {
  it("rejects them for good, told once, in one request each", async () => {
    const stub = await start({ mode: "events_only" });
    const events: LangfuseEvent[] = [];
    const exporter = langfuseExporter({
      ...keys,
      baseUrl: stub.baseUrl,
      transport: "batch",
      onEvent: (event) => events.push(event),
    });
    for (let attempt = 1; attempt <= 3; attempt++) {
      const { items } = await exporter.export(four, { signal: AbortSignal.timeout(10_000), attempt });
      expect(items.map((item) => item.status === "rejected" && item.code)).toEqual(
        all("server_requires_otlp"),
      );
    }
    expect(stub.requests).toHaveLength(3);
    expect(events).toMatchObject([{ type: "server-requires-otlp", switched: false }]);
  });

  it("gets spans with transport auto: what it refused is sent again, and all that follows", async () => {
    const stub = await start({ mode: "events_only" });
    const events: LangfuseEvent[] = [];
    const exporter = langfuseExporter({
      ...keys,
      baseUrl: stub.baseUrl,
      transport: "auto",
      onEvent: (event) => {
        events.push(event);
        throw new Error("a listener that fails changes nothing");
      },
    });
    for (let attempt = 1; attempt <= 2; attempt++) {
      const { items } = await exporter.export(four, { signal: AbortSignal.timeout(10_000), attempt });
      expect(items.map(({ status }) => status)).toEqual(all("accepted"));
    }
    expect(stub.requests.map(({ path }) => path)).toEqual([
      "/api/public/ingestion",
      "/api/public/otel/v1/traces",
      "/api/public/otel/v1/traces",
    ]);
    expect(events).toMatchObject([
      {
        type: "server-requires-otlp",
        switched: true,
        reason: expect.stringContaining("Event type not accepted"),
      },
    ]);
    expect([stub.stored.rows.length, stub.stored.observations().size]).toEqual([8, 4]);
  });

  it("is found by several batches at once, and told once", async () => {
    const stub = await start({ mode: "events_only" });
    const events: LangfuseEvent[] = [];
    const exporter = langfuseExporter({
      ...keys,
      baseUrl: stub.baseUrl,
      transport: "auto",
      onEvent: (event) => events.push(event),
    });
    const outcomes = await Promise.all(
      four.map((payload) => exporter.export([payload], { signal: AbortSignal.timeout(10_000), attempt: 1 })),
    );
    expect(outcomes.flatMap(({ items }) => items.map(({ status }) => status))).toEqual(all("accepted"));
    expect(events).toHaveLength(1);
    expect(stub.stored.observations().size).toBe(4);
  });

  it.each(["legacy", "dual"] as const)(
    "is not a server of mode %s, which keeps getting batches",
    async (mode) => {
      const stub = await start({ mode });
      expect(statusesOf(await send(stub, { transport: "auto" }))).toEqual(all("accepted"));
      expect(stub.requests.map(({ path }) => path)).toEqual(["/api/public/ingestion"]);
    },
  );

  it("keeps the pause of the spans that follow", async () => {
    const stub = await start({
      mode: "events_only",
      faults: [undefined, { kind: "status", status: 429, retryAfter: "9" }],
    });
    const outcome = await send(stub, { transport: "auto" });
    expect([statusesOf(outcome), outcome.pause?.ms]).toEqual([all("retry"), 9000]);
  });
});

describe("options", () => {
  it.each([
    ["http to another host", { baseUrl: "http://langfuse.example.com" }, "insecure-url"],
    ["another protocol", { baseUrl: "ftp://127.0.0.1" }, "insecure-url"],
    ["a host that looks like this one", { baseUrl: "http://127.0.0.1.evil.com" }, "insecure-url"],
    ["a user in the address", { baseUrl: "http://localhost@evil.com" }, "bad-url"],
    ["no URL", { baseUrl: "langfuse" }, "bad-url"],
    ["no key", { publicKey: "" }, "bad-option"],
    ["a colon in the secret", { secretKey: "sk:lf" }, "bad-option"],
    ["an environment that is not kept", { environment: "Prod!" }, "bad-option"],
    ["a transport that there is not", { transport: "grpc" as never }, "bad-option"],
    ["a rate over 1", { sampleRate: 2 }, "bad-option"],
    ["a rate that is none", { sampleRate: Number.NaN }, "bad-option"],
  ])("with %s are refused", (_, options, code) => {
    const make = () => langfuseExporter({ ...keys, ...options });
    expect(make).toThrow(expect.objectContaining({ code }));
    expect(make).not.toThrow(/sk:lf/);
  });

  it("allow http to other hosts when that is said", () => {
    expect(langfuseExporter({ ...keys, baseUrl: "http://langfuse-web:3000", allowHttp: true }).name).toBe(
      "langfuse",
    );
  });

  it("compress spans, and never batches", async () => {
    const stub = await start();
    await send(stub, { compression: "gzip" });
    await send(stub, { compression: "gzip", transport: "batch" });
    expect(stub.requests.map(({ headers }) => headers["content-encoding"])).toEqual(["gzip", undefined]);
    expect(stub.stored.observations().size).toBe(4);
  });
});
