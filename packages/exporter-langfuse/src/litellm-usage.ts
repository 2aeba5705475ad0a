import type { StandardLoggingPayload } from "@waybill/core";

import { amountOf, countOf, membersOf, withoutUndefined, type Members } from "./members.js";

/**
 * What LiteLLM wrote as `usageDetails`: nothing ("none", until early 2025), four keys ("without-total", from spring 2025),
 * five ("inclusive", from autumn 2025), or five where the input leaves out what was read from the cache ("disjoint", from
 * November 2025). What was written to the cache is counted twice in all of them.
 */
export type UsageForm = "none" | "without-total" | "inclusive" | "disjoint";

/** LiteLLM's `usage` and `usageDetails`; empty when the response has no usage. */
export function litellmUsage(payload: StandardLoggingPayload, form: UsageForm): Members {
  const [input, output, total] = [payload.prompt_tokens, payload.completion_tokens, payload.total_tokens].map(
    countOf,
  );
  const raw = membersOf(
    membersOf(payload.response).usage ?? membersOf(payload.hidden_params).usage_object ?? undefined,
  );
  // LiteLLM's payloads have zeros where nothing is known.
  if (input === undefined || output === undefined || (input + output === 0 && Object.keys(raw).length === 0))
    return {};
  const usage = withoutUndefined({
    input,
    output,
    unit: "TOKENS",
    totalCost: amountOf(payload.response_cost),
  });
  if (form === "none") return { usage };
  const read = readTokens(raw);
  const details = {
    input: form === "disjoint" ? Math.max(0, input - read) : input,
    output,
    ...(form === "without-total" ? {} : { total: total ?? input + output }),
    cache_creation_input_tokens: countOf(raw.cache_creation_input_tokens) ?? 0,
    cache_read_input_tokens: read,
  };
  return { usage, usageDetails: details };
}

function readTokens(raw: Members): number {
  const { cached_tokens: cached } = membersOf(raw.prompt_tokens_details);
  return countOf(raw.cache_read_input_tokens) || countOf(cached) || 0;
}
