import { isNumbered, type Counts, type Members } from "./counts.js";
import type { UsageHints } from "./hints.js";

/** Decides by arithmetic whether cache and reasoning are inside `prompt_tokens` and `completion_tokens`. */
export function include(result: Counts, usage: Members, { provider, compat }: UsageHints): void {
  const { prompt, completion, reasoning, total } = result;
  const cached = result.read + result.written;
  const rest = total === null ? undefined : total - prompt - completion;
  const isOnTop =
    provider === "perplexity" || (provider === "xai" && (compat !== undefined || rest === undefined));
  const isBoth = reasoning > 0 && cached > 0 && rest === reasoning + cached;
  const isReasoningOutside = reasoning > 0 && (isOnTop || isBoth || rest === reasoning);
  // Anthropic's names in the chat shape, and more in the cache than in the prompt: it cannot be inside.
  const isImpossible = hasFlatCache(usage) && cached > prompt;
  const isCacheOutside =
    cached > 0 && (isBoth || (rest === cached && rest !== reasoning) || (isImpossible && rest !== 0));

  if (isReasoningOutside) result.completion += reasoning;
  if (isCacheOutside) result.prompt += cached;
  let thought =
    reasoning === 0 ? "" : `reasoning ${isReasoningOutside ? "outside" : "inside"} completion_tokens`;
  // Gemini behind a chat API: the total counts thinking that no other member shows, and it is billed.
  const hasDetails = isNumbered(usage.completion_tokens_details, usage.reasoning_tokens);
  if (
    rest !== undefined &&
    rest > 0 &&
    compat === undefined &&
    // Without a count of the prompt, the rest is the prompt's.
    isNumbered(usage.prompt_tokens) &&
    !hasDetails &&
    !isCacheOutside &&
    !hasFlatCache(usage)
  ) {
    result.reasoning = rest;
    result.completion += rest;
    result.note = `${rest} tokens that only total_tokens shows are charged as reasoning`;
    thought = "reasoning only in total_tokens";
  }
  const cache = cached === 0 ? "" : `cache ${isCacheOutside ? "outside" : "inside"} prompt_tokens`;
  const isProven = total !== null && total === result.prompt + result.completion && !result.note && !isOnTop;
  if (cache || thought)
    result.inclusion = `${cache}${cache && thought ? "; " : ""}${thought}${isProven ? ", by total_tokens" : ""}`;
}

/** Whether there are Anthropic's names of cache counts. */
export function hasFlatCache(usage: Members): boolean {
  return isNumbered(usage.cache_read_input_tokens, usage.cache_creation_input_tokens);
}
