import type { Diagnostic, StreamStatus, Timing, UsageSource } from "../schemas/accounting.js";
import type { ChatCompletionEmit } from "../schemas/chat-completion.js";
import type { Usage } from "../schemas/usage.js";

/** What ended a stream: the `[DONE]` sentinel, a finish reason, the end of the bytes, the reader, the sender, a limit. */
export type StreamEnd = "done" | "finish" | "eof" | "abort" | "upstream" | "limit";

/** An error that came inside a stream, or instead of it. */
export type StreamError = {
  message: string;
  /** The provider's code, as text. */
  code?: string;
  type?: string;
  /** The HTTP status, when the answer was an HTTP error. */
  status?: number;
  /** What the provider sent. */
  raw: unknown;
};

/** One stream, whole: what it said, how it ended, what it used, when things happened, and what was odd about it. */
export type StreamResult = {
  status: StreamStatus;
  endedBy: StreamEnd;
  /** Everything that came, also when the stream was cut or failed. */
  completion: ChatCompletionEmit;
  /** The provider's usage, merged over its chunks; null when none came, which is unknown and not zero. */
  usage: Usage | null;
  usageSource: UsageSource;
  /** What the provider called an error, or what the body broke off with. */
  error?: StreamError;
  diagnostics: Diagnostic[];
  timing: Timing;
};
