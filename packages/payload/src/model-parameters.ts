/**
 * Parameters of chat and text completions, embeddings, responses, messages, images, speech, transcriptions and reranking
 * that say how, not what: content is never among them.
 */
const parameters = /* @__PURE__ */ namesOf([
  "audio background best_of chunking_strategy context_management dimensions echo effort encoding_format",
  "frequency_penalty function_call functions include input_fidelity input_type language logit_bias logprobs",
  "max_chunks_per_doc max_completion_tokens max_output_tokens max_tokens max_tokens_per_doc max_tool_calls",
  "mcp_servers modalities moderation n output_compression output_format parallel_tool_calls partial_images",
  "prediction presence_penalty previous_response_id prompt_cache_key prompt_cache_retention quality rank_fields",
  "reasoning reasoning_effort response_format return_documents safety_identifier seed service_tier size speed stop",
  "stop_sequences store stream stream_format stream_options style temperature text thinking timestamp_granularities",
  "tool_choice tools top_k top_logprobs top_n top_p truncation user verbosity voice web_search_options",
]);

function namesOf(lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(" ")));
}

/** The parameters of a request, without its content. */
export function modelParameters(request: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(request).filter(([name, value]) => parameters.has(name) && value !== undefined),
  );
}
