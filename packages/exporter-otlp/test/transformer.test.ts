import { existsSync, readdirSync, readFileSync } from "node:fs";

import type { Attributes as OtelAttributes, HrTime } from "@opentelemetry/api";
import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { Resource } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { StandardLoggingPayload } from "@waybill/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { toOtlpTraces, type Attributes, type MappingOptions, type OtlpSpan } from "../src/index.js";
import { calls } from "./calls.js";
import { decoded, plainAttributes } from "./decode.js";
import { seed } from "./payloads.js";

const corpus = new URL("../../../../shared/corpus/litellm/", import.meta.url);

/** What OpenTelemetry's own encoder writes for the same spans. */
function throughOpenTelemetry({ resourceSpans: [first] }: ReturnType<typeof toOtlpTraces>): unknown {
  const { resource, scopeSpans } = first!;
  const { scope, spans } = scopeSpans[0]!;
  // Spans of one resource are those that share the object.
  const shared = { attributes: plainAttributes(resource.attributes) } as unknown as Resource;
  const readable = spans.map((span) => ({
    ...readableSpan(span),
    resource: shared,
    instrumentationScope: scope,
  }));
  const bytes = JsonTraceSerializer.serializeRequest(readable);
  return decoded(JSON.parse(new TextDecoder().decode(bytes)));
}

function readableSpan(span: OtlpSpan): Omit<ReadableSpan, "resource" | "instrumentationScope"> {
  const context = { traceId: span.traceId, traceFlags: span.flags & 0xff };
  return {
    name: span.name,
    // OpenTelemetry's API counts kinds from 0 and OTLP from 1.
    kind: span.kind - 1,
    spanContext: () => ({ ...context, spanId: span.spanId }),
    ...(span.parentSpanId
      ? { parentSpanContext: { ...context, spanId: span.parentSpanId, isRemote: (span.flags & 0x200) !== 0 } }
      : {}),
    startTime: hrTime(span.startTimeUnixNano),
    endTime: hrTime(span.endTimeUnixNano),
    status: span.status,
    attributes: plainAttributes(span.attributes) as OtelAttributes,
    links: [],
    events: (span.events ?? []).map(({ name, timeUnixNano, attributes }) => ({
      name,
      time: hrTime(timeUnixNano),
      attributes: plainAttributes(attributes) as OtelAttributes,
    })),
    duration: [0, 0],
    ended: true,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function hrTime(nanoseconds: string): HrTime {
  const time = BigInt(nanoseconds);
  return [Number(time / 1_000_000_000n), Number(time % 1_000_000_000n)];
}

function expectSameAsOpenTelemetry(payloads: StandardLoggingPayload[], options?: MappingOptions): void {
  const traces = toOtlpTraces(payloads, options);
  expect(traces.resourceSpans[0]?.scopeSpans[0]?.spans).toHaveLength(payloads.length);
  // Only what is said as JSON counts.
  expect(decoded(JSON.parse(JSON.stringify(traces)))).toEqual(throughOpenTelemetry(traces));
}

describe("OpenTelemetry's own encoder writes the same", () => {
  it.each(Object.keys(calls).filter((name) => name !== "unicode"))("for the call %s", (name) => {
    const { payload, options } = calls[name]!;
    expectSameAsOpenTelemetry([payload], options);
  });

  it("for a batch of all of them", () => {
    expectSameAsOpenTelemetry(Object.values(calls).map(({ payload }) => payload));
  });

  it.skipIf(!existsSync(corpus))(
    `for LiteLLM's own payloads${existsSync(corpus) ? "" : " (skipped: no corpus)"}`,
    () => {
      const payloads = readdirSync(corpus, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".json"))
        .flatMap((name) => JSON.parse(readFileSync(new URL(name, corpus), "utf8")) as unknown)
        .filter(
          (value): value is StandardLoggingPayload => typeof (value as { id?: unknown }).id === "string",
        );
      expect(payloads.length).toBeGreaterThan(0);
      for (const content of ["none", "attributes", "events", "both"] as const) {
        expectSameAsOpenTelemetry(payloads, { content });
      }
    },
  );

  it("for any attributes", () => {
    const value = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.boolean(),
      fc.integer(),
      fc.maxSafeInteger(),
      // JSON has one zero.
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      fc.array(fc.string({ unit: "grapheme" }), { minLength: 1 }),
    );
    const attributes = fc.dictionary(fc.string({ minLength: 1 }), value, { noNullPrototype: true });
    fc.assert(
      fc.property(attributes, attributes, (ofSpan: Attributes, ofResource: Attributes) => {
        expectSameAsOpenTelemetry([seed], { attributes: () => ofSpan, resource: ofResource });
      }),
    );
  });
});
