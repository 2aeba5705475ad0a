import type { Attempt, CostResult, StandardLoggingPayloadEmit, StreamResult } from "@waybill/core";

/** One call of a model, as the program that made it knows it. One of `result`, `response` and `error` says how it went. */
export type Call = {
  /** The body that was sent: a chat completion request, or one of another kind. */
  request: object;
  /** A streamed answer. */
  result?: StreamResult | undefined;
  /** A plain answer: a chat completion, or the body of another kind of call. */
  response?: object | string | undefined;
  /** Why the call failed, when it did: in words, as a `CallError`, or what was thrown. */
  error?: unknown;
  /** Its price; of an answer from a cache, nothing or what it would have been. */
  cost?: CostResult | undefined;
  /** When the request was sent, the first time when it was sent several times. Epoch seconds with a fraction. */
  startTime: number;
  /** When the answer was whole. Epoch seconds with a fraction. */
  endTime: number;
  /** The provider that answered, e.g. "openai". */
  provider: string;
  /** Address of the provider. */
  apiBase: string;
  context?: CallContext | undefined;
  /** The tries at the call, when there were several, in order. The price is of the last one alone. */
  attempts?: Attempt[] | undefined;
  /** LiteLLM's name of what was called; by default what the request and the answer look like, e.g. "acompletion". */
  callType?: string | undefined;
  /** Whether the answer came from a cache. */
  cache?: CallCache | undefined;
  /** Headers of the answer: rate limits and the provider's id of the request are taken from them. */
  responseHeaders?: Headers | Record<string, string> | undefined;
  /** The provider's id of the request; by default that of the headers. */
  providerRequestId?: string | undefined;
  /** The catalog's entry of the model, as `model_map_value` holds it. */
  catalogEntry?: object | undefined;
  /** The model that the price was to be looked up under, when it is not the answer's. */
  baseModel?: string | undefined;
  /** What guardrails did, in LiteLLM's form. */
  guardrails?: readonly Guardrail[] | undefined;
  /** Time spent between the caller and the provider. Milliseconds. */
  overheadMs?: number | undefined;
};

/** How a response cache took part in a call. */
export type CallCache = {
  hit: boolean;
  key?: string | undefined;
  /** What the call would have cost. USD; by default the price of the call. */
  savedCost?: number | undefined;
};

/** What one guardrail did. */
export type Guardrail = NonNullable<StandardLoggingPayloadEmit["guardrail_information"]>[number];

/** A failure in the words of the client that met it. */
export type CallError = {
  message: string;
  /** The provider's code or the HTTP status, as text. */
  code?: string | undefined;
  /** The HTTP status, for when there is no code. */
  status?: number | undefined;
  /** Class of the exception. */
  class?: string | undefined;
  /** Where it was thrown. The first 100 lines are kept. */
  traceback?: string | undefined;
  /** Headers of the answer that was the error. */
  headers?: Headers | Record<string, string> | undefined;
};

/** For whom and in what connection a call was made. */
export type CallContext = {
  /** Groups the calls of one request; by default the trace of `traceparent`. */
  traceId?: string | undefined;
  /** Conversation of the end user. */
  sessionId?: string | undefined;
  /** Id of this call, which the record is named by when the answer has none. */
  callId?: string | undefined;
  /** The application's end user; by default the request's `user`. */
  userId?: string | undefined;
  tags?: string[] | undefined;
  /** What the caller passed as metadata. */
  metadata?: Record<string, unknown> | undefined;
  /** SHA-256 of the caller's key in hex; never the key. Anything else is not recorded. */
  key?: string | undefined;
  team?: string | undefined;
  /** W3C trace context. */
  traceparent?: string | undefined;
  /** What the call is for, e.g. "chat". */
  name?: string | undefined;
  /** The caller's user agent. */
  userAgent?: string | undefined;
  /** The caller's address. */
  ipAddress?: string | undefined;
  /** Public name of the model, where a router chose another by it. */
  modelGroup?: string | undefined;
  /** Deployment that the router chose. */
  modelId?: string | undefined;
  /** What else is known of key, team and request, by LiteLLM's names, e.g. `user_api_key_alias`, `applied_guardrails`. */
  proxyMetadata?: StandardLoggingPayloadEmit["metadata"] | undefined;
};
