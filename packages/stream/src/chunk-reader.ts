import type { ChatCompletionChunk, Diagnostic, StreamError } from "@waybill/core";
import { isChatCompletionChunk } from "@waybill/core/chat-completion-chunk";

import { jsonText } from "./json-text.js";
import type { SseEvent } from "./sse-decoder.js";

/** What one event of a chat stream says. */
export type Reading =
  | { kind: "chunk"; chunk: ChatCompletionChunk }
  | { kind: "done" }
  /** An error may come beside what a chunk says (quirks E2 and E3). */
  | { kind: "error"; error: StreamError; chunk?: ChatCompletionChunk }
  | { kind: "odd"; diagnostic: Pick<Diagnostic, "code" | "message"> };

/** Reads the data of an event as a chunk, the `[DONE]` sentinel or an error. */
export function readEvent({ event, data }: SseEvent): Reading {
  const text = data.trim();
  if (text === "[DONE]") return { kind: "done" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    if (event === "error") return { kind: "error", error: { message: text, raw: text } };
    return odd("T10", `not JSON, or cut off: ${text.slice(0, 80)}`);
  }
  if (event === "error") return { kind: "error", error: toStreamError(value) };
  return readChunk(value);
}

/** Reads a parsed chunk. */
export function readChunk(value: unknown): Reading {
  if (!isChatCompletionChunk(value)) {
    // An error in a shape of its own is still an error.
    const stated = isObject(value)
      ? (value.error ?? (value.object === "error" ? value : undefined))
      : undefined;
    if (stated !== undefined && stated !== null) return { kind: "error", error: toStreamError(stated) };
    return odd("not-a-chunk", "not a chat completion chunk; passed over");
  }
  const chunk = withDeltas(value);
  if (!chunk) return odd("not-a-chunk", "a whole message that is none; passed over");
  const stated =
    value.error ?? value.choices?.map((choice) => choice.error).find((error) => error) ?? flatError(value);
  if (stated === undefined || stated === null) return { kind: "chunk", chunk };
  const saysMore = value.choices?.length || value.usage;
  return { kind: "error", error: toStreamError(stated), ...(saysMore ? { chunk } : {}) };
}

/** A whole answer is a chunk whose messages are deltas that say everything at once. */
function withDeltas(chunk: ChatCompletionChunk): ChatCompletionChunk | undefined {
  if (!chunk.choices?.some((choice) => choice.message && !choice.delta)) return chunk;
  const choices = chunk.choices.map((choice) => ({ ...choice, delta: choice.delta ?? choice.message }));
  const whole: unknown = { ...chunk, choices };
  return isChatCompletionChunk(whole) ? whole : undefined;
}

/** Older vLLM and Mistral write an error flat, as an object that says it is one (quirk E4). */
function flatError(chunk: ChatCompletionChunk): unknown {
  return chunk.object === "error" ? chunk : undefined;
}

function odd(code: string, message: string): Reading {
  return { kind: "odd", diagnostic: { code, message } };
}

/** An error as providers write it: a string, an object with a message, or an object around such an object. */
function toStreamError(value: unknown): StreamError {
  const written = typeof value === "string" ? value : jsonText(value);
  const text = written ?? "an error that cannot be written as JSON";
  // What is kept is what can be written again: an error may be as large and as deep as it likes.
  const raw = written !== undefined && written.length <= MAX_RAW ? value : text.slice(0, MAX_RAW);
  let stated = value;
  for (let level = 0; level < 3 && isObject(stated) && stated.error; level++) stated = stated.error;
  if (!isObject(stated)) return { message: typeof stated === "string" ? stated : text.slice(0, 500), raw };
  const { message, code, type } = stated;
  return {
    message: typeof message === "string" ? message : text.slice(0, 500),
    ...(typeof code === "string" || typeof code === "number" ? { code: String(code) } : {}),
    ...(typeof type === "string" ? { type } : {}),
    raw,
  };
}

/** Errors are short; of a longer one the beginning is kept. */
const MAX_RAW = 64 * 1024;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
