import type { Recording } from "@waybill/core";

/**
 * What the recorded call answered, without its envelopes: the chunks of a stream in order, the items of a list, or the
 * single body of a plain answer. The error of a failed call, or of a stream that failed on the way, comes last as
 * `{ error }`, the way a provider would send it.
 */
export function recordingChunks(recording: Recording): unknown[] {
  const {
    body,
    is_exception: isException,
    exception_data: exception,
    exception_message: message,
  } = recording.response;
  const items = Array.isArray(body) ? body : body === null ? [] : [body];
  const chunks = items.map(unwrap);
  if (!isException) return chunks;
  const { type, status_code: code, body: inner } = exception ?? {};
  const error = isObject(inner)
    ? inner
    : { message: exception?.message ?? message ?? "unknown error", type, code };
  return [...chunks, { error }];
}

/** Only items that have both members of an envelope are envelopes. */
function unwrap(item: unknown): unknown {
  return isObject(item) && "__type__" in item && "__data__" in item ? item.__data__ : item;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
