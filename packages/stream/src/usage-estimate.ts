import type { ChatCompletionEmit, Usage, UsageSource } from "@waybill/core";

/** Counts that somebody else worked out. */
export type Estimate = Pick<Usage, "prompt_tokens" | "completion_tokens">;

/**
 * The usage of a completion and where it comes from. An estimate fills in the main counts that the provider did not send;
 * what the provider did send stays, zeros included.
 */
export function completeUsage(
  completion: ChatCompletionEmit,
  estimate: ((completion: ChatCompletionEmit) => Estimate) | undefined,
): { usage: Usage | null; usageSource: UsageSource } {
  const usage: Usage | null = completion.usage ?? null;
  const hasPrompt = isKnown(usage?.prompt_tokens ?? usage?.input_tokens);
  const hasCompletion = isKnown(usage?.completion_tokens ?? usage?.output_tokens);
  if (!estimate || (hasPrompt && hasCompletion))
    return { usage, usageSource: usage ? "provider" : "missing" };
  const { prompt_tokens: prompt, completion_tokens: completed } = estimate(completion);
  const filled: Usage = {
    ...usage,
    ...(hasPrompt || !isCount(prompt) ? {} : { prompt_tokens: prompt }),
    ...(hasCompletion || !isCount(completed) ? {} : { completion_tokens: completed }),
  };
  const isFilled = (!hasPrompt && isCount(prompt)) || (!hasCompletion && isCount(completed));
  if (!isFilled) throw new TypeError("it gave no count that was missing");
  if (!isKnown(usage?.total_tokens) && isKnown(filled.prompt_tokens) && isKnown(filled.completion_tokens))
    filled.total_tokens = Number(filled.prompt_tokens) + Number(filled.completion_tokens);
  return { usage: filled, usageSource: usage ? "mixed" : "estimated" };
}

function isKnown(count: unknown): boolean {
  return count !== undefined && count !== null;
}

function isCount(count: unknown): boolean {
  return Number.isFinite(count) && (count as number) >= 0;
}
