import type { Attempt, CostResult, StreamResult } from "@waybill/core";

/** One call of a model, as the program that made it knows it. One of `result`, `response` and `error` says how it went. */
export type Call = {
  /** The body that was sent: a chat completion request, or one of another kind. */
  request: object;
  /** A streamed answer. */
  result?: StreamResult | undefined;
  /** A plain answer: a chat completion, or the body of another kind of call. */
  response?: object | undefined;
  /** Why the call failed, when it did. */
  error?: CallError | undefined;
  /** Its price. */
  cost?: CostResult | undefined;
  /** When the request was sent. Epoch seconds with a fraction. */
  startTime: number;
  /** When the answer was whole. Epoch seconds with a fraction. */
  endTime: number;
  /** The provider, e.g. "openai". */
  provider: string;
  /** Address of the provider. */
  apiBase: string;
  context?: CallContext | undefined;
  /** The tries at the call, when there were several. */
  attempts?: Attempt[] | undefined;
  /** LiteLLM's name of what was called; "acompletion" by default. */
  callType?: string | undefined;
};

/** A failure in the words of the client that met it. */
export type CallError = {
  message: string;
  /** HTTP status or the provider's code, as text. */
  code?: string | undefined;
  /** Class of the exception. */
  class?: string | undefined;
};

/** For whom and in what connection a call was made. */
export type CallContext = {
  traceId?: string | undefined;
  sessionId?: string | undefined;
  userId?: string | undefined;
  tags?: string[] | undefined;
  metadata?: Record<string, unknown> | undefined;
  /** SHA-256 of the caller's key; never the key. */
  key?: string | undefined;
  team?: string | undefined;
  /** W3C trace context. */
  traceparent?: string | undefined;
  /** What the call is for, e.g. "chat". */
  name?: string | undefined;
};
