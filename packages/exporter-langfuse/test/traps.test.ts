import { lint, type StandardLoggingPayload } from "@waybill/core";
import { checkLangfuseBatchEmit } from "@waybill/core/emit";
import { checkLangfuseBatch } from "@waybill/core/langfuse-batch";
import { readCall, toOtlpSpan, type OtlpSpan } from "@waybill/exporter-otlp";
import { toJson } from "@waybill/exporter-otlp/http";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { toLangfuseAttributes, toLangfuseBatch, type MappingOptions } from "../src/index.js";
import { arbitraryPayload } from "./arbitrary.js";
import { payloads } from "./payloads.js";

/* What a Langfuse server accepts in silence and then drops, doubles or misreads: neither form can make any of it. */

const options: MappingOptions[] = [{}, { content: false }, { maxContent: 100, suppressServerEstimate: true }];

function hasId({ id, litellm_call_id }: StandardLoggingPayload): boolean {
  return Boolean(id) || Boolean(litellm_call_id);
}

/** The span as it is sent, read again; undefined when it cannot be written, which is a refusal and no mistake. */
function spanOf(payload: StandardLoggingPayload, given: MappingOptions): OtlpSpan | undefined {
  let text: string;
  try {
    const attributes = (each: StandardLoggingPayload, withContent: boolean) =>
      toLangfuseAttributes(each, readCall(each), given, withContent);
    text = toJson(toOtlpSpan(payload, { attributes }));
  } catch {
    return undefined;
  }
  return JSON.parse(text) as OtlpSpan;
}

/** Notes what does not hold. */
type Check = (holds: boolean, what: string) => void;

function mistakesIn(look: (check: Check) => void): string[] {
  const mistakes: string[] = [];
  look((holds, what) => {
    if (!holds) mistakes.push(what);
  });
  return mistakes;
}

type Buckets = Record<string, number>;

function checkUsage(usage: Buckets, check: Check): void {
  const { total, ...buckets } = usage;
  const names = Object.keys(buckets);
  check(names.length > 0, "usage without a bucket");
  for (const each of Object.values(usage))
    check(Number.isSafeInteger(each) && each >= 0, `a count of ${each}`);
  check(
    Object.values(buckets).reduce((sum, each) => sum + each, 0) === total,
    "buckets that are not the total",
  );
  const isTwice =
    names.includes("input_cache_creation") && names.some((name) => /_creation_(?:5m|1h)$/.test(name));
  check(!isTwice, "writes to a cache in two buckets");
}

function checkCost(cost: Buckets, check: Check): void {
  const { total = NaN, ...buckets } = cost;
  const amounts = Object.values(buckets);
  for (const each of [total, ...amounts]) check(Number.isFinite(each) && each >= 0, `an amount of ${each}`);
  const sum = amounts.reduce((before, each) => before + each, 0);
  check(amounts.length === 0 || Math.abs(sum - total) <= 1e-9 * total, "costs that are not the total");
}

const allowedUsage = new Set(
  [
    "input_tokens",
    "output_tokens",
    "cache_read.input_tokens",
    "cache_creation.input_tokens",
    "reasoning.output_tokens",
    "cost",
  ].map((name) => `gen_ai.usage.${name}`),
);
const objects = ["input", "output", "metadata", "model.parameters", "usage_details", "cost_details"];
/** Names that the server would take for something else, wherever they stand. */
const bare =
  /^(?:input|output|model|prompt|events|gen_ai\.tool\.name|input\.value|output\.value)$|^(?:llm|ai|mlflow|traceloop)\./;

function mistakesOfSpan(span: OtlpSpan): string[] {
  return mistakesIn((check) => {
    check(/^(?!0+$)[0-9a-f]{32}$/.test(span.traceId), "a trace id that is none");
    for (const id of [span.spanId, span.parentSpanId ?? span.spanId])
      check(/^(?!0+$)[0-9a-f]{16}$/.test(id), "a span id that is none");
    const [start, end] = [BigInt(span.startTimeUnixNano), BigInt(span.endTimeUnixNano)];
    check(end >= start, "an end before the start");
    const attributes = new Map(
      span.attributes.map(({ key, value }) => [key, Object.values(value)[0] as unknown]),
    );
    check(attributes.size === span.attributes.length, "an attribute that is there twice");
    const names = [...attributes.keys()];
    const usageNames = names.filter((name) => name.startsWith("gen_ai.usage."));
    for (const name of usageNames) check(allowedUsage.has(name), name);
    for (const name of names) check(!bare.test(name), name);
    check(
      (span.events ?? []).every(({ name }) => name === "exception"),
      "content in an event",
    );
    const operation = attributes.get("gen_ai.operation.name");
    check(operation !== "invoke_agent" && operation !== "agent_step", "a span that wraps others");

    const parsed = new Map<string, Record<string, unknown>>();
    for (const name of objects) {
      const value = attributes.get(`langfuse.observation.${name}`);
      if (value === undefined) continue;
      const read: unknown = typeof value === "string" ? JSON.parse(value) : undefined;
      check(typeof read === "object" && read !== null, `${name} that is no JSON text`);
      parsed.set(name, read as Record<string, unknown>);
    }
    for (const value of Object.values(parsed.get("model.parameters") ?? {}))
      check(["string", "number", "boolean"].includes(typeof value), "a nested parameter");
    const [usage, cost] = [parsed.get("usage_details"), parsed.get("cost_details")] as (
      | Buckets
      | undefined
    )[];
    if (cost) checkCost(cost, check);
    if (usage) checkUsage(usage, check);
    else {
      check(parsed.get("metadata")?.usage_source === "missing", "missing usage that is not marked");
      check(
        usageNames.every((name) => name.endsWith(".cost")),
        "a part of an unknown usage",
      );
    }
    const level = attributes.get("langfuse.observation.level");
    check(["DEFAULT", "WARNING", "ERROR"].includes(level as string), "a level that is none");
    check((level === "ERROR") === (span.status.code === 2), "a failure that is none");
    for (const name of ["user.id", "session.id", "langfuse.trace.name"])
      check(((attributes.get(name) as string | undefined) ?? "").length <= 200, `a long ${name}`);
    const first = attributes.get("langfuse.observation.completion_start_time") as string | undefined;
    const ms = first === undefined ? start / 1_000_000n : BigInt(Date.parse(first));
    const isInside = ms >= start / 1_000_000n && ms < end / 1_000_000n;
    check(first === undefined || isInside, "a first token outside of the call");
  });
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function mistakesOfBatch(payload: StandardLoggingPayload, given: MappingOptions): string[] {
  return mistakesIn((check) => {
    const onUnmappable = (_: number, reason: string) => check(false, reason);
    const batch = toLangfuseBatch([payload], { ...given, onUnmappable });
    check(batch.batch.length === 2, "not two events");
    const sent: unknown = JSON.parse(toJson(batch));
    const checked = checkLangfuseBatchEmit(sent);
    for (const { path, message } of checked.ok ? [] : checked.issues) check(false, `${path}: ${message}`);
    check(checkLangfuseBatch(sent).ok, "not what readers accept");
    for (const { code, path } of lint("langfuse-batch", sent)) check(false, `${code} at ${path}`);
    for (const { id } of batch.batch) check(uuid.test(id), "an id that is no UUID");
    const body = batch.batch[1]?.body as { usageDetails?: Buckets; costDetails?: Buckets } | undefined;
    if (body?.usageDetails) checkUsage(body.usageDetails, check);
    if (body?.costDetails) checkCost(body.costDetails, check);
  });
}

describe.each(options.map((given) => [JSON.stringify(given), given] as const))(
  "with options %s",
  (_, given) => {
    it.each(Object.keys(payloads))("nothing is misread of %s", (name) => {
      const payload = payloads[name] as StandardLoggingPayload;
      const span = spanOf(payload, given);
      expect(span && mistakesOfSpan(span)).toEqual([]);
      expect(mistakesOfBatch(payload, given)).toEqual([]);
    });

    it("nothing is misread of any payload, whatever is in it", () => {
      fc.assert(
        fc.property(arbitraryPayload, (payload) => {
          fc.pre(hasId(payload));
          const span = spanOf(payload, given);
          expect(span ? mistakesOfSpan(span) : []).toEqual([]);
          expect(mistakesOfBatch(payload, given)).toEqual([]);
        }),
        { numRuns: 400 },
      );
    });

    it("equal payloads give equal bytes", () => {
      for (const payload of Object.values(payloads)) {
        const again = structuredClone(payload);
        expect(toJson(spanOf(again, given))).toBe(toJson(spanOf(payload, given)));
        expect(toJson(toLangfuseBatch([again], given))).toBe(toJson(toLangfuseBatch([payload], given)));
      }
    });
  },
);
