import type { ExportOutcome, StandardLoggingPayload } from "@waybill/core";
import { describe, expect, it } from "vitest";

import { otlpOptionsFromEnv } from "../src/environment.js";
import {
  otlpExporter,
  toNanoseconds,
  toOtlpMetrics,
  toOtlpTraces,
  type Loss,
  type OtlpExporterOptions,
} from "../src/index.js";
import { ours } from "./payloads.js";

const LONG = 300_000;
const signals = ["traces", "metrics"] as const;
const litellm = (fields: object) => ({ ...ours(), waybill: undefined, ...fields }) as StandardLoggingPayload;

/** Exports to a receiver that answers in turn, the last answer for ever, and keeps what it was sent. */
async function exported(
  options: OtlpExporterOptions,
  payloads: readonly StandardLoggingPayload[],
  answers: readonly [status: number, body: BodyInit | null][] = [[200, "{}"]],
): Promise<ExportOutcome & { bodies: string[] }> {
  const bodies: string[] = [];
  const exporter = otlpExporter({
    ...options,
    fetch: async (_, init) => {
      const [status, body] = answers[Math.min(bodies.length, answers.length - 1)]!;
      bodies.push(init?.body as string);
      return new Response(body, { status });
    },
  });
  const context = { signal: AbortSignal.timeout(10_000), attempt: 1 };
  return { ...(await exporter.export(payloads, context)), bodies };
}

/** The points of waybill.cost. */
const costsOf = (payloads: readonly StandardLoggingPayload[]) =>
  toOtlpMetrics(payloads).resourceMetrics[0]?.scopeMetrics[0]?.metrics.flatMap((metric) =>
    "sum" in metric ? metric.sum.dataPoints.map(({ asDouble }) => asDouble) : [],
  );

describe("metrics of accepted spans", () => {
  it.each([1e-20, 0.1, 1, 2 ** 53, 999999999999999900000, 1e21, 1.5e300, Number.MAX_VALUE])(
    "count a cost of %d",
    async (amount) => {
      const payload = litellm({ response_cost: amount });
      expect(costsOf([payload])).toEqual([amount]);
      const { items, bodies } = await exported({ signals, onLoss: () => undefined }, [payload]);
      expect(items).toEqual([{ status: "accepted" }]);
      expect(bodies[1]).toContain(`"asDouble":${amount}`);
    },
  );

  it("add a large cost to a small one", () => {
    expect(costsOf([1e21, 0.25, 1e21].map((amount) => litellm({ response_cost: amount })))).toEqual([2e21]);
  });

  it.each([NaN, Infinity, -Infinity])("have no point for a first chunk after %d", (firstChunk) => {
    const payload = { ...ours({ stream: true }), waybill: { timing: { firstChunk } } };
    const text = JSON.stringify(toOtlpMetrics([payload]));
    expect(text).toContain("operation.duration");
    expect(text).not.toMatch(/time_to_first_chunk|null/);
  });

  it.each<[string, (options: OtlpExporterOptions) => void]>([
    ["mapping", (options) => (options.conventions = "gone" as never)],
    ["a getter of the options", (options) => Object.defineProperty(options, "resource", { get: fail })],
  ])("that %s throws for are told, and the spans stay accepted", async (_, spoil) => {
    const lost: Loss[] = [];
    const options: OtlpExporterOptions = {
      signals,
      onLoss: (loss) => lost.push(loss),
      fetch: async () => {
        spoil(options);
        return new Response("{}");
      },
    };
    const outcome = await otlpExporter(options).export([ours(), ours({ id: "b" })], {
      signal: AbortSignal.timeout(10_000),
      attempt: 1,
    });
    expect(outcome).toEqual({ items: [{ status: "accepted" }, { status: "accepted" }] });
    expect(lost).toEqual([{ signal: "metrics", payloads: 2, reason: expect.stringMatching(/gone|broken/) }]);
  });

  it("that cannot be posted are told, also when what would end the request is no signal", async () => {
    const lost: Loss[] = [];
    let calls = 0;
    const exporter = otlpExporter({
      signals,
      onLoss: (loss) => lost.push(loss),
      fetch: async () => {
        if (++calls > 1) throw new TypeError("broken");
        return new Response("{}");
      },
    });
    expect((await exporter.export([ours()], {} as never)).items).toEqual([{ status: "accepted" }]);
    expect(lost).toEqual([{ signal: "metrics", payloads: 1, reason: "no answer: broken" }]);
    const none = await exporter.export([ours()], { signal: "none", attempt: 1 } as never);
    expect(none.items[0]?.status).toBe("retry");
  });
});

function fail(): never {
  throw new Error("broken");
}

describe("a span that is too large and cannot be written without its content", () => {
  it("is rejected as unmappable, and the others are delivered", async () => {
    const attributes = ({ id }: StandardLoggingPayload, withContent: boolean) =>
      withContent || id !== "a" ? { big: "x" } : fail();
    const answers: [number, string][] = [
      [413, ""],
      [413, ""],
      [200, "{}"],
    ];
    const { items, bodies, pause } = await exported(
      { attributes },
      [ours({ id: "a" }), ours({ id: "b" })],
      answers,
    );
    expect(items).toEqual([
      { status: "rejected", code: "unmappable", reason: "broken" },
      { status: "accepted" },
    ]);
    expect([bodies.length, pause]).toEqual([3, undefined]);
  });
});

describe("a time behind what 64 bits hold", () => {
  it.each([
    "9999-12-31T23:59:59",
    "2554-07-21T23:34:33Z",
    "2554-07-21 23:34:33.999999999",
    "2600-01-01 00:00",
  ])("is none: %s", (time) => {
    expect(toNanoseconds(time)).toBeUndefined();
    const [resource] = toOtlpTraces([litellm({ startTime: time, endTime: time })]).resourceSpans;
    expect(resource?.scopeSpans[0]?.spans[0]).toMatchObject({ startTimeUnixNano: "0", endTimeUnixNano: "0" });
  });

  it("is the next second after the last one", () => {
    expect(toNanoseconds("2554-07-21T23:34:32.999999999Z")).toBe(18_446_744_072_999_999_999n);
  });
});

describe("options", () => {
  it.each<[string, object]>([
    ...[NaN, Infinity, -1, 0, 2 ** 31, 2 ** 40, 1e21, "soon", null].map((timeoutMs): [string, object] => [
      `timeoutMs: ${timeoutMs}`,
      { timeoutMs },
    ]),
    ["content: all", { content: "all" }],
    ["content: true", { content: true }],
    ["compression: br", { compression: "br" }],
    ["signals: metric", { signals: ["metric"] }],
    ["signals: metrics", { signals: ["metrics"], onLoss: () => undefined }],
    ["signals: traces,logs", { signals: ["traces", "logs"] }],
    ["signals: ", { signals: [] }],
    ["maxContent: -1", { maxContent: -1 }],
    ["maxContent: NaN", { maxContent: NaN }],
  ])("%s is refused before anything is sent", (message, options) => {
    expect(() => otlpExporter(options)).toThrow(
      expect.objectContaining({ code: "bad-option", message }) as Error,
    );
  });

  it.each<OtlpExporterOptions>([
    { timeoutMs: 1 },
    { timeoutMs: 1.1 * 1000 },
    { timeoutMs: 999_999_999 },
    { maxContent: 0, content: "both" },
    { maxContent: Infinity, content: "events" },
    { signals: ["metrics", "traces"], onLoss: () => undefined },
    {
      content: undefined,
      timeoutMs: undefined,
      compression: undefined,
      signals: undefined,
      headers: undefined,
    },
  ])("%o work", async (options) => {
    expect((await exported({ ...options }, [ours()])).items).toEqual([{ status: "accepted" }]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["the host", { host: "evil.example" }],
    ["the host in capitals", { HOST: "evil.example" }],
    ["a length", { "content-length": "5" }],
    ["a transfer", { "Transfer-Encoding": "chunked" }],
    ["an encoding that is not that of the body", { "content-encoding": "br" }],
    ["a variable that is not set", { authorization: undefined }],
    ["a number", { "x-secret": 5 }],
    ["a line break", { "x-secret": "a\r\nb: c" }],
  ])("headers with %s are refused, and not shown", (_, headers) => {
    const make = () => otlpExporter({ headers: headers as Record<string, string> });
    expect(make).toThrow(expect.objectContaining({ code: "bad-option" }) as Error);
    expect(make).not.toThrow(/evil|secret|undefined/);
  });

  it("of an environment are checked like others", () => {
    const from = (env: Record<string, string>) => () => otlpExporter(otlpOptionsFromEnv(env));
    expect(from({ OTEL_EXPORTER_OTLP_TIMEOUT: "1e40" })).toThrow(/timeoutMs/);
    expect(from({ OTEL_EXPORTER_OTLP_HEADERS: "host=evil" })).toThrow(/headers/);
    expect(from({ OTEL_EXPORTER_OTLP_TIMEOUT: "2000" })).not.toThrow();
  });
});

describe("the body of a 200", () => {
  it.each(["", " \r\n", "{}", "\ufeff{}", "[]", '"stored"', "null", "true", "OK", "ok\n", '{"partialSu'])(
    "%j is a success",
    async (body) => {
      const { items, pause } = await exported({}, [ours()], [[200, body]]);
      expect([items, pause]).toEqual([[{ status: "accepted" }], undefined]);
    },
  );

  it.each(["Please log in", "ok, but log in first", "\ufeff<html>", "<!-- -->ok", "Unauthorized", "a=1&b=2"])(
    "%j is from somebody else: the payloads wait",
    async (body) => {
      const { items, pause } = await exported({}, [ours()], [[200, body]]);
      expect([items[0]?.status, pause?.ms]).toEqual(["retry", LONG]);
      expect(pause?.reason).toMatch(/^answered 200: a page: /);
    },
  );

  it("is a success when it breaks off", async () => {
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("broken")) });
    expect((await exported({}, [ours()], [[200, broken]])).items).toEqual([{ status: "accepted" }]);
  });

  it("that is a mebibyte of blanks and no more is read in no time", async () => {
    const { items } = await exported(
      {},
      [ours()],
      [[200, `${" ".repeat(1_000_000)}x${" ".repeat(40_000)}y`]],
    );
    expect(items[0]?.status).toBe("retry");
  });

  it.each([
    ["0.5", undefined],
    ["1.5", undefined],
    ["Infinity", undefined],
    ["-1", undefined],
    ["1", 1],
    ["9223372036854775807", 2],
  ])("with rejectedSpans %j counts whole payloads alone", async (rejectedSpans, expected) => {
    const body = JSON.stringify({ partialSuccess: { rejectedSpans } });
    const outcome = await exported({}, [ours(), ours({ id: "b" })], [[200, body]]);
    expect(outcome.unattributedRejected).toBe(expected);
    expect(outcome.items.map(({ status }) => status)).toEqual(["accepted", "accepted"]);
  });
});
