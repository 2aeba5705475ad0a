/* CORS of `/v1`: origins that are configured, by name. Never every origin, never credentials. */

/** Headers of requests that pages may send, beside those of the patterns. */
const allowed: ReadonlySet<string> = new Set([
  "accept",
  "accept-language",
  "authorization",
  "content-type",
  "idempotency-key",
  "traceparent",
  "tracestate",
  "x-api-key",
  "x-client-request-id",
]);
const allowedPattern = /^(?:x-stainless|x-waybill|openai|anthropic)-[a-z0-9-]{1,60}$/;

/** More names than any client sends. */
const MAX_NAMES = 64;

/** Headers of answers that pages may read. */
export const exposedHeaders: readonly string[] = [
  "x-request-id",
  "x-waybill-id",
  "x-waybill-trace-id",
  "x-waybill-model",
  "x-waybill-cost",
  "x-waybill-cost-status",
  "x-waybill-budget-remaining",
  ...["requests", "tokens"].flatMap((what) =>
    ["limit", "remaining", "reset"].map((each) => `x-ratelimit-${each}-${what}`),
  ),
  "retry-after",
  "server-timing",
];

/** The headers of an answer to a page. An origin that is not configured gets none, and its browser keeps the answer from it. */
export function corsHeaders(origin: string | undefined, origins: readonly string[]): Record<string, string> {
  if (origins.length === 0) return {};
  const vary = { vary: "Origin" };
  if (origin === undefined || !origins.includes(origin)) return vary;
  return {
    ...vary,
    "access-control-allow-origin": origin,
    "access-control-expose-headers": exposedHeaders.join(", "),
  };
}

/** A browser that asks whether a page may send a request. */
export type Preflight = {
  origin: string | undefined;
  method: string | undefined;
  /** `access-control-request-headers`. */
  headers: string | undefined;
  /** `access-control-request-private-network`: a page of the internet wants to reach this machine. */
  privateNetwork: string | undefined;
};

const methods = ["GET", "HEAD", "POST", "DELETE", "PUT", "PATCH"];

/** The answer to a browser that asks: 204 with what is allowed, or 403 with nothing. */
export function answerPreflight(
  { origin, method, headers = "", privateNetwork }: Preflight,
  origins: readonly string[],
): { status: 204 | 403; headers: Record<string, string> } {
  const vary = { vary: "Origin, Access-Control-Request-Headers" };
  if (origin === undefined || !origins.includes(origin) || !methods.includes(method ?? ""))
    return { status: 403, headers: vary };
  const names = headers
    .toLowerCase()
    .split(",", MAX_NAMES)
    .map((name) => name.trim());
  const granted = names.filter((name) => allowed.has(name) || allowedPattern.test(name));
  return {
    status: 204,
    headers: {
      ...vary,
      "access-control-allow-origin": origin,
      "access-control-allow-methods": methods.join(", "),
      ...(granted.length > 0 ? { "access-control-allow-headers": granted.join(", ") } : {}),
      ...(privateNetwork === "true" ? { "access-control-allow-private-network": "true" } : {}),
      "access-control-max-age": "600",
    },
  };
}
