import type { TokenUsage } from "@waybill/core";

import { countOf, type Members } from "./members.js";

/** The three counters of a payload; null is what the provider did not say. */
export type Counts = { prompt: number | null; completion: number | null; total: number | null };

/**
 * The counters, copied from usage in OpenAI's names, else translated: from the counts that the price was made of, which
 * know every provider's names, or from the Responses API's and Anthropic's names.
 */
export function countsOf(usage: Members, charged: TokenUsage | null): Counts {
  if (isAnyCount(usage.prompt_tokens, usage.completion_tokens)) return copied(usage);
  if (charged) return sums(charged);
  return translated(usage);
}

function isAnyCount(...values: unknown[]): boolean {
  return values.some((value) => countOf(value) !== null);
}

function copied(usage: Members): Counts {
  const [prompt, completion, total] = [usage.prompt_tokens, usage.completion_tokens, usage.total_tokens].map(
    countOf,
  ) as [number | null, number | null, number | null];
  // Embeddings have no completion, and their total says so.
  const isAllPrompt = completion === null && prompt !== null && total === prompt;
  return { prompt, completion: isAllPrompt ? 0 : completion, total };
}

/** A side that sums up to nothing is nothing only when the provider's total says so; else nobody counted it. */
function sums({ input, output, total }: TokenUsage): Counts {
  const sum = (side: Record<string, number | undefined>) =>
    Object.values(side).reduce<number>((whole, part) => whole + (part ?? 0), 0);
  const [made, asked] = [sum(output), sum(input)];
  const isWhole = total !== null && total === made + asked;
  return {
    prompt: asked > 0 || isWhole ? asked : null,
    completion: made > 0 || isWhole ? made : null,
    total: total ?? (made > 0 && asked > 0 ? made + asked : null),
  };
}

/** Anthropic counts what it took from its cache and put there beside the input. */
function translated(usage: Members): Counts {
  const cached = [usage.cache_read_input_tokens, usage.cache_creation_input_tokens].map(
    (value) => countOf(value) ?? 0,
  );
  const input = countOf(usage.input_tokens);
  const prompt = input === null ? null : cached.reduce((sum, each) => sum + each, input);
  const completion = countOf(usage.output_tokens);
  const total = countOf(usage.total_tokens);
  return {
    prompt,
    completion,
    total: total ?? (prompt !== null && completion !== null ? prompt + completion : null),
  };
}
