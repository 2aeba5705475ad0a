import { readAttributes } from "./attributes.js";
import { expectThat, listAt, membersAt, nanosAt, type Members } from "./refusal.js";

/** A point of a metric as a row of a store. */
export type StoredPoint = {
  metric: string;
  unit: string;
  attributes: Members;
  start: string;
  end: string;
  /** 1 delta, 2 cumulative. */
  temporality: number;
} & ({ kind: "sum"; value: number } | { kind: "histogram"; count: number; sum: number; buckets: number[] });

/** The points of a body of `POST /v1/metrics`. Throws a Refusal where a collector answers 400. */
export function readMetrics(body: unknown): StoredPoint[] {
  const { resourceMetrics } = membersAt(body, "body");
  return listAt(resourceMetrics, "resourceMetrics").flatMap((each) => {
    const { scopeMetrics } = membersAt(each, "resourceMetrics[]");
    return listAt(scopeMetrics, "scopeMetrics").flatMap((one) => {
      const { metrics } = membersAt(one, "scopeMetrics[]");
      return listAt(metrics, "metrics").flatMap((metric) => readMetric(membersAt(metric, "metrics[]")));
    });
  });
}

function readMetric({ name, unit = "", sum, histogram }: Members): StoredPoint[] {
  expectThat(typeof name === "string" && name !== "", "metric.name", "a name");
  expectThat((sum === undefined) !== (histogram === undefined), String(name), "one of sum and histogram");
  const { aggregationTemporality: temporality, dataPoints } = membersAt(sum ?? histogram, String(name));
  expectThat(temporality === 1 || temporality === 2, `${String(name)}.aggregationTemporality`, "1 or 2");
  return listAt(dataPoints, `${String(name)}.dataPoints`).map((raw, index) => {
    const path = `${String(name)}.dataPoints[${index}]`;
    const point = membersAt(raw, path);
    return {
      metric: name as string,
      unit: String(unit),
      attributes: readAttributes(point.attributes, `${path}.attributes`),
      start: nanosAt(point.startTimeUnixNano, `${path}.startTimeUnixNano`),
      end: nanosAt(point.timeUnixNano, `${path}.timeUnixNano`),
      temporality: temporality as number,
      ...(sum === undefined ? readHistogram(point, path) : readSum(point, path)),
    };
  });
}

function readSum({ asDouble, asInt }: Members, path: string): { kind: "sum"; value: number } {
  expectThat((asDouble === undefined) !== (asInt === undefined), path, "one of asDouble and asInt");
  return { kind: "sum", value: Number(asDouble ?? asInt) };
}

function readHistogram(
  point: Members,
  path: string,
): { kind: "histogram"; count: number; sum: number; buckets: number[] } {
  const buckets = listAt(point.bucketCounts, `${path}.bucketCounts`).map(Number);
  const bounds = listAt(point.explicitBounds, `${path}.explicitBounds`).map(Number);
  const total = buckets.reduce((before, count) => before + count, 0);
  expectThat(buckets.length === bounds.length + 1, `${path}.bucketCounts`, "one more than bounds");
  expectThat(
    bounds.every((bound, index) => index === 0 || bound > (bounds[index - 1] as number)),
    `${path}.explicitBounds`,
    "bounds that grow",
  );
  expectThat(total === Number(point.count), `${path}.count`, "the sum of the buckets");
  return { kind: "histogram", count: total, sum: Number(point.sum), buckets };
}
