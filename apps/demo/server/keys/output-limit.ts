/** The APIs whose calls are estimated. */
export type EstimatedApi = "chat" | "responses" | "embeddings" | "completions" | "messages";

/** What is taken for the longest answer of a call that does not limit it, of a model whose own limit is higher or unknown. */
export const ASSUMED_OUTPUT = 4096;

/** How the length of the answer was found. */
export type OutputBasis = "max_tokens" | "past outputs" | "model limit" | "assumed" | "no output";

const members: Record<EstimatedApi, readonly string[]> = {
  chat: ["max_completion_tokens", "max_tokens"],
  completions: ["max_tokens"],
  responses: ["max_output_tokens"],
  messages: ["max_tokens"],
  embeddings: [],
};

/** The most tokens that one answer may have: what the request says, else what the key's answers had, else what the model can. */
export function outputLimit(
  api: EstimatedApi,
  request: Readonly<Record<string, unknown>>,
  { p95Output, modelLimit }: { p95Output?: number | undefined; modelLimit?: number | undefined },
): { maxTokens: number; basis: OutputBasis } {
  if (api === "embeddings") return { maxTokens: 0, basis: "no output" };
  // Where both names of the limit are given, providers differ in which one holds.
  const given = members[api].map((name) => request[name]).filter(isCount);
  if (given.length > 0) return { maxTokens: Math.max(...given), basis: "max_tokens" };
  if (isCount(p95Output)) return { maxTokens: Math.ceil(p95Output), basis: "past outputs" };
  if (modelLimit !== undefined && modelLimit <= ASSUMED_OUTPUT)
    return { maxTokens: modelLimit, basis: "model limit" };
  return { maxTokens: ASSUMED_OUTPUT, basis: "assumed" };
}

/** How many answers a call asks for. */
export function answerCount(api: EstimatedApi, request: Readonly<Record<string, unknown>>): number {
  if (api !== "chat" && api !== "completions") return 1;
  const counts = [request.n, api === "completions" ? request.best_of : undefined].filter(isCount);
  const { prompt } = request;
  // A list of texts, or of lists of tokens, is as many prompts; a list of tokens is one.
  const prompts =
    api === "completions" && Array.isArray(prompt) && typeof prompt[0] !== "number" ? prompt.length : 1;
  return Math.max(1, ...counts) * Math.max(1, prompts);
}

/** 0 and below are no limits: servers take them for none. */
function isCount(value: unknown): value is number {
  return typeof value === "number" && value >= 1 && value <= 1e9;
}
