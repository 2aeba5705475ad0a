import type { LoopbackAnswer } from "../loopback/server.js";

/** An error of the service before it has a shape. */
export type WireError = { message: string; type: string; code: string | null; param: string | null };

const types: Readonly<Record<number, string>> = {
  401: "invalid_request_error",
  403: "invalid_request_error",
  404: "invalid_request_error",
  429: "requests",
  500: "server_error",
  502: "server_error",
  503: "server_error",
};

const codes: Readonly<Record<number, string>> = { 401: "invalid_api_key", 429: "rate_limit_exceeded" };

const messages: Readonly<Record<number, string>> = {
  429: "Rate limit reached for requests. Please try again later.",
  500: "The server had an error while processing your request. Sorry about that!",
  503: "The engine is currently overloaded, please try again later",
};

const anthropicTypes: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error",
};

/** An error with what its status tells. */
export function errorOf(status: number, given: Partial<WireError> = {}): WireError {
  return {
    message: given.message ?? messages[status] ?? `The request failed with status ${status}.`,
    type: given.type ?? types[status] ?? (status >= 500 ? "server_error" : "invalid_request_error"),
    code: given.code === undefined ? (codes[status] ?? null) : given.code,
    param: given.param ?? null,
  };
}

/** The body of an error: Anthropic's at its endpoint, OpenAI's at all others. */
export function errorBody(status: number, path: string, given?: Partial<WireError>): string {
  const error = errorOf(status, given);
  if (path !== "/v1/messages") return JSON.stringify({ error });
  const type = given?.type ?? anthropicTypes[status] ?? "api_error";
  return JSON.stringify({ type: "error", error: { type, message: error.message } });
}

/** An answer that is an error. */
export function refusal(
  status: number,
  path: string,
  given?: Partial<WireError>,
  headers: Record<string, string> = {},
): LoopbackAnswer {
  return {
    status,
    body: errorBody(status, path, given),
    headers: { "content-type": "application/json", ...headers },
  };
}
