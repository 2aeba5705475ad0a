import type { Recording } from "@waybill/core";

import { isObject } from "../replay/copy-with.js";

/** The members of a response that say how a call failed. */
export type ExceptionMembers = Required<
  Pick<Recording["response"], "is_exception" | "exception_data" | "exception_message">
>;

/** The classes in which OpenAI's Python library raises an error status. */
const classes: Readonly<Record<number, string>> = {
  400: "BadRequestError",
  401: "AuthenticationError",
  403: "PermissionDeniedError",
  404: "NotFoundError",
  409: "ConflictError",
  422: "UnprocessableEntityError",
  429: "RateLimitError",
};

/** An answer with an error status, as OpenAI's library raises it. `body` is its body as a value, or as text. */
export function statusException(status: number, body: unknown, text: string): ExceptionMembers {
  const inner = isObject(body) && "error" in body ? body["error"] : body;
  const message =
    body === undefined ? text || `Error code: ${status}` : `Error code: ${status} - ${text.trim()}`;
  const type = classes[status] ?? (status >= 500 ? "InternalServerError" : "APIStatusError");
  return exception({
    category: "provider_sdk",
    provider: "openai",
    type,
    message,
    status_code: status,
    body: inner ?? null,
  });
}

/** An error that came as an event of a stream. It has no status: that was 200. */
export function eventException(error: unknown): ExceptionMembers {
  const message = isObject(error) && typeof error["message"] === "string" ? error["message"] : String(error);
  return exception({ category: "unknown", type: "APIError", message, body: error });
}

/** A connection that could not be made, or broke. */
export function connectionException(message: string): ExceptionMembers {
  return exception({ category: "builtin", type: "ConnectionError", message });
}

function exception(data: NonNullable<Recording["response"]["exception_data"]>): ExceptionMembers {
  return { is_exception: true, exception_data: data, exception_message: data.message ?? "" };
}
