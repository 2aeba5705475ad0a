/** A value of an attribute. 64-bit integers are decimal text, as OTLP's JSON has them. */
export type AnyValue =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: number }
  | { arrayValue: { values: AnyValue[] } };

/** An attribute. */
export type KeyValue = { key: string; value: AnyValue };

/** Something that happened inside a span. */
export type OtlpEvent = { timeUnixNano: string; name: string; attributes: KeyValue[] };

/** One call. Ids are lower-case hex of 32 and 16 digits, times are epoch nanoseconds as decimal text. */
export type OtlpSpan = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  /** W3C trace flags in the low byte; 0x100: it is known whether the parent is remote; 0x200: it is. */
  flags: number;
  name: string;
  /** 1 internal, 2 server, 3 client. */
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: KeyValue[];
  events?: OtlpEvent[];
  /** 0 unset, 1 ok, 2 error. */
  status: { code: number; message?: string };
};

/** Who speaks: the service. */
export type OtlpResource = { attributes: KeyValue[] };

/** What it speaks with: this package. */
export type OtlpScope = { name: string; version: string };

/** The body of `POST /v1/traces`. */
export type OtlpTraces = {
  resourceSpans: {
    resource: OtlpResource;
    scopeSpans: { scope: OtlpScope; spans: OtlpSpan[] }[];
  }[];
};

/** A point of a histogram. Counts are decimal text; bucket i holds values up to and including bound i. */
export type OtlpHistogramPoint = {
  attributes: KeyValue[];
  startTimeUnixNano: string;
  timeUnixNano: string;
  count: string;
  sum: number;
  min: number;
  max: number;
  bucketCounts: string[];
  explicitBounds: readonly number[];
};

/** A point of a sum. */
export type OtlpNumberPoint = {
  attributes: KeyValue[];
  startTimeUnixNano: string;
  timeUnixNano: string;
  asDouble: number;
};

/** A metric; temporality 1 is delta: every point counts its own calls and no others. */
export type OtlpMetric = { name: string; unit: string } & (
  | { histogram: { aggregationTemporality: 1; dataPoints: OtlpHistogramPoint[] } }
  | { sum: { aggregationTemporality: 1; isMonotonic: true; dataPoints: OtlpNumberPoint[] } }
);

/** The body of `POST /v1/metrics`. */
export type OtlpMetrics = {
  resourceMetrics: {
    resource: OtlpResource;
    scopeMetrics: { scope: OtlpScope; metrics: OtlpMetric[] }[];
  }[];
};
