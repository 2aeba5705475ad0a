/*
 * The names under which a model may stand in a catalog, in the order in which LiteLLM tries them (cost-engine rule 2.8).
 */

/** By which rule a name led to a model. */
export type MatchRule =
  | "override"
  | "exact"
  | "provider-prefix"
  | "region"
  | "path"
  | "version"
  | "fine-tuned"
  | "case"
  | "alias"
  | "family"
  | "size-class"
  | "local";

/** A name to look up, and the rule that made it. */
export type Candidate = { key: string; rule: MatchRule };

/** Other names of providers: those of OpenTelemetry's `gen_ai.provider.name` and of model prefixes. */
const synonyms: Readonly<Record<string, string>> = {
  aws: "bedrock",
  "aws.bedrock": "bedrock",
  azure_openai: "azure",
  "azure.ai.openai": "azure",
  "azure.ai.inference": "azure_ai",
  "gcp.gemini": "gemini",
  "gcp.gen_ai": "gemini",
  "gcp.vertex_ai": "vertex_ai",
  google: "gemini",
  mistral_ai: "mistral",
  mistralai: "mistral",
  moonshotai: "moonshot",
  together: "together_ai",
  "x-ai": "xai",
  x_ai: "xai",
};

/** The shard that holds a provider's models: LiteLLM splits some providers into several (`vertex_ai-llama_models`). */
export function shardOf(provider: string): string {
  const known = shards.get(provider);
  if (known !== undefined) return known;
  const shard = readShardOf(provider.toLowerCase());
  if (shards.size < MAX_PROVIDERS) shards.set(provider, shard);
  return shard;
}

/** Answers are remembered, because every call asks; up to so many, because providers are input. */
const MAX_PROVIDERS = 1000;
const shards = new Map<string, string>();

function readShardOf(name: string): string {
  if (Object.hasOwn(synonyms, name)) return synonyms[name] as string;
  const family = /^(?:vertex_ai|bedrock|fireworks_ai)(?=[-_])/.exec(name)?.[0];
  if (family) return family;
  if (name === "cohere_chat") return "cohere";
  if (name === "azure_text") return "azure";
  return name.replace(/^text-completion-/, "");
}

const numbering = new Set(["vertex_ai", "gemini", "databricks"]);

/** The provider that a name says before its first slash, or by a path of Vertex. */
export function prefixOf(name: string): string | undefined {
  return /^(?:projects|publishers)\//.test(name) ? "vertex_ai" : headOf(name);
}

function headOf(name: string): string | undefined {
  const slash = name.indexOf("/");
  return slash > 0 ? shardOf(name.slice(0, slash)) : undefined;
}

/** Whether a model of `own` may price a call to `wanted`. LiteLLM matches these loosely. */
export function isProvider(own: string, wanted: string): boolean {
  if (own === wanted || wanted === "github" || wanted === "litellm_proxy") return true;
  return wanted === "azure_ai" && (own === "azure" || own === "openai");
}

/** Every name to try, most exact first. */
export function candidatesOf(
  name: string,
  provider: string | undefined,
  region?: string,
  /** The provider as the caller names it, where its models are listed under another's. */
  given?: string,
): Candidate[] {
  const list: Candidate[] = [];
  const put = (key: string, rule: MatchRule) => {
    if (key !== "" && !list.some((each) => each.key === key)) list.push({ key, rule });
  };
  // "openai/openai/gpt-5": a router put its prefix before a prefixed name.
  const single = name.replace(/^([^/]+\/)\1+/, "$1");
  const prefix = headOf(single);
  const bare = provider !== undefined && prefix === provider ? single.slice(single.indexOf("/") + 1) : single;
  if (provider !== undefined && region !== undefined) put(`${provider}/${region}/${bare}`, "region");
  if (given !== undefined && given !== provider) put(`${given}/${bare}`, "exact");
  // A name that begins with its provider is whole: "perplexity/sonar" is not "perplexity/perplexity/sonar".
  if (provider !== undefined && prefix !== provider) put(`${provider}/${single}`, "exact");
  put(name, "exact");
  if (provider !== undefined) put(`${provider}/${bare}`, "provider-prefix");
  put(single, "provider-prefix");
  put(bare, "provider-prefix");
  for (const { key, rule } of strippedNames(bare, provider)) {
    if (provider !== undefined) put(`${provider}/${key}`, rule);
    put(key, rule);
  }
  if (provider !== undefined && bare.includes("/")) put(bare.slice(bare.indexOf("/") + 1), "provider-prefix");
  return list;
}

/** A name without what a provider adds to it: routes, ARNs, regions, resource paths, versions, fine-tuning suffixes. */
function strippedNames(name: string, provider: string | undefined): Candidate[] {
  const list: Candidate[] = [];
  const arn = /^arn:aws[\w-]*:bedrock:([\w-]*):\d*:[\w-]+\/(.+)$/.exec(name);
  const [, region, resource = ""] = arn ?? [];
  if (region) list.push({ key: `${region}/${resource}`, rule: "region" });
  let rest = arn ? resource : name.replace(/^bedrock\//, "").replace(/^(?:converse|invoke)\//, "");
  if (rest !== name) list.push({ key: rest, rule: "path" });
  // Before a vendor, as in "us.anthropic.claude-3": another name may begin so, too.
  const regional = rest.replace(
    /^(?:us-gov|us|eu|apac|global|jp|au|ca)\.(?=[a-z0-9]+\.)|^[a-z]{2}(?:-gov)?-[a-z]+-\d\//,
    "",
  );
  if (regional !== rest) list.push({ key: (rest = regional), rule: "region" });
  const isGoogle = /^(?:models|projects|publishers)\//.test(rest);
  const path = isGoogle ? rest.slice(rest.lastIndexOf("models/") + "models/".length) : "";
  if (path) list.push({ key: (rest = path), rule: "path" });
  const base = /^(ft:[^:]+):.*$/.exec(rest)?.[1];
  if (base) list.push({ key: base, rule: "fine-tuned" });
  // Google and Databricks number their models: gemini-1.5-pro-001. Others give dates, which are not stripped.
  const isNumbered = provider === undefined ? rest.startsWith("gemini-") : numbering.has(provider);
  const version = isNumbered ? /^(.+?)(?:-\d+|@default|@latest)$/.exec(rest)?.[1] : undefined;
  if (version) list.push({ key: version, rule: "version" });
  return list;
}

/** A name without the date of its snapshot: what a caller may allow to stand for it. */
export function familyOf(name: string): string | undefined {
  return /^(.+?)[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4})(?:-v\d+(?::\d+)?)?$/.exec(name)?.[1];
}

/** Fireworks prices models that are not listed by their size: "llama-v3-8b", "mixtral-8x7b". */
export function sizeClassOf(name: string): string | undefined {
  const experts = /(\d{1,4})x(\d{1,4})b/.exec(name);
  if (experts) {
    const size = Number(experts[1]) * Number(experts[2]);
    return size <= 56 ? "fireworks-ai-moe-up-to-56b" : size <= 176 ? "fireworks-ai-56b-to-176b" : undefined;
  }
  const billions = /(?:^|[-_/])(\d{1,4}(?:[.p]\d{1,4})?)b/.exec(name)?.[1]?.replace("p", ".");
  if (billions === undefined) return undefined;
  const size = Number(billions);
  return size <= 4
    ? "fireworks-ai-up-to-4b"
    : size <= 16
      ? "fireworks-ai-4.1b-to-16b"
      : "fireworks-ai-above-16b";
}
