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
  405: "invalid_request_error",
  413: "invalid_request_error",
  415: "invalid_request_error",
  429: "rate_limit_error",
  499: "invalid_request_error",
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

/** The connection closed in the middle of the request. Nobody is left to read this: it is for the record. */
export function bodyCut(): Refusal {
  return refusal(400, "body_cut", "the body of the request broke off before its end; send it again");
}

/** Nobody is left to read this: it is for the record. The status is nginx's for it. */
export function callerLeft(): Refusal {
  return refusal(499, "caller_left", "the caller went away before the call was sent on");
}

/** A path that we and the API may read in two ways, so that a call could pass as something else. */
export function unclearPath(plain?: string): Refusal {
  const cure = plain === undefined ? "it in plain letters, without empty parts, dots or codes" : named(plain);
  return refusal(400, "unclear_path", `the path is spelt in an odd way; write ${cure}`);
}

export function methodNotAllowed(method: string): Refusal {
  const message = `the method ${method} is not passed on; use GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS`;
  return refusal(405, "method_not_allowed", message);
}

/** The log of the gateway has what it was, under this id. */
export function internalError(callId: string): Refusal {
  const message = `something in the gateway failed; try again, and tell who runs it: its log has the cause at the call ${callId}`;
  return refusal(500, "internal_error", message);
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

/**
 * Whatever is wrong with a key, nothing else is told: not whether it was one once, nor anything of others. Clients do not try
 * again.
 */
export function invalidApiKey(): Refusal {
  const message =
    "the API key is missing or not valid here; send one of this gateway as Authorization: Bearer wb-..., or ask who runs it";
  const headers = { "www-authenticate": 'Bearer realm="waybill"', "x-should-retry": "false" };
  return refusal(401, "invalid_api_key", message, { headers });
}

/** A key that may not do what was asked. */
export function scopeMissing(scope: string): Refusal {
  return refusal(403, "scope_missing", `this key lacks the scope ${scope}; ask who runs this gateway`);
}

export function modelNotAllowed(model: string): Refusal {
  const what = model === "" ? "make calls that name no model" : `use the model ${named(model)}`;
  const message = `this key may not ${what}; ask who runs this gateway to allow it`;
  return refusal(403, "model_not_allowed", message, { param: "model" });
}

/** A body that we and the API may read in two ways, of a key that is held to what it says. `why` has the cure. */
export function unclearBody(member: string, why: string): Refusal {
  const message = `the member ${named(member)} ${why}; this key has a budget or a list of models, which has to know what is asked`;
  return refusal(400, "unclear_body", message, { param: short(member) });
}

/** A limit that servers read in different ways, so that a budget cannot hold it. */
export function invalidLimit(member: string): Refusal {
  const message = `${member} has to be a whole number from 0 to 1000000000, and this key has a budget, which counts by it`;
  return refusal(400, "invalid_limit", message, { param: member });
}

/** A model that a budget could not count. `why`: the reason of the price that there is not. */
export function modelUnpriced(model: string, why: string): Refusal {
  const entry = { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 };
  const override = JSON.stringify({ [short(model)]: entry });
  const message = `no price is known of ${named(model)} (${why}), and this key has a budget, which could not count it; start the gateway with --prices FILE, where FILE holds ${override}, or with --unpriced allow`;
  return refusal(403, "model_unpriced", message, { param: "model" });
}

/** A call of a kind that has no account, by a key that is held to one. */
export function uncounted(key: string): Refusal {
  const message = `the key ${named(key)} has a budget or a list of models, and what this call costs is not known here; use a key without`;
  return refusal(403, "not_accountable", message);
}

/** A budget that is spent. The message has amounts: only the owner of the key may read it. */
export function budgetExceeded(message: string): Refusal {
  // Without the header openai-node waits and tries twice more, which cannot help.
  return refusal(429, "budget_exceeded", message, {
    type: "insufficient_quota",
    headers: { "x-should-retry": "false" },
  });
}

/** A budget of which nobody knows how it stands: unknown is not zero. */
export function budgetUnknown(why: string): Refusal {
  const message = `how the budget of this key stands is not known (${why}); try again, or ask who runs this gateway`;
  return refusal(503, "budget_unknown", message);
}

export function rateLimitExceeded(afterMs: number): Refusal {
  const seconds = String(Math.max(1, Math.ceil(afterMs / 1000)));
  const headers = { "retry-after": seconds };
  return refusal(429, "rate_limit_exceeded", `too many requests; try again in ${seconds} s`, { headers });
}

/** A name of the caller's in a message: they may be as long as a body. */
function named(name: string): string {
  return JSON.stringify(short(name));
}

function short(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}...` : name;
}
