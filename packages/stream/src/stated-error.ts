import type { StreamError } from "@waybill/core";

import { isObject, jsonText, type Members } from "./members.js";

/** An error on a stream, and the quirk that says where it stood. */
export type StatedError = { code: string; error: StreamError };

/** Errors are short; of a longer one the beginning is kept. */
const MAX_RAW = 64 * 1024;

/** Finds the error in what a provider sent, wherever it stands (quirks E1 to E5). */
export function findError(value: Members, choices: readonly unknown[]): StatedError | undefined {
  const { error, x_groq: groq } = value;
  for (const choice of choices) {
    if (!isObject(choice)) continue;
    const inner = choice.error;
    if (inner !== undefined && isSaid(inner)) return stated("E3", inner);
    if (choice.finish_reason === "error")
      return stated("E3", isSaid(error) ? error : "the finish reason is error");
  }
  if (error !== undefined && isSaid(error)) {
    if (choices.length > 0) return stated("E3", error);
    if (Array.isArray(value.choices)) return stated("E2", error);
    return stated(typeof error === "string" || value.success === false ? "E5" : "E1", error);
  }
  if (isObject(groq) && isSaid(groq.error)) return stated("E3", groq.error);
  if (value.object === "error") return stated("E4", value);
  const isDetail = value.choices === undefined && value.id === undefined && isSaid(value.detail);
  return isDetail ? stated("E5", value.detail) : undefined;
}

/** An error as providers write it: a string, an object with a message, or an object around such an object. */
export function toStreamError(value: unknown): StreamError {
  const written = typeof value === "string" ? value : jsonText(value);
  const text = written ?? "an error that cannot be written as JSON";
  // What is kept is what can be written again: an error may be as large and as deep as it likes.
  const raw = written !== undefined && written.length <= MAX_RAW ? value : text.slice(0, MAX_RAW);
  let inner = value;
  for (let level = 0; level < 3 && isObject(inner) && inner.error; level++) inner = inner.error;
  if (!isObject(inner)) return { message: typeof inner === "string" ? inner : text.slice(0, 500), raw };
  const { message, code, type } = inner;
  return {
    message: typeof message === "string" ? message : text.slice(0, 500),
    ...(typeof code === "string" || typeof code === "number" ? { code: String(code) } : {}),
    ...(typeof type === "string" ? { type } : {}),
    raw,
  };
}

function stated(code: string, error: unknown): StatedError {
  return { code, error: toStreamError(error) };
}

/** Whether an `error` member says anything: null, false, "" and {} do not. */
function isSaid(error: unknown): boolean {
  if (isObject(error)) return Object.keys(error).length > 0;
  return Boolean(error);
}
