import type { StandardLoggingPayload } from "@waybill/core";

import { texts } from "./attributes.js";
import { readCall } from "./call.js";
import { listOf, membersOf, type Members } from "./members.js";
import { envelopeOf, type MappingOptions } from "./options.js";
import { secondsBetween } from "./time.js";
import type { KeyValue, OtlpMetric, OtlpMetrics } from "./wire.js";

/** What was measured with the same attributes, in calls of this span of time. */
type Point = { attributes: KeyValue[]; start: bigint; end: bigint; values: number[]; amounts: string[] };
type Series = { unit: string; points: Map<string, Point> };

/**
 * Maps payloads to the body of `POST /v1/metrics`: histograms of tokens and durations and the counter `waybill.cost`, each
 * of these calls alone (delta temporality). Pure. What is unknown gives no point, nor does a payload that cannot be read.
 */
export function toOtlpMetrics(
  payloads: readonly StandardLoggingPayload[],
  options: MappingOptions = {},
): OtlpMetrics {
  const { resource, scope } = envelopeOf(options);
  const all = new Map<string, Series>();
  for (const payload of payloads) {
    try {
      addCall(all, payload);
    } catch {
      // The span of such a payload cannot be written either, and that is told.
    }
  }
  const metrics = [...all].map(([name, series]) => toMetric(name, series));
  return { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] };
}

function addCall(all: Map<string, Series>, payload: StandardLoggingPayload): void {
  const { attributes, start, end, usage, cost, firstChunk, waybill } = readCall(payload);
  const from = start ?? end ?? 0n;
  const to = end ?? from;

  function pointOf(name: string, unit: string, more: readonly KeyValue[] = []): Point {
    const { points } = kept(all, name, () => ({ unit, points: new Map<string, Point>() }));
    const own = [...attributes, ...more];
    const point = kept(points, JSON.stringify(own), () => {
      return { attributes: own, start: from, end: to, values: [], amounts: [] };
    });
    if (from < point.start) point.start = from;
    if (to > point.end) point.end = to;
    return point;
  }

  function add(name: string, unit: string, value: number | undefined, more?: readonly KeyValue[]): void {
    // JSON has no number for what is not finite, and one such point costs the whole batch its metrics.
    if (Number.isFinite(value)) pointOf(`gen_ai.client.${name}`, unit, more).values.push(value as number);
  }

  add("token.usage", "{token}", usage.input, texts({ "gen_ai.token.type": "input" }));
  add("token.usage", "{token}", usage.output, texts({ "gen_ai.token.type": "output" }));
  add("operation.duration", "s", secondsBetween(start, end));
  add("operation.time_to_first_chunk", "s", firstChunk);
  for (const gap of gapsOf(membersOf(waybill.timing))) add("operation.time_per_output_chunk", "s", gap);
  if (cost) pointOf("waybill.cost", "{USD}").amounts.push(cost.exact ?? decimalOf(cost.amount));
}

/** A double comes near enough with the digits that any price has; from 1e21 on it is whole, and toFixed has an exponent. */
function decimalOf(amount: number): string {
  return amount < 1e21 ? amount.toFixed(20) : `${BigInt(amount)}`;
}

/** The value of a key, made when there is none. */
function kept<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

/** Seconds from each chunk to the next, when the time of each was kept; of long streams only some are. */
function gapsOf({ ticks, chunks }: Members): number[] {
  const times = listOf(ticks);
  if (times.length !== chunks) return [];
  return times
    .slice(1)
    .map((time, index) => (Number(time) - Number(times[index])) / 1000)
    .filter((gap) => gap >= 0);
}

function toMetric(name: string, { unit, points }: Series): OtlpMetric {
  const timed = [...points.values()].map(({ start, end, attributes, ...measured }) => ({
    point: { attributes, startTimeUnixNano: String(start), timeUnixNano: String(end) },
    ...measured,
  }));
  const aggregationTemporality = 1;
  if (unit === "{USD}") {
    const dataPoints = timed.map(({ point, amounts }) => ({ ...point, asDouble: sum(amounts) }));
    return { name, unit, sum: { aggregationTemporality, isMonotonic: true, dataPoints } };
  }
  // The conventions' boundaries: each is four times, or twice, the one before.
  const explicitBounds = Array.from({ length: 14 }, (_, power) =>
    unit === "s" ? 2 ** power / 100 : 4 ** power,
  );
  const dataPoints = timed.map(({ point, values }) => ({
    ...point,
    count: String(values.length),
    sum: values.reduce((total, value) => total + value),
    min: values.reduce((least, value) => Math.min(least, value)),
    max: values.reduce((most, value) => Math.max(most, value)),
    bucketCounts: countsOf(values, explicitBounds).map(String),
    explicitBounds,
  }));
  return { name, unit, histogram: { aggregationTemporality, dataPoints } };
}

/** How many values are at most each bound, and above the one before; the last count is of what is above all. */
function countsOf(values: readonly number[], bounds: readonly number[]): number[] {
  const counts = Array.from({ length: bounds.length + 1 }, () => 0);
  for (const value of values) {
    const bucket = bounds.findIndex((bound) => value <= bound);
    counts[bucket < 0 ? bounds.length : bucket]! += 1;
  }
  return counts;
}

/** The sum of decimal texts, exact up to the double that it ends in. */
function sum(amounts: readonly string[]): number {
  const total = amounts.reduce((before, amount) => {
    const [whole = "", fraction = ""] = amount.split(".");
    return before + BigInt(whole + fraction.padEnd(DIGITS, "0"));
  }, 0n);
  return Number(`${total}e-${DIGITS}`);
}

/** As many digits as an amount may have behind its point. */
const DIGITS = 99;
