/** The APIs whose calls are estimated. */
export type EstimatedApi = "chat" | "responses" | "embeddings" | "completions" | "messages";

/**
 * What is held at least for the answer of a call that does not limit it, if its model can do that much. Models that reason may
 * write several times as much: what is beyond is charged when it is known, and until then as many calls as fit go on.
 */
export const ASSUMED_OUTPUT = 4096;

/** How the length of the answer was found. */
export type OutputBasis = "max_tokens" | "past outputs" | "model limit" | "assumed" | "no output";

export const limitMembers: Record<EstimatedApi, readonly string[]> = {
  chat: ["max_completion_tokens", "max_tokens"],
  completions: ["max_tokens"],
  responses: ["max_output_tokens"],
  messages: ["max_tokens"],
  embeddings: [],
};

/**
 * The tokens that one answer is expected not to pass. What the request says is a limit. Else it is an estimate: what 95 of 100
 * answers of the same key and model had, where that is more than ASSUMED_OUTPUT, and never more than the model can. Past
 * answers never make it less, or a key could lower it by asking for short ones.
 */
export function outputLimit(
  api: EstimatedApi,
  request: Readonly<Record<string, unknown>>,
  { p95Output, modelLimit }: { p95Output?: number | undefined; modelLimit?: number | undefined },
): { maxTokens: number; basis: OutputBasis } {
  if (api === "embeddings") return { maxTokens: 0, basis: "no output" };
  // Where both names of the limit are given, providers differ in which one holds.
  const given = limitMembers[api].map((name) => request[name]).filter(isCount);
  if (given.length > 0) return { maxTokens: Math.max(...given), basis: "max_tokens" };
  const past = isCount(p95Output) ? Math.ceil(p95Output) : 0;
  if (modelLimit !== undefined && modelLimit <= Math.max(ASSUMED_OUTPUT, past))
    return { maxTokens: modelLimit, basis: "model limit" };
  if (past > ASSUMED_OUTPUT) return { maxTokens: past, basis: "past outputs" };
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
