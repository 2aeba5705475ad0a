import type { CallContext } from "@waybill/payload";

const PREFIX = "x-waybill-";

/** The text members of a context, by the headers that carry them. */
const texts: Readonly<Record<string, "userId" | "sessionId" | "traceId" | "name" | "team" | "callId">> = {
  "x-waybill-user": "userId",
  "x-waybill-session": "sessionId",
  "x-waybill-trace-id": "traceId",
  "x-waybill-name": "name",
  "x-waybill-team": "team",
  "x-waybill-call-id": "callId",
};

/** Names of the headers that are meant for Waybill, and go no further. */
export function ownHeaders(headers: Headers): string[] {
  return [...headers.keys()].filter((name) => name.startsWith(PREFIX));
}

/**
 * For whom a call is made: what the callback says, and over it what the headers say, `x-waybill-tags` (separated by
 * commas), `-user`, `-session`, `-trace-id`, `-name`, `-team`, `-call-id`, `-metadata` (a JSON object), and `traceparent`. Tags
 * of both are kept.
 */
export function contextOf(
  headers: Headers,
  given: CallContext | undefined,
  note: (why: string) => void,
): CallContext {
  const context: CallContext = { ...given };
  for (const [header, member] of Object.entries(texts)) {
    const text = headers.get(header)?.trim();
    if (text) context[member] = text;
  }
  const tags = (headers.get("x-waybill-tags") ?? "").split(",").map((tag) => tag.trim());
  const told = [...(Array.isArray(given?.tags) ? given.tags : []), ...tags].filter((tag) => tag !== "");
  if (told.length > 0) context.tags = [...new Set(told)];
  const metadata = headers.get("x-waybill-metadata");
  if (metadata !== null) {
    const read = objectOf(metadata);
    if (read) context.metadata = { ...given?.metadata, ...read };
    else note("x-waybill-metadata is no JSON object; it is left out");
  }
  context.traceparent ??= headers.get("traceparent") ?? undefined;
  context.userAgent ??= headers.get("user-agent") ?? undefined;
  // openai-node counts its tries in a header: each is a request of its own, and has a record of its own.
  const retry = Number(headers.get("x-stainless-retry-count") ?? 0);
  if (retry > 0) context.metadata = { ...context.metadata, retry_count: retry };
  return context;
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
