import { describe, expect, it } from "vitest";

import { otlpOptionsFromEnv, type Environment } from "../src/environment.js";
import { otlpExporter, toOtlpTraces } from "../src/index.js";

function given(env: Environment): object {
  const entries = Object.entries(otlpOptionsFromEnv(env)).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.filter(([, value]) => JSON.stringify(value) !== "{}"));
}

const capture = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";

describe("OpenTelemetry's environment variables", () => {
  it.each<[string, Environment, object]>([
    ["nothing", {}, {}],
    [
      "nothing but names",
      { OTEL_EXPORTER_OTLP_ENDPOINT: "", OTEL_EXPORTER_OTLP_TIMEOUT: "", OTEL_SERVICE_NAME: "" },
      {},
    ],
    ["an endpoint", { OTEL_EXPORTER_OTLP_ENDPOINT: "https://a" }, { endpoint: "https://a" }],
    [
      "endpoints of signals",
      {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://a/t",
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "https://a/m",
      },
      { tracesEndpoint: "https://a/t", metricsEndpoint: "https://a/m" },
    ],
    [
      "headers",
      { OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20a=b, x-y = 1 ,broken,=none,bad=%zz" },
      { headers: { authorization: "Bearer a=b", "x-y": "1", bad: "%zz" } },
    ],
    [
      "what is for traces before what is for all",
      {
        OTEL_EXPORTER_OTLP_HEADERS: "a=1",
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: "a=2",
        OTEL_EXPORTER_OTLP_TIMEOUT: "1000",
        OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "2000",
        OTEL_EXPORTER_OTLP_COMPRESSION: "none",
        OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "gzip",
      },
      { headers: { a: "2" }, timeoutMs: 2000, compression: "gzip" },
    ],
    [
      "the service and its attributes",
      {
        OTEL_SERVICE_NAME: "gateway",
        OTEL_RESOURCE_ATTRIBUTES: "service.name=other,deployment.environment.name=a%2Cb",
      },
      { serviceName: "gateway", resource: { "service.name": "other", "deployment.environment.name": "a,b" } },
    ],
    ["http to a cluster", { OTEL_EXPORTER_OTLP_INSECURE: "true" }, { allowHttp: true }],
    ["no content", { [capture]: "NO_CONTENT" }, { content: "none" }],
    ["content on spans", { [capture]: "span_only" }, { content: "attributes" }],
    ["content in events", { [capture]: "EVENT_ONLY" }, { content: "events" }],
    ["content in both", { [capture]: "SPAN_AND_EVENT" }, { content: "both" }],
    ["content the old way", { [capture]: "true" }, { content: "attributes" }],
    ["no content the old way", { [capture]: "False" }, { content: "none" }],
    [
      "the latest conventions",
      { OTEL_SEMCONV_STABILITY_OPT_IN: "http, gen_ai_latest_experimental" },
      { conventions: "latest" },
    ],
    ["other conventions", { OTEL_SEMCONV_STABILITY_OPT_IN: "http/dup" }, {}],
    ["protobuf, which the same address takes as JSON", { OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" }, {}],
  ])("that say %s", (_, env, expected) => {
    expect(given(env)).toEqual(expected);
  });

  it.each<Environment>([
    { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
    { OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "br" },
    { OTEL_EXPORTER_OTLP_TIMEOUT: "soon" },
    { OTEL_EXPORTER_OTLP_TIMEOUT: "-1" },
    { [capture]: "everything" },
  ])("that say %j are refused", (env) => {
    expect(() => otlpOptionsFromEnv(env)).toThrow(/is not supported/);
  });

  it("make an exporter, and the service of its resource", () => {
    expect(otlpExporter(otlpOptionsFromEnv({})).name).toBe("otlp");
    const options = otlpOptionsFromEnv({
      OTEL_SERVICE_NAME: "gateway",
      OTEL_RESOURCE_ATTRIBUTES: "service.name=other",
    });
    expect(toOtlpTraces([], options).resourceSpans[0]?.resource.attributes).toEqual([
      { key: "service.name", value: { stringValue: "gateway" } },
    ]);
    const { resource } = toOtlpTraces(
      [],
      otlpOptionsFromEnv({ OTEL_RESOURCE_ATTRIBUTES: "service.name=other" }),
    ).resourceSpans[0]!;
    expect(resource.attributes).toEqual([{ key: "service.name", value: { stringValue: "other" } }]);
  });
});
