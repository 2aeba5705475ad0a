export { toKeyValues, type Attributes } from "./attributes.js";
export { readCall, type Call } from "./call.js";
export { otlpExporter, type OtlpExporterOptions } from "./exporter.js";
export { parentOf, toSpanId, toTraceId } from "./ids.js";
export { toOtlpSpan, toOtlpTraces, type TracesOptions } from "./mapping.js";
export { toOtlpMetrics } from "./metrics.js";
export type { Conventions } from "./names.js";
export type { ContentMode, MappingOptions } from "./options.js";
export { createTraceSender, type Loss, type SenderOptions } from "./sender.js";
export { toNanoseconds } from "./time.js";
export type { Usage } from "./usage.js";
export type {
  AnyValue,
  KeyValue,
  OtlpEvent,
  OtlpHistogramPoint,
  OtlpMetric,
  OtlpMetrics,
  OtlpNumberPoint,
  OtlpResource,
  OtlpScope,
  OtlpSpan,
  OtlpTraces,
} from "./wire.js";
