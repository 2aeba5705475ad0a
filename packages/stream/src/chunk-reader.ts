import type { ChatCompletionChunk, Diagnostic, StreamError } from "@waybill/core";
import { isChatCompletionChunk } from "@waybill/core/chat-completion-chunk";

import type { SseEvent } from "./sse-decoder.js";

/** What one event of a chat stream says. */
export type Reading =
  | { kind: "chunk"; chunk: ChatCompletionChunk }
  | { kind: "done" }
  | { kind: "error"; error: StreamError }
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
  if (!isChatCompletionChunk(value)) return odd("not-a-chunk", "not a chat completion chunk; passed over");
  if (value.error !== undefined && value.error !== null)
    return { kind: "error", error: toStreamError(value.error) };
  if (!value.choices?.some((choice) => choice.message && !choice.delta))
    return { kind: "chunk", chunk: value };
  // A whole answer: its messages are deltas that say everything at once.
  const choices = value.choices.map((choice) => ({ ...choice, delta: choice.delta ?? choice.message }));
  return readChunk({ ...value, choices });
}

function odd(code: string, message: string): Reading {
  return { kind: "odd", diagnostic: { code, message } };
}

/** An error as providers write it: a string, an object with a message, or an object around such an object. */
function toStreamError(raw: unknown): StreamError {
  if (typeof raw === "string") return { message: raw, raw };
  const members = (typeof raw === "object" && raw !== null ? raw : {}) as Record<string, unknown>;
  if (members.error !== undefined && members.error !== null) return { ...toStreamError(members.error), raw };
  const { message, code, type } = members;
  return {
    message: typeof message === "string" ? message : JSON.stringify(raw),
    ...(typeof code === "string" || typeof code === "number" ? { code: String(code) } : {}),
    ...(typeof type === "string" ? { type } : {}),
    raw,
  };
}
