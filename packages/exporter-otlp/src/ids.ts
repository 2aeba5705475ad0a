import { sha256 } from "./sha256.js";

/**
 * The trace id of an id of any form, always the same: a UUID or 32 hex digits as they are, without dashes and in lower
 * case, else the first half of the id's SHA-256.
 */
export function toTraceId(id: string): string {
  return derive(id, 32);
}

/** The span id of an id of any form, always the same: 16 hex digits as they are, else the first of the id's SHA-256. */
export function toSpanId(id: string): string {
  return derive(id, 16);
}

function derive(id: string, length: number): string {
  const digits = id.length > 64 ? "" : id.toLowerCase().replaceAll("-", "");
  if (digits.length === length && /^[0-9a-f]+$/.test(digits) && isValid(digits)) return digits;
  for (let text = id; ; text += "-") {
    const hash = sha256(text).slice(0, length);
    if (isValid(hash)) return hash;
  }
}

/** Nothing but zeros is no id. */
function isValid(digits: string): boolean {
  return /[^0]/.test(digits);
}

/** The caller's span by a W3C traceparent; undefined when the text is none. */
export function parentOf(traceparent: unknown): { traceId: string; spanId: string } | undefined {
  if (typeof traceparent !== "string") return undefined;
  const [, version, traceId = "", spanId = "", more] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-|$)/.exec(traceparent) ?? [];
  // Later versions may add parts; the first may not.
  const isKnown = version !== undefined && version !== "ff" && (version !== "00" || more === "");
  return isKnown && isValid(traceId) && isValid(spanId) ? { traceId, spanId } : undefined;
}
