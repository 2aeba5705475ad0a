import type { Usage } from "@waybill/core";

import type { StreamContext } from "./stream-context.js";

/** Notes what is odd about the usage of a whole stream: counts that are none, and totals that do not add up. */
export function noteUsage(usage: Usage, context: StreamContext): void {
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = usage;
  if (prompt === undefined && completion === undefined) return;
  for (const count of [prompt, completion, total]) {
    if (count === undefined || count === null || isCount(count)) continue;
    context.note("U15", `${JSON.stringify(count)} is no count of tokens`);
    return;
  }
  if (total === undefined || total === null) {
    context.note("U15", "the usage has no total_tokens");
    return;
  }
  const rest = Number(total) - Number(prompt ?? 0) - Number(completion ?? 0);
  if (rest === 0) return;
  const reasoning = Number(usage.completion_tokens_details?.reasoning_tokens ?? 0);
  const isReasoning = rest > 0 && (reasoning === 0 || rest === reasoning);
  if (isReasoning)
    context.note("U7", `total_tokens is ${rest} more than prompt and completion: reasoning counted apart`);
  else
    context.note(
      "U15",
      `total_tokens is ${total}, and prompt and completion are ${prompt} and ${completion}`,
    );
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
