/** The objects of SDKs that recordings hold, by the last part of their `__type__`: the modules before it were renamed twice. */
const known = new Set([
  "ChatCompletionChunk",
  "ChatCompletion",
  "Completion",
  "CreateEmbeddingResponse",
  "Model",
  "ProcessResponse",
  "GenerateResponse",
  "ChatResponse",
  "EmbedResponse",
  "ListResponse",
  "ProgressResponse",
  "ToolInvocationResult",
  "ProcessFileResponse",
]);

/** Whether a `__type__` is one that recordings are known to hold. */
export function isKnownType(type: unknown): boolean {
  return typeof type === "string" && known.has(type.slice(type.lastIndexOf(".") + 1));
}
