import type { StreamResult } from "@waybill/core";
import type { CallError } from "@waybill/payload";

import type { Progress } from "../live-call.js";

/** What an answer was, when it is over. One of `result`, `response` and `error` at least. */
export type Answer = {
  /** A streamed answer. */
  result?: StreamResult | undefined;
  /** A plain one. */
  response?: object | string | undefined;
  /** Why there is none. */
  error?: CallError | undefined;
  /** Whether something of it is missing in the record, and why. */
  lacks?: string | undefined;
};

/** How the bytes of an answer ended; see `BodyWatcher`. */
export type AnswerEnd = "eof" | "abort" | "upstream";

/** Reads an answer while its caller does. Nothing that comes makes it throw. */
export type AnswerReader = {
  write: (piece: Uint8Array) => void;
  end: (reason: AnswerEnd, cause?: unknown) => Answer;
  progress: () => Progress;
};

/** When a call began, on a monotonic clock in milliseconds. */
export type Clocked = { now: () => number; startedAt: number };
