import { startLoopback, type LoopbackAnswer, type LoopbackRequest } from "../loopback/server.js";
import type { OtlpFaults, PartialFault } from "./faults.js";
import { readMetrics, type StoredPoint } from "./metrics.js";
import { Refusal } from "./refusal.js";
import { readSpans, type StoredSpan } from "./spans.js";

/** What the stub is like. */
export type OtlpCollectorStubOptions = {
  /** 0, by default, for any that is free. */
  port?: number;
  /** Largest body in bytes, as it is sent; 413 beyond. 20 MiB by default, as a collector's. */
  maxBodyBytes?: number;
  /** Headers that a request must have, by lower-case name; 401 otherwise. */
  requireHeaders?: Record<string, string>;
  /** What goes wrong, request by request; `faults` of the stub can be set later, too. */
  faults?: OtlpFaults;
};

/** A request that reached the stub. */
export type OtlpRequest = LoopbackRequest;

/** A running stub. */
export type OtlpCollectorStub = {
  /** Base address, to which the paths of signals are added. */
  endpoint: string;
  /** What goes wrong from now on; requests are counted from the moment that it is set. */
  faults: OtlpFaults;
  requests: OtlpRequest[];
  /** Every span that was stored, as a row: one that was sent twice is two. */
  spans: StoredSpan[];
  /** The spans as a store has them that replaces a span by its ids. */
  collapsed(): Map<string, StoredSpan>;
  /** Every point of a metric that was stored. */
  points: StoredPoint[];
  /** Resolves when so many requests have arrived, from the first one on. */
  arrived(requests: number): Promise<void>;
  /** Lets delayed requests go on. */
  release(): void;
  /** Forgets requests and what was stored, for stubs that run for days. */
  forget(): void;
  close(): Promise<void>;
};

/** Starts a collector on loopback that takes traces and metrics as JSON, checks them and stores them. */
export async function startOtlpCollectorStub(
  options: OtlpCollectorStubOptions = {},
): Promise<OtlpCollectorStub> {
  const { maxBodyBytes = 20 * 1024 * 1024, requireHeaders = {} } = options;
  const spans: StoredSpan[] = [];
  const points: StoredPoint[] = [];

  /** Stores a body, but for what is refused of it. */
  function take({ path, text }: OtlpRequest, fault?: PartialFault): LoopbackAnswer {
    const rejected = fault?.rejected ?? 0;
    const isTraces = path === "/v1/traces";
    try {
      const body: unknown = JSON.parse(text);
      const read = isTraces ? readSpans(body) : readMetrics(body);
      const kept = read.slice(0, Math.max(0, read.length - rejected));
      if (isTraces) spans.push(...(kept as StoredSpan[]));
      else points.push(...(kept as StoredPoint[]));
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof SyntaxError)) throw error;
      return { status: 400, body: JSON.stringify({ code: 3, message: error.message }) };
    }
    if (!fault) return { status: 200, body: "{}" };
    const name = isTraces ? "rejectedSpans" : "rejectedDataPoints";
    const partialSuccess = { [name]: String(rejected), errorMessage: fault.message ?? "refused" };
    return { status: 200, body: JSON.stringify({ partialSuccess }) };
  }

  const loopback = await startLoopback<PartialFault, OtlpRequest>({
    port: options.port,
    maxBodyBytes: () => maxBodyBytes,
    tooLarge: "request body too large",
    note: (request) => request,
    refuse: (request) => refusalOf(request, requireHeaders),
    take,
    faults: options.faults,
  });
  return {
    endpoint: loopback.url,
    get faults() {
      return loopback.faults;
    },
    set faults(next) {
      loopback.faults = next;
    },
    requests: loopback.requests,
    spans,
    points,
    collapsed: () => new Map(spans.map((span) => [`${span.traceId}/${span.spanId}`, span])),
    arrived: loopback.arrived,
    release: loopback.release,
    forget: () => {
      for (const kept of [loopback.requests, spans, points]) kept.length = 0;
    },
    close: loopback.close,
  };
}

/** Why a request is refused before its body is looked at. */
function refusalOf(
  { method, path, headers }: OtlpRequest,
  required: Record<string, string>,
): LoopbackAnswer | undefined {
  if (path !== "/v1/traces" && path !== "/v1/metrics") return { status: 404, body: "404 page not found" };
  if (method !== "POST") return { status: 405, body: "405 method not allowed, supported: [POST]" };
  if (Object.entries(required).some(([name, value]) => headers[name] !== value)) {
    return { status: 401, body: "Unauthorized" };
  }
  const [type, encoding] = [
    String(headers["content-type"] ?? ""),
    String(headers["content-encoding"] ?? "gzip"),
  ];
  if (!/^application\/json(?:;|$)/.test(type)) return { status: 415, body: "415 unsupported media type" };
  return encoding === "gzip" ? undefined : { status: 415, body: `unsupported encoding: ${encoding}` };
}
