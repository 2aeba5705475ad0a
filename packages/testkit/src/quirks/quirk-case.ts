import type { StreamStatus } from "@waybill/core";

/** A tool call as it should come out; the input of a custom tool stands in `arguments`. */
export type ExpectedCall = { id: string; type: "function" | "custom"; name: string; arguments: string };

/** A choice as it should come out; a member that is absent is one that the completion has not. */
export type ExpectedChoice = {
  content: string | null;
  refusal?: string;
  reasoning_content?: string;
  finish_reason: string | null;
  native_finish_reason?: string;
  tool_calls?: readonly ExpectedCall[];
  function_call?: { name: string; arguments: string };
};

/** What a reader should make of a stream. */
export type QuirkExpectation = {
  status: StreamStatus;
  /** In the order of their index. */
  choices: readonly ExpectedChoice[];
  /** As the provider wrote it, merged; null when unknown. */
  usage: object | null;
  /** Where the quirk is about them. */
  model?: string;
  id?: string;
  /** The message of the error, where the stream says one. */
  error?: string;
  /** Codes of the diagnostics, each once, in the order of their text. None: the variety is legal. */
  diagnostics: readonly string[];
};

/** One stream with a deviation seen in the wild, and what should come out of it. */
export type QuirkCase = {
  /** What is odd about it; no two cases share a name. */
  name: string;
  /** Codes of the quirks that the stream shows, the one it is about first. */
  codes: readonly string[];
  /** Who sends it so. */
  seenAt: string;
  contentType: string;
  /** The body as it arrives, read by read. */
  reads: readonly Uint8Array<ArrayBuffer>[];
  /** Set where a real connection would stay open behind the last read: a reader must not wait for its end. */
  staysOpen?: true;
  expected: QuirkExpectation;
};
