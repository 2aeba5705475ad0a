/** An error as OpenAI's API has it. */
export type OpenAIError = {
  error: { message: string; type: string; param: string | null; code: string | null };
};

/** An answer of our own to a call: what its status is, and why. */
export type Refusal = { status: number; body: OpenAIError; headers?: Readonly<Record<string, string>> };

/** OpenAI's types of errors by status, and the rest. */
const types: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "invalid_request_error",
  413: "invalid_request_error",
  429: "rate_limit_error",
  502: "upstream_error",
  503: "server_error",
  504: "upstream_error",
};

/**
 * A refusal of our own. The message has the cause and the cure, and begins with "Waybill:", so that people know whom to
 * ask: what the upstream says is handed on as it is.
 */
export function refusal(
  status: number,
  code: string,
  message: string,
  more: { type?: string; param?: string | null; headers?: Readonly<Record<string, string>> } = {},
): Refusal {
  const { type = types[status] ?? "server_error", param = null, headers } = more;
  const body = { error: { message: `Waybill: ${message}`, type, param, code } };
  return headers ? { status, body, headers } : { status, body };
}

/** `why` names line and column, as the issues of `parseJsonText` do. */
export function invalidJson(why: string): Refusal {
  return refusal(400, "invalid_json", `the body is no JSON: ${why}; correct it`);
}

export function requestTooLarge(limit: number): Refusal {
  const message = `the body is larger than ${limit} bytes; send less, or start the gateway with a larger --max-body`;
  return refusal(413, "request_too_large", message);
}

/** `place`: the host that was asked. `why`: the network's own word, e.g. ECONNREFUSED. */
export function upstreamUnreachable(place: string, why: string): Refusal {
  const message = `${place} cannot be reached (${why}); check that it is up, and --upstream`;
  return refusal(502, "upstream_unreachable", message);
}

/** Which wait was too long: for the connection, for the answer's headers, or for its next piece. */
export type Wait = "connect" | "headers" | "idle";

const waits: Readonly<Record<Wait, string>> = {
  connect: "took no connection",
  headers: "sent no answer",
  idle: "sent nothing more",
};

export function upstreamTimeout(place: string, wait: Wait, ms: number): Refusal {
  const message = `${place} ${waits[wait]} for ${ms / 1000} s (${wait}); try again, or raise the time-out`;
  return refusal(504, "upstream_timeout", message);
}

export function upstreamCut(place: string, why: string): Refusal {
  return refusal(502, "upstream_cut", `${place} broke off in the middle of its answer (${why}); try again`);
}

export function shuttingDown(): Refusal {
  return refusal(
    503,
    "shutting_down",
    "the gateway is shutting down and takes no new calls; ask another, or wait",
    {
      headers: { "retry-after": "5" },
    },
  );
}
