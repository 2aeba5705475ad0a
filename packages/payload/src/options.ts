/** How a payload is written. */
export type BuildOptions = {
  /** Write what LiteLLM writes for what is unknown: 0 for counts and costs, endTime for the first token. */
  compat?: "litellm" | undefined;
  /** Makes ids for calls and traces that have none; `crypto.randomUUID` by default. */
  newId?: (() => string) | undefined;
  /**
   * What names a record: the id of the answer, or the id of the call (`context.callId`, else a new one), which is known
   * before there is an answer, and is another for every call, whatever ids the provider gives. "answer" by default.
   */
  idFrom?: "answer" | "call" | undefined;
  /** Epoch milliseconds, for a call without a time of its own; `Date.now` by default. */
  now?: (() => number) | undefined;
  /** Let the session's id stand for a trace id that is not given, and the trace's for the session's. */
  fillIds?: boolean | undefined;
};
