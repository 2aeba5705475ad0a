import { WaybillError } from "@waybill/core/errors";

import type { OtlpExporterOptions } from "./exporter.js";
import type { ContentMode } from "./options.js";

/** Environment variables by name: `process.env`, or what a platform has instead. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` may say. */
const contents: Record<string, ContentMode> = {
  no_content: "none",
  false: "none",
  span_only: "attributes",
  true: "attributes",
  event_only: "events",
  span_and_event: "both",
};

/**
 * The options that OpenTelemetry's environment variables name; what they do not name is absent.
 * @throws WaybillError `bad-option` for a protocol, compression, time or content that is not supported
 */
export function otlpOptionsFromEnv(env: Environment): OtlpExporterOptions {
  const traces = (name: string) =>
    env[`OTEL_EXPORTER_OTLP_TRACES_${name}`] || env[`OTEL_EXPORTER_OTLP_${name}`];
  const timeoutMs = traces("TIMEOUT") ? Number(traces("TIMEOUT")) : undefined;
  const compression = traces("COMPRESSION");
  const resource = pairsOf(env.OTEL_RESOURCE_ATTRIBUTES);
  const capture = env.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT?.toLowerCase();
  const refuse = (name: string, value: string | undefined) => {
    throw new WaybillError("bad-option", `${name}: ${value} is not supported`);
  };
  if (traces("PROTOCOL") === "grpc") refuse("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
  if (compression && compression !== "gzip" && compression !== "none")
    refuse("OTEL_EXPORTER_OTLP_COMPRESSION", compression);
  if (timeoutMs !== undefined && !(timeoutMs > 0)) refuse("OTEL_EXPORTER_OTLP_TIMEOUT", traces("TIMEOUT"));
  if (capture && !Object.hasOwn(contents, capture))
    refuse("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", capture);
  return {
    endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT || undefined,
    tracesEndpoint: env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || undefined,
    metricsEndpoint: env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT || undefined,
    headers: pairsOf(traces("HEADERS")),
    timeoutMs,
    compression: compression as OtlpExporterOptions["compression"],
    allowHttp: traces("INSECURE") === "true" || undefined,
    serviceName: env.OTEL_SERVICE_NAME || resource["service.name"],
    resource,
    content: capture ? contents[capture] : undefined,
    conventions: env.OTEL_SEMCONV_STABILITY_OPT_IN?.split(",").some(
      (each) => each.trim() === "gen_ai_latest_experimental",
    )
      ? "latest"
      : undefined,
  };
}

/** `a=1,b=2` with percent-encoded values. What is no pair is left out. */
function pairsOf(list = ""): Record<string, string> {
  const pairs = list
    .split(",")
    .map((pair) => /^([^=]+)=(.*)$/s.exec(pair.trim()) ?? [])
    .filter(([pair]) => pair !== undefined);
  return Object.fromEntries(pairs.map(([, name = "", value = ""]) => [name.trim(), decoded(value.trim())]));
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
