import type { Attributes as OtelAttributes } from "@opentelemetry/api";
import { JsonMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { AggregationTemporality, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { toOtlpMetrics, type OtlpHistogramPoint, type OtlpMetric, type OtlpMetrics } from "../src/index.js";
import { calls } from "./calls.js";
import { decoded, plainAttributes } from "./decode.js";
import { litellm, ours, seed } from "./payloads.js";

const tokenBounds = [
  1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
];
const secondBounds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

function metricsOf(metrics: OtlpMetrics): Map<string, OtlpMetric> {
  const list = metrics.resourceMetrics[0]!.scopeMetrics[0]!.metrics;
  return new Map(list.map((metric) => [metric.name, metric]));
}

function pointsOf(metrics: OtlpMetrics, name: string): OtlpHistogramPoint[] {
  const metric = metricsOf(metrics).get(name);
  return metric && "histogram" in metric ? metric.histogram.dataPoints : [];
}

describe("metrics", () => {
  it("of a call are its tokens, its times and its cost, between its own times", () => {
    const timing = { chunks: 3, ticks: [350, 1050, 1750], firstChunk: 350 };
    const metrics = toOtlpMetrics([ours({}, { timing: timing as never })]);
    const common = {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.response.model": "gpt-4o-2024-08-06",
      "server.address": "api.openai.com",
      "server.port": 443,
    };
    const times = { startTimeUnixNano: "1766000068284660000", timeUnixNano: "1766000070079350000" };
    const [input, output] = pointsOf(metrics, "gen_ai.client.token.usage");
    expect(plainAttributes(input?.attributes)).toEqual({ ...common, "gen_ai.token.type": "input" });
    expect(input).toMatchObject({
      ...times,
      count: "1",
      sum: 100,
      min: 100,
      max: 100,
      explicitBounds: tokenBounds,
    });
    expect(output).toMatchObject({ ...times, sum: 30 });
    const [duration] = pointsOf(metrics, "gen_ai.client.operation.duration");
    expect(plainAttributes(duration?.attributes)).toEqual(common);
    expect(duration).toMatchObject({ ...times, sum: 1.79469, explicitBounds: secondBounds });
    expect(pointsOf(metrics, "gen_ai.client.operation.time_to_first_chunk")).toMatchObject([{ sum: 0.35 }]);
    expect(pointsOf(metrics, "gen_ai.client.operation.time_per_output_chunk")).toMatchObject([
      { count: "2", sum: 1.4 },
    ]);
    expect(metricsOf(metrics).get("waybill.cost")).toMatchObject({
      unit: "{USD}",
      sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: [{ ...times, asDouble: 0.0004 }] },
    });
  });

  it("of a value that is a boundary count it below", () => {
    const payload = (input: number) =>
      litellm({ prompt_tokens: input, completion_tokens: null, total_tokens: null, response: {} });
    const [point] = pointsOf(
      toOtlpMetrics([1, 2, 4, 5, 67108864, 67108865].map(payload)),
      "gen_ai.client.token.usage",
    );
    expect(point?.bucketCounts.map(Number)).toEqual([1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
  });

  it("of unknown usage, price and times have no points", () => {
    const unknown = litellm({
      prompt_tokens: 0,
      completion_tokens: 0,
      total_tokens: 0,
      response_cost: 0,
      endTime: null,
      completionStartTime: null,
    });
    expect([...metricsOf(toOtlpMetrics([unknown])).keys()]).toEqual([]);
    const thinned = { chunks: 1000, ticks: [1, 2, 3] };
    expect(
      pointsOf(
        toOtlpMetrics([ours({}, { timing: thinned as never })]),
        "gen_ai.client.operation.time_per_output_chunk",
      ),
    ).toEqual([]);
  });

  it("of a failure name its kind, and are points of their own", () => {
    const failure = litellm({ status: "failure", error_information: { error_code: "429" } });
    const points = pointsOf(toOtlpMetrics([seed, failure, failure]), "gen_ai.client.operation.duration");
    expect(points.map(({ count, attributes }) => [count, plainAttributes(attributes)["error.type"]])).toEqual(
      [
        ["1", undefined],
        ["2", "429"],
      ],
    );
  });

  it("sum the exact costs, without a rounding on the way", () => {
    const amounts = fc.array(fc.tuple(fc.nat({ max: 9 }), fc.bigInt({ min: 0n, max: 10n ** 18n - 1n })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(amounts, (list) => {
        const payloads = list.map(([whole, fraction]) =>
          ours(
            {},
            {
              cost: {
                status: "priced",
                exact: `${whole}.${String(fraction).padStart(18, "0")}`,
                lines: [],
                catalog: null,
              },
            },
          ),
        );
        const total = list.reduce(
          (sum, [whole, fraction]) => sum + BigInt(whole) * 10n ** 18n + fraction,
          0n,
        );
        expect(metricsOf(toOtlpMetrics(payloads)).get("waybill.cost")).toMatchObject({
          sum: { dataPoints: [{ asDouble: Number(`${total}e-18`) }] },
        });
      }),
    );
    expect(metricsOf(toOtlpMetrics([seed, seed])).get("waybill.cost")).toMatchObject({
      sum: { dataPoints: [{ asDouble: 0.00045000000000000004 }] },
    });
  });

  it("reach from the first start to the last end, and are the same for the same calls", () => {
    const payloads = [
      litellm({ startTime: 3, endTime: 4 }),
      litellm({ startTime: 1, endTime: 9 }),
      litellm({ startTime: 2, endTime: 5 }),
    ];
    const [point] = pointsOf(toOtlpMetrics(payloads), "gen_ai.client.operation.duration");
    expect(point).toMatchObject({
      startTimeUnixNano: "1000000000",
      timeUnixNano: "9000000000",
      count: "3",
      sum: 12,
    });
    expect(JSON.stringify(toOtlpMetrics(payloads))).toBe(
      JSON.stringify(toOtlpMetrics(structuredClone(payloads))),
    );
  });
});

class OnDemandReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

describe("OpenTelemetry's own SDK and encoder", () => {
  it("give the same metrics for the same values", async () => {
    const ourMetrics = toOtlpMetrics(Object.values(calls).map(({ payload }) => payload));
    const reader = new OnDemandReader({ aggregationTemporalitySelector: () => AggregationTemporality.DELTA });
    const provider = new MeterProvider({ readers: [reader] });
    const meter = provider.getMeter("waybill", "0.0.0");
    for (const { payload } of Object.values(calls)) {
      // Every call alone gives the values that its metrics are made of.
      for (const metric of metricsOf(toOtlpMetrics([payload])).values()) {
        const { name, unit } = metric;
        if ("sum" in metric) {
          const [point] = metric.sum.dataPoints;
          meter
            .createCounter(name, { unit })
            .add(point!.asDouble, plainAttributes(point!.attributes) as OtelAttributes);
          continue;
        }
        const explicitBucketBoundaries = unit === "s" ? secondBounds : tokenBounds;
        const histogram = meter.createHistogram(name, { unit, advice: { explicitBucketBoundaries } });
        for (const { count, sum, attributes } of metric.histogram.dataPoints) {
          for (let at = 0; at < Number(count); at++)
            histogram.record(sum / Number(count), plainAttributes(attributes) as OtelAttributes);
        }
      }
    }
    const { resourceMetrics } = await reader.collect();
    const bytes = JsonMetricsSerializer.serializeRequest(resourceMetrics);
    const theirs = JSON.parse(new TextDecoder().decode(bytes)) as OtlpMetrics;
    expect(comparable(ourMetrics)).toEqual(comparable(theirs));
    await provider.shutdown();
  });
});

/** Metrics without their times, which the SDK takes from its clock, and with sums as they are shown. */
function comparable(metrics: OtlpMetrics): Map<string, unknown> {
  const shown = (value: unknown) => (typeof value === "number" ? value.toPrecision(12) : value);
  const list = [...metricsOf(metrics)].map(([name, metric]): [string, unknown] => {
    const { dataPoints, ...kind } = "sum" in metric ? metric.sum : metric.histogram;
    const points = dataPoints.map(({ attributes, ...point }) => ({
      attributes: plainAttributes(attributes),
      ...Object.fromEntries(
        Object.entries(point)
          .filter(([key]) => !key.endsWith("UnixNano"))
          .map(([key, value]) => [
            key,
            Array.isArray(value) ? value.map(Number) : shown(key === "count" ? Number(value) : value),
          ]),
      ),
    }));
    return [name, { unit: metric.unit, kind: decoded(kind), points: sorted(points) }];
  });
  return new Map(list);
}

function sorted<Point extends { attributes: object }>(points: Point[]): Point[] {
  const textOf = ({ attributes }: Point) => JSON.stringify(attributes, Object.keys(attributes).toSorted());
  return points.toSorted((left, right) => (textOf(left) < textOf(right) ? -1 : 1));
}
