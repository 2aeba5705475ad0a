import type { Attempt, ChatCompletion, CostResult, StreamResult } from "@waybill/core";

/** One call of a model, as the program that made it knows it. */
export type Call = {
  /** The body that was sent. */
  request: { model?: string; messages?: unknown; stream?: boolean | null; user?: string | null } & Record<
    string,
    unknown
  >;
  /** A streamed answer. */
  result?: StreamResult;
  /** A plain answer. */
  response?: ChatCompletion;
  /** Why the call failed, when it did. */
  error?: CallError;
  /** Its price. */
  cost?: CostResult;
  /** When the request was sent. Epoch seconds with a fraction. */
  startTime: number;
  /** When the answer was whole. Epoch seconds with a fraction. */
  endTime: number;
  /** The provider, e.g. "openai". */
  provider: string;
  /** Address of the provider. */
  apiBase: string;
  context?: CallContext;
  /** The tries at the call, when there were several; this call alone by default. */
  attempts?: Attempt[];
  /** LiteLLM's name of what was called; "acompletion" by default. */
  callType?: string;
};

/** A failure in the words of the client that met it. */
export type CallError = {
  message: string;
  /** HTTP status or the provider's code, as text. */
  code?: string;
  /** Class of the exception. */
  class?: string;
};

/** For whom and in what connection a call was made. */
export type CallContext = {
  traceId?: string;
  sessionId?: string;
  userId?: string;
  tags?: string[];
  metadata?: Record<string, unknown>;
  /** SHA-256 of the caller's key; never the key. */
  key?: string;
  team?: string;
  /** W3C trace context. */
  traceparent?: string;
  /** What the call is for, e.g. "chat". */
  name?: string;
};
