/** A call with the price of its model, as all contenders are given it. */
export type Call = {
  model: string;
  provider: "openai" | "anthropic";
  prompt: number;
  cached: number;
  completion: number;
  reasoning: number;
  /** USD per token, in units of 10^-12: all of these prices are whole numbers of them. */
  rates: { input: number; cached: number; output: number };
  /** The usage as an OpenAI-compatible gateway sends it. */
  usage: object;
};

/*
 * Five models that every contender knows by these names, at the prices of LiteLLM's map of 2026-08-01. They have had them
 * since before 2025-12-01.
 */
export const calls: readonly Call[] = [
  call("gpt-4o", "openai", [2006, 1920, 300, 0], [2_500_000, 1_250_000, 10_000_000]),
  call("gpt-4o-mini", "openai", [1187, 1024, 212, 0], [150_000, 75_000, 600_000]),
  call("o3-mini", "openai", [700, 512, 1090, 960], [1_100_000, 550_000, 4_400_000]),
  call("gpt-4.1", "openai", [12_307, 10_240, 550, 0], [2_000_000, 500_000, 8_000_000]),
  call("claude-sonnet-4-20250514", "anthropic", [5100, 4096, 70, 0], [3_000_000, 300_000, 15_000_000]),
];

/** A moment at which the prices were those of today. */
export const past = new Date("2025-12-01T00:00:00Z");

/** A name that nobody knows. */
export const unknownModel = "acme-9b-unheard-of";

/** What a call costs in USD, by integer arithmetic. */
export function expectedCost({ prompt, cached, completion, rates }: Call): number {
  const units = (prompt - cached) * rates.input + cached * rates.cached + completion * rates.output;
  return Number(`${units}e-12`);
}

function call(
  model: string,
  provider: Call["provider"],
  [prompt, cached, completion, reasoning]: [number, number, number, number],
  [input, cachedRate, output]: [number, number, number],
): Call {
  const usage = {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
  const rates = { input, cached: cachedRate, output };
  return { model, provider, prompt, cached, completion, reasoning, rates, usage };
}
