import { isObject, type Members } from "./members.js";

/**
 * Whether a value is an answer of Ollama's own API: `/api/chat` sends a `message`, `/api/generate` a `response`, each with
 * `done` (https://github.com/ollama/ollama/blob/main/docs/api.md).
 */
export function isOllama(value: Members): boolean {
  const hasText = isObject(value.message) || typeof value.response === "string";
  return hasText && typeof value.done === "boolean" && value.choices === undefined;
}

/** An answer of Ollama's own API as a chunk of a chat completion. Times are nanoseconds, and stay where they are. */
export function fromOllama(value: Members): Members {
  const { model, created_at, message, response, thinking, done, done_reason, ...rest } = value;
  const { prompt_eval_count: prompt, eval_count: completion, context: _context, ...extra } = rest;
  const { thinking: thought, ...said } = isObject(message) ? message : { content: response, thinking };
  const created = typeof created_at === "string" ? Math.floor(Date.parse(created_at) / 1000) : undefined;
  const hasCounts = typeof prompt === "number" || typeof completion === "number";
  return {
    model,
    // Recordings have the beginning of time.
    created: Number.isFinite(created) ? created : undefined,
    choices: [
      {
        index: 0,
        delta: { ...said, ...(thought ? { reasoning: thought } : {}) },
        finish_reason: done === true ? (done_reason ?? "stop") : null,
      },
    ],
    ...(hasCounts ? { usage: usageOf(prompt, completion) } : {}),
    ...extra,
  };
}

function usageOf(prompt: unknown, completion: unknown): Members {
  const total = Number(prompt ?? 0) + Number(completion ?? 0);
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total };
}
