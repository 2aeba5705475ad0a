import type { Usage } from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";

import type { StreamContext } from "./stream-context.js";

/** Notes what is odd about the usage of a whole stream: counts that are none, and totals that do not add up. */
export function noteUsage(usage: Usage, context: StreamContext): void {
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = usage;
  if (prompt === undefined && completion === undefined) return;
  for (const count of [prompt, completion, total]) {
    if (count === undefined || count === null || isCount(count)) continue;
    context.note("U15", `${typeof count === "object" ? "an object" : wordsOf(count)} is no count of tokens`);
    return;
  }
  if (total === undefined || total === null) {
    context.note("U15", "the usage has no total_tokens");
    return;
  }
  const rest = countOf(total) - countOf(prompt) - countOf(completion);
  if (rest === 0) return;
  const reasoning = countOf(usage.completion_tokens_details?.reasoning_tokens);
  const isReasoning = rest > 0 && (reasoning === 0 || rest === reasoning);
  if (isReasoning)
    context.note("U7", `total_tokens is ${rest} more than prompt and completion: reasoning counted apart`);
  else
    context.note(
      "U15",
      `total_tokens is ${total}, and prompt and completion are ${prompt} and ${completion}`,
    );
}

/** A count, of which something else is none: Number() would ask an object what it is worth. */
function countOf(value: unknown): number {
  return typeof value === "number" || typeof value === "string" ? Number(value) : 0;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
