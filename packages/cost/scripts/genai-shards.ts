/*
 * Which shards hold the models of a provider of genai-prices. The first one takes the models that LiteLLM lacks. Providers
 * that LiteLLM has no models of are not in the catalog: nobody could name one of their models to it.
 */

const shards: Readonly<Record<string, readonly string[]>> = {
  openai: ["openai"],
  anthropic: ["anthropic"],
  google: ["gemini", "vertex_ai"],
  azure: ["azure", "azure_ai"],
  aws: ["bedrock"],
  mistral: ["mistral"],
  "x-ai": ["xai"],
  deepseek: ["deepseek"],
  groq: ["groq"],
  cohere: ["cohere"],
  cerebras: ["cerebras"],
  fireworks: ["fireworks_ai"],
  minimax: ["minimax"],
  moonshotai: ["moonshot"],
  novita: ["novita"],
  openrouter: ["openrouter"],
  ovhcloud: ["ovhcloud"],
  perplexity: ["perplexity"],
  together: ["together_ai"],
  voyageai: ["voyage"],
  zai: ["zai"],
};

/** The shards of a provider of genai-prices; none when LiteLLM does not know it. */
export function shardsOfGenai(provider: string): readonly string[] {
  return Object.hasOwn(shards, provider) ? (shards[provider] ?? []) : [];
}

/** Shards whose keys are the providers' own names, without a part in front. */
const bare = new Set(["openai", "anthropic", "bedrock", "cohere"]);

/**
 * The key that LiteLLM would give to a model, and its shard; undefined for a name that says nothing in this catalog,
 * such as a bare `claude-opus-5` on Bedrock, which is Anthropic's.
 */
export function placeFor(provider: string, name: string): { key: string; shard: string } | undefined {
  const [first] = shardsOfGenai(provider);
  if (first === undefined || name.startsWith(`${provider}/`)) return undefined;
  // "regional." is a word of genai-prices for several of Bedrock's names.
  if (first === "bedrock" && name.startsWith("regional.")) return undefined;
  if (first === "bedrock" && !/^[a-z0-9-]*[a-z][a-z0-9-]*\.[a-z]/.test(name)) return undefined;
  const shard = first === "gemini" && /^claude|-maas$/.test(name) ? "vertex_ai" : first;
  const alreadyPlaced = name.startsWith(`${shard}/`) || name.startsWith(`${shard}:`);
  if (alreadyPlaced) return undefined;
  return { key: bare.has(shard) ? name : `${shard}/${name}`, shard };
}
