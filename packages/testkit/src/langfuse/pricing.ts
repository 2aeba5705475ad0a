/*
 * The server's own prices, for what comes without a cost. A small table: enough to see when it is used, and what it makes of
 * buckets that it has no price for.
 */

type Prices = Record<string, number>;

const gpt4o = {
  input: 2.5e-6,
  output: 1e-5,
  input_cached_tokens: 1.25e-6,
  input_cache_read: 1.25e-6,
};

const models: readonly (readonly [pattern: RegExp, prices: Prices, flex?: Prices])[] = [
  [/^(?:openai\/)?gpt-4o-mini/, { input: 1.5e-7, output: 6e-7, input_cached_tokens: 7.5e-8 }],
  [/^(?:openai\/)?gpt-4o/, gpt4o, { ...gpt4o, input: 1.25e-6, output: 5e-6 }],
  [/^(?:openai\/)?gpt-3\.5-turbo/, { input: 5e-7, output: 1.5e-6 }],
  [/^(?:openai\/)?o[13]/, { input: 2e-6, output: 8e-6, output_reasoning_tokens: 8e-6 }],
  [
    /^(?:anthropic\/)?claude/,
    {
      input: 3e-6,
      output: 1.5e-5,
      input_tokens: 3e-6,
      output_tokens: 1.5e-5,
      input_cached_tokens: 3e-7,
      cache_read_input_tokens: 3e-7,
      input_cache_creation: 3.75e-6,
      cache_creation_input_tokens: 3.75e-6,
    },
  ],
  [/^(?:openai\/)?text-embedding-ada-002/, { input: 1e-7 }],
];

/** The prices of a model by its name and the service tier among its parameters; undefined for one that is not known. */
export function pricesOf(model: string | undefined, parameters: Record<string, unknown>): Prices | undefined {
  const found = models.find(([pattern]) => model !== undefined && pattern.test(model));
  return parameters.service_tier === "flex" ? (found?.[2] ?? found?.[1]) : found?.[1];
}

/** What the server charges. A bucket without a price is free, and the total is not charged. */
export function priceUsage(usage: Record<string, number>, prices: Prices): Record<string, number> {
  const costs = Object.entries(usage)
    .filter(([name]) => name !== "total" && prices[name] !== undefined)
    .map(([name, count]) => [name, count * (prices[name] as number)] as const);
  if (costs.length === 0) return {};
  return { ...Object.fromEntries(costs), total: costs.reduce((sum, [, cost]) => sum + cost, 0) };
}

/** What the server counts in a text when nobody told it: about four characters make a token. */
export function tokensOf(text: string | undefined): number {
  return Math.ceil((text ?? "").length / 4);
}
