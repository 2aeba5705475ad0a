/*
 * Which shard holds a model: LiteLLM's `litellm_provider`, with the many names of one vendor's services as one.
 */

const families: readonly [pattern: RegExp, shard: string][] = [
  [/^vertex_ai(?:-.*)?$/, "vertex_ai"],
  [/^bedrock(?:_.*)?$/, "bedrock"],
  [/^fireworks_ai(?:-.*)?$/, "fireworks_ai"],
  [/^cohere_chat$/, "cohere"],
  [/^azure_text$/, "azure"],
];

/** The shard of a `litellm_provider`. */
export function shardOf(provider: string): string {
  const found = families.find(([pattern]) => pattern.test(provider));
  return found ? found[1] : provider.replace(/^text-completion-/, "");
}

/** Shards that are searched first, because their models are what most calls are made to. */
const wellKnown = [
  "openai",
  "anthropic",
  "gemini",
  "vertex_ai",
  "azure",
  "bedrock",
  "mistral",
  "xai",
  "deepseek",
  "groq",
  "cohere",
  "azure_ai",
  "openrouter",
  "together_ai",
  "fireworks_ai",
  "perplexity",
];

/** The shards in the order in which they are searched: the well-known ones, the others by name, the history. */
export function inOrder(ids: readonly string[]): string[] {
  const known = wellKnown.filter((id) => ids.includes(id));
  const others = ids.filter((id) => id !== "history" && !known.includes(id)).toSorted();
  return [...known, ...others, ...ids.filter((id) => id === "history")];
}

/** A model's name without the part that says who serves it: "xai/grok-4" is "grok-4". */
export function bareName(key: string, shard: string, provider: string | undefined): string {
  for (const prefix of [provider, shard]) {
    if (prefix !== undefined && key.startsWith(`${prefix}/`)) return key.slice(prefix.length + 1);
  }
  return key;
}
