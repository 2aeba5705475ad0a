import { countOf, membersOf, type Members } from "./members.js";

/** Token counts as the conventions have them: the input holds the cache, the output the reasoning. */
export type Usage = {
  input?: number | undefined;
  output?: number | undefined;
  cacheRead?: number | undefined;
  cacheWrite?: number | undefined;
  reasoning?: number | undefined;
};

/** The tokens of a call; what is unknown is absent, and a part of what is unknown too. */
export function usageOf(payload: Members, waybill: Members, response: Members): Usage {
  const ours = membersOf(waybill.usage);
  if (ours.input && ours.output) return fromOurs(membersOf(ours.input), membersOf(ours.output));
  const [input, output, total] = [payload.prompt_tokens, payload.completion_tokens, payload.total_tokens].map(
    countOf,
  );
  // LiteLLM writes zeros for what it does not know.
  if (waybill.usageSource === "missing" || !(input || output || total)) return {};
  const raw = [response, membersOf(payload.metadata), membersOf(payload.hidden_params)]
    .map(({ usage, usage_object }) => membersOf(usage ?? usage_object))
    .find((usage) => Object.keys(usage).length > 0);
  return fromLitellm(input, output, total, raw ?? {});
}

function fromOurs(input: Members, output: Members): Usage {
  const [asked, said] = [sum(Object.values(input)), sum(Object.values(output))];
  return {
    ...(asked === undefined
      ? {}
      : {
          input: asked,
          cacheRead: countOf(input.cacheRead),
          cacheWrite: sum([input.cacheWrite5m, input.cacheWrite1h]),
        }),
    ...(said === undefined ? {} : { output: said, reasoning: countOf(output.reasoning) }),
  };
}

/** The sum of disjoint counts; undefined when one of them is none, or there are none. */
function sum(counts: readonly unknown[]): number | undefined {
  const total = counts.reduce<number>((before, count) => before + (countOf(count) ?? NaN), 0);
  return counts.length > 0 ? countOf(total) : undefined;
}

/**
 * Anthropic counts the cache, and xAI the reasoning, beside the rest: that shows in the total, or in a part that is more
 * than the whole.
 */
function fromLitellm(
  input: number | undefined,
  output: number | undefined,
  total: number | undefined,
  raw: Members,
): Usage {
  const prompt = membersOf(raw.prompt_tokens_details ?? raw.input_tokens_details);
  const completion = membersOf(raw.completion_tokens_details ?? raw.output_tokens_details);
  const cacheRead = countOf(
    raw.cache_read_input_tokens ?? prompt.cached_tokens ?? raw.prompt_cache_hit_tokens,
  );
  const cacheWrite = countOf(raw.cache_creation_input_tokens ?? prompt.cache_creation_tokens);
  const reasoning = countOf(completion.reasoning_tokens);
  const cached = (cacheRead ?? 0) + (cacheWrite ?? 0);
  const thought = reasoning ?? 0;
  const rest = (total ?? NaN) - (input ?? NaN) - (output ?? NaN);
  const isBoth = rest === cached + thought;
  return {
    ...(input === undefined
      ? {}
      : {
          input: input + (isBoth || (rest === cached && rest !== thought) || cached > input ? cached : 0),
          cacheRead,
          cacheWrite,
        }),
    ...(output === undefined
      ? {}
      : { output: output + (isBoth || rest === thought || thought > output ? thought : 0), reasoning }),
  };
}
