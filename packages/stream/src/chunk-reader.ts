import { fromGoogle, isGoogle } from "./google.js";
import { isObject, type Members } from "./members.js";
import { fromOllama, isOllama } from "./ollama.js";
import { findError, type StatedError } from "./stated-error.js";

/** What a value on a stream is. */
export type Reading =
  | {
      kind: "chunk";
      chunk: Members;
      choices: readonly unknown[];
      /** An error may come alone, or beside what a chunk says (quirks E2 and E3). */
      error: StatedError | undefined;
      /** Whether whole messages stand in place of deltas (quirk C4). */
      hasMessages: boolean;
      /** Whether it is of an API that has no ids. */
      isForeign: boolean;
    }
  | { kind: "odd"; code: string; message: string };

/** Members of which a chunk has at least one. */
const known = [
  "choices",
  "id",
  "object",
  "model",
  "created",
  "usage",
  "error",
  "detail",
  "timings",
  "x_groq",
];

const NONE: readonly unknown[] = [];

/** Reads a value as a chunk, in whatever dialect it is written. */
export function readChunk(value: unknown): Reading {
  if (!isObject(value)) {
    if (value === null || value === "")
      return { kind: "odd", code: "T13", message: "an event without content" };
    return { kind: "odd", code: "not-a-chunk", message: "a value that is no object; passed over" };
  }
  const foreign = isOllama(value) ? fromOllama(value) : isGoogle(value) ? fromGoogle(value) : undefined;
  const isForeign = foreign !== undefined;
  const chunk = foreign ?? value;
  const stated = chunk.choices;
  const choices = Array.isArray(stated) ? (stated as unknown[]) : NONE;
  const error = findError(chunk, choices);
  if (!error && stated === undefined && !known.some((name) => name in chunk)) return oddity(value);
  let hasMessages = false;
  for (const choice of choices) hasMessages ||= isMessage(choice);
  return {
    kind: "chunk",
    chunk,
    choices: hasMessages ? choices.map((choice) => withDelta(choice, chunk.object === WHOLE)) : choices,
    error,
    hasMessages,
    isForeign,
  };
}

function oddity(value: Members): Reading {
  const isPing = Object.keys(value).length === 0 || value.type === "ping";
  return isPing
    ? { kind: "odd", code: "T13", message: "an event without content" }
    : { kind: "odd", code: "not-a-chunk", message: "not a chat completion chunk; passed over" };
}

function isMessage(choice: unknown): boolean {
  return isObject(choice) && isObject(choice.message) && !hasMembers(choice.delta);
}

/** What an answer that is no stream calls itself. */
export const WHOLE = "chat.completion";

/**
 * A whole message is a delta that says everything at once.
 *
 * @param isWhole whether it is the whole answer, whose tool calls have their places, and no indexes.
 */
function withDelta(choice: unknown, isWhole: boolean): unknown {
  if (!isObject(choice) || !isObject(choice.message) || hasMembers(choice.delta)) return choice;
  const { tool_calls: calls } = choice.message;
  if (!Array.isArray(calls) || !isWhole) return { ...choice, delta: choice.message };
  const indexed = calls.map((call: unknown, index) => (isObject(call) ? { index, ...call } : call));
  const message = { ...choice.message, tool_calls: indexed };
  return { ...choice, message, delta: message };
}

function hasMembers(delta: unknown): boolean {
  return isObject(delta) && Object.keys(delta).length > 0;
}
