/** What the conventions call what LiteLLM, or the host that was called, names otherwise; the first that fits. */
const providers = [
  ["text-completion-openai", "openai"],
  ["azure_ai", "azure.ai.inference"],
  ["azure", "azure.ai.openai"],
  ["vertex_ai", "gcp.vertex_ai"],
  ["gemini", "gcp.gemini"],
  ["googleapis", "gcp.gen_ai"],
  ["bedrock", "aws.bedrock"],
  ["amazonaws", "aws.bedrock"],
  ["sagemaker", "aws.sagemaker"],
  ["mistral", "mistral_ai"],
  ["codestral", "mistral_ai"],
  ["xai", "x_ai"],
  ["moonshot", "moonshot_ai"],
  ["watsonx", "ibm.watsonx.ai"],
  ["cohere", "cohere"],
] as const;

/** Hosts that are called like the provider. */
const known = /^(?:openai|anthropic|groq|deepseek|perplexity)$/;

/** The conventions' name of a provider; by the host of its address when the payload names none. */
export function providerOf(own: string | undefined, host = ""): string {
  const name = own?.toLowerCase() ?? host.split(".").at(-2) ?? "";
  for (const [each, found] of providers) if (name.startsWith(each)) return found;
  return own !== undefined || known.test(name) ? name : "unknown";
}

/** LiteLLM's name of a call is the asynchronous one with an `a` in front. */
const asynchronous = /^a(?=comp|text|embed|resp|image|mod|trans|speech|rerank|search|gen)/;

/** The conventions' name of what was called. */
export function operationOf(callType: string): string {
  const name = callType.toLowerCase().replace(asynchronous, "");
  if (/^(?:completion|responses|anthropic_messages)$/.test(name)) return "chat";
  return name === "embedding" ? "embeddings" : name;
}

type Server = { host?: string; port?: number };

/** The last address that was read: a program calls few, and a URL takes long to read. */
let last: { address: string; server: Server } | undefined;

/** Host and port of an address; empty when it is none. */
export function serverOf(address = ""): Server {
  if (last?.address !== address) last = { address, server: readServer(address) };
  return last.server;
}

function readServer(address: string): Server {
  if (!URL.canParse(address)) return {};
  const { hostname: host, port, protocol } = new URL(address);
  return host === "" ? {} : { host, port: Number(port) || (protocol === "http:" ? 80 : 443) };
}
