import type { Api } from "./api.js";

/** LiteLLM's names of the providers by the hosts that they answer on; a name with a dot in front stands for all below it. */
const byHost: readonly (readonly [host: string, provider: string])[] = [
  ["api.openai.com", "openai"],
  [".openai.com", "openai"],
  [".openai.azure.com", "azure"],
  [".cognitiveservices.azure.com", "azure"],
  [".services.ai.azure.com", "azure_ai"],
  [".models.ai.azure.com", "azure_ai"],
  ["api.anthropic.com", "anthropic"],
  ["openrouter.ai", "openrouter"],
  ["api.groq.com", "groq"],
  ["api.mistral.ai", "mistral"],
  ["codestral.mistral.ai", "mistral"],
  ["api.deepseek.com", "deepseek"],
  ["api.x.ai", "xai"],
  ["api.together.xyz", "together_ai"],
  ["api.together.ai", "together_ai"],
  ["api.fireworks.ai", "fireworks_ai"],
  ["api.perplexity.ai", "perplexity"],
  ["api.cerebras.ai", "cerebras"],
  ["api.sambanova.ai", "sambanova"],
  ["api.deepinfra.com", "deepinfra"],
  ["api.novita.ai", "novita"],
  ["api.moonshot.ai", "moonshot"],
  ["api.cohere.ai", "cohere"],
  ["api.cohere.com", "cohere"],
  ["generativelanguage.googleapis.com", "gemini"],
  [".aiplatform.googleapis.com", "vertex_ai"],
  ["aiplatform.googleapis.com", "vertex_ai"],
  [".amazonaws.com", "bedrock"],
  ["dashscope.aliyuncs.com", "dashscope"],
  ["dashscope-intl.aliyuncs.com", "dashscope"],
  ["integrate.api.nvidia.com", "nvidia_nim"],
  ["api.hyperbolic.xyz", "hyperbolic"],
];

/** The provider behind an address; undefined where its host is nobody's that is known, such as a server of one's own. */
export function providerOf(url: URL): string | undefined {
  const { hostname } = url;
  return byHost.find(([host]) => (host.startsWith(".") ? hostname.endsWith(host) : hostname === host))?.[1];
}

/** What a record says when nobody knows better: the API that was spoken. */
export function spokenBy(api: Api): string {
  return api === "messages" ? "anthropic" : "openai";
}
