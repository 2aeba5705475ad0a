import { startLoopback, type LoopbackAnswer, type LoopbackRequest } from "../loopback/server.js";
import type { EventFault, LangfuseFaults } from "./faults.js";
import { ingest, type LangfuseMode, type Scope } from "./ingestion.js";
import { membersOf, parseJson } from "./members.js";
import { ExportRefusal, readExport } from "./spans.js";
import { LangfuseStore } from "./store.js";

/** What the stub is like. */
export type LangfuseStubOptions = {
  /** The project's keys; any other pair is answered 401. */
  publicKey?: string;
  secretKey?: string;
  /** How the server writes; "legacy", which is version 3, by default. Spans are taken in every mode. */
  mode?: LangfuseMode;
  /** Largest body in bytes, as it is sent; 4.5 MiB by default, as on a real server. */
  maxBodyBytes?: number;
  /** So many requests are answered within a time, and more with 429. */
  rateLimit?: { requests: number; windowMs: number; now: () => number };
  /** What goes wrong, request by request; `faults` of the stub can be set later, too. */
  faults?: LangfuseFaults;
  /** 0, by default, for any that is free. */
  port?: number;
};

/** A request that reached the stub. */
export type StubRequest = LoopbackRequest & { bytes: number; body: unknown };

/** A running stub. */
export type LangfuseStub = {
  baseUrl: string;
  /** The keys that are right from now on. */
  publicKey: string;
  secretKey: string;
  mode: LangfuseMode;
  /** Whether ingestion is suspended, which is answered 403. */
  suspended: boolean;
  maxBodyBytes: number;
  /** What goes wrong from now on; requests are counted from the moment that it is set. */
  faults: LangfuseFaults;
  requests: StubRequest[];
  /** What a server would have stored. */
  stored: LangfuseStore;
  /** How many events of batches were accepted and rejected so far. */
  verdicts: { accepted: number; rejected: number };
  /** Resolves when so many requests have arrived, from the first one on. */
  arrived(requests: number): Promise<void>;
  /** Lets delayed requests go on. */
  release(): void;
  /** Forgets requests and what was stored, for stubs that run for days. Counts go on. */
  forget(): void;
  close(): Promise<void>;
};

const INGESTION = "/api/public/ingestion";
const TRACES = "/api/public/otel/v1/traces";

/** Starts a Langfuse on loopback that takes batches and spans, checks them by its own rules, and stores what it accepts. */
export async function startLangfuseStub(options: LangfuseStubOptions = {}): Promise<LangfuseStub> {
  const stored = new LangfuseStore();
  const verdicts = { accepted: 0, rejected: 0 };
  const isLimited = limiter(options.rateLimit);

  function scopeOf({ headers, path }: StubRequest): Scope | undefined {
    const given = headers.authorization;
    if (given === `Basic ${Buffer.from(`${stub.publicKey}:${stub.secretKey}`).toString("base64")}`)
      return "project";
    return path === INGESTION && given === `Bearer ${stub.publicKey}` ? "scores" : undefined;
  }

  function refuse(request: StubRequest): LoopbackAnswer | undefined {
    const { path, method, body, headers } = request;
    if (path === "/api/public/health") return json(200, { status: "OK", version: versionOf(stub.mode) });
    if (path !== INGESTION && path !== TRACES) return json(404, { error: "NotFoundError", message: path });
    if (path === INGESTION && body === undefined) return { status: 400, body: "Invalid JSON" };
    if (method !== "POST") return json(405, { error: "MethodNotAllowedError", message: "POST only" });
    if (!scopeOf(request)) {
      const isBearer = path === TRACES && headers.authorization === `Bearer ${stub.publicKey}`;
      return isBearer
        ? json(403, { error: "ForbiddenError", message: "Access Scope Denied" })
        : json(401, { error: "UnauthorizedError", message: "Invalid credentials" });
    }
    if (stub.suspended) return json(403, { error: "ForbiddenError", message: "Ingestion suspended" });
    return isLimited();
  }

  function takeBatch(request: StubRequest, fault: EventFault | undefined): LoopbackAnswer {
    const { batch } = membersOf(request.body);
    if (!Array.isArray(batch)) {
      return json(400, { message: "Invalid request data", errors: ["batch is not an array"] });
    }
    const scope = scopeOf(request) ?? "scores";
    const answered = ingest(batch as unknown[], stored, { mode: stub.mode, scope, fault });
    verdicts.accepted += answered.successes.length;
    verdicts.rejected += answered.errors.length;
    return json(207, answered);
  }

  const loopback = await startLoopback<EventFault, StubRequest>({
    port: options.port,
    maxBodyBytes: () => stub.maxBodyBytes,
    tooLarge: "Body exceeded 4.5mb limit",
    note: (request) => ({
      ...request,
      bytes: request.raw.length,
      body: request.text === "" ? null : parseJson(request.text),
    }),
    refuse,
    take: (request, fault) =>
      request.path === INGESTION ? takeBatch(request, fault) : takeSpans(request, stored),
    faults: options.faults,
  });
  const stub: LangfuseStub = {
    baseUrl: loopback.url,
    publicKey: options.publicKey ?? "pk-lf-stub",
    secretKey: options.secretKey ?? "sk-lf-stub",
    mode: options.mode ?? "legacy",
    suspended: false,
    maxBodyBytes: options.maxBodyBytes ?? 4_718_592,
    stored,
    verdicts,
    requests: loopback.requests,
    arrived: loopback.arrived,
    release: loopback.release,
    forget: () => {
      loopback.requests.length = 0;
      stored.clear();
    },
    close: loopback.close,
    get faults() {
      return loopback.faults;
    },
    set faults(next) {
      loopback.faults = next;
    },
  };
  // No request arrives before there is somebody who knows the address.
  return stub;
}

/** Takes spans in: all of a body or none of it. The answer is none of OTLP's, as on a real server. */
function takeSpans(request: StubRequest, stored: LangfuseStore): LoopbackAnswer {
  const { headers, body } = request;
  const type = String(headers["content-type"] ?? "").toLowerCase();
  if (!type.includes("application/json")) return json(400, { error: "Invalid content type" });
  const version = headers["x-langfuse-ingestion-version"];
  if (version !== undefined && !(Number(version) <= 4)) {
    return json(400, { error: "Unsupported x-langfuse-ingestion-version" });
  }
  if (body === undefined) return json(400, { error: "Failed to parse OTel JSON Trace" });
  try {
    stored.rows.push(...readExport(body, version === undefined));
  } catch (error) {
    if (error instanceof ExportRefusal) return json(400, { error: error.message });
    throw error;
  }
  return json(200, { id: "1", name: "otel-ingestion-job" });
}

/** A window of fixed length, as Langfuse's cloud has. */
function limiter(limit: LangfuseStubOptions["rateLimit"]): () => LoopbackAnswer | undefined {
  let window = { since: -Infinity, requests: 0 };
  return () => {
    if (!limit) return undefined;
    const now = limit.now();
    if (now - window.since >= limit.windowMs) window = { since: now, requests: 0 };
    window.requests++;
    if (window.requests <= limit.requests) return undefined;
    const reset = window.since + limit.windowMs;
    const seconds = Math.ceil((reset - now) / 1000);
    const details = {
      retryAfterSeconds: seconds,
      limit: limit.requests,
      remaining: 0,
      resetAt: new Date(reset),
    };
    return json(
      429,
      { message: "Rate limit exceeded", code: "rate_limited", details },
      {
        "retry-after": String(seconds),
        "x-ratelimit-limit": String(limit.requests),
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": new Date(reset).toISOString(),
      },
    );
  };
}

function versionOf(mode: LangfuseMode): string {
  return mode === "legacy" ? "3.180.0" : "4.16.0";
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): LoopbackAnswer {
  return { status, body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } };
}
