import { Type, type Static } from "@sinclair/typebox";

import { anyObject, maybe, nullable } from "./nullable.js";

/** A count as the wild sends it: some gateways write floats or numeric strings (quirk U15). */
const Count = (description: string) => maybe(Type.Union([Type.Number(), Type.String()], { description }));

const PromptTokensDetails = Type.Object(
  {
    cached_tokens: Count("Tokens read from the prompt cache, part of prompt_tokens."),
    cache_write_tokens: Count("Tokens written to the prompt cache."),
    cache_creation_tokens: Count("LiteLLM's name of cache_write_tokens."),
    text_tokens: Count("Text tokens of the prompt."),
    audio_tokens: Count("Audio tokens of the prompt."),
    image_tokens: Count("Image tokens of the prompt."),
    video_tokens: Count("Video tokens of the prompt."),
  },
  {
    title: "PromptTokensDetails",
    description: "How the prompt tokens divide. Members are subsets of prompt_tokens.",
  },
);

const CompletionTokensDetails = Type.Object(
  {
    reasoning_tokens: Count("Tokens of hidden reasoning, billed as output."),
    text_tokens: Count("Text tokens of the completion."),
    audio_tokens: Count("Audio tokens of the completion."),
    image_tokens: Count("Image tokens of the completion."),
    accepted_prediction_tokens: Count("Predicted tokens that were used."),
    rejected_prediction_tokens: Count("Predicted tokens that were not used; billed as output."),
  },
  {
    title: "CompletionTokensDetails",
    description: "How the completion tokens divide. Members are subsets of completion_tokens.",
  },
);

/** The usage object of a chat completion as providers send it: every member optional, every unknown member kept. */
export const UsageSchema = Type.Object(
  {
    prompt_tokens: Count("Tokens of the prompt, cached ones included."),
    completion_tokens: Count(
      "Tokens of the completion, reasoning usually included (quirk U7 names the exception).",
    ),
    total_tokens: Count("prompt_tokens + completion_tokens, as the provider counted them."),
    prompt_tokens_details: maybe(PromptTokensDetails),
    completion_tokens_details: maybe(CompletionTokensDetails),
    input_tokens: Count("Responses API and Anthropic: tokens of the input. Anthropic's exclude cached ones."),
    output_tokens: Count("Responses API and Anthropic: tokens of the output."),
    input_tokens_details: maybe(PromptTokensDetails),
    output_tokens_details: maybe(CompletionTokensDetails),
    prompt_cache_hit_tokens: Count("DeepSeek: cached part of prompt_tokens (quirk U8)."),
    prompt_cache_miss_tokens: Count("DeepSeek: uncached part of prompt_tokens (quirk U8)."),
    cached_tokens: Count("Together, Moonshot: cached part of prompt_tokens, written flat."),
    cache_read_input_tokens: Count("Anthropic: tokens read from the cache (quirk U9)."),
    cache_creation_input_tokens: Count("Anthropic: tokens written to the cache (quirk U9)."),
    cache_creation: maybe(
      Type.Object(
        {
          ephemeral_5m_input_tokens: Count("Tokens written to the five-minute cache."),
          ephemeral_1h_input_tokens: Count("Tokens written to the one-hour cache."),
        },
        { description: "Anthropic: cache writes by time to live." },
      ),
    ),
    reasoning_tokens: Count("Perplexity and others: reasoning tokens, written flat."),
    citation_tokens: Count("Perplexity: tokens of citations."),
    num_search_queries: Count("Perplexity: searches made."),
    server_tool_use: maybe(
      anyObject({ description: "Anthropic: calls of server tools, e.g. web_search_requests." }),
    ),
    service_tier: maybe(Type.String({ description: "The tier that served the call." })),
    cost: maybe(
      Type.Union([Type.Number(), Type.String({ maxLength: 64 }), anyObject()], {
        description:
          "The provider's own price in USD: a number (OpenRouter) or an object with total_cost (Perplexity).",
      }),
    ),
    cost_details: maybe(
      anyObject({ description: "OpenRouter: upstream cost, real only when is_byok (quirk U10)." }),
    ),
    cost_in_usd_ticks: Count("xAI: the price in units of 1e-10 USD (quirk U11)."),
    estimated_cost: Count("DeepInfra: the price in USD (quirk U12)."),
  },
  {
    $id: "urn:waybill:schema:usage:1",
    title: "Usage",
    description:
      "Token usage of one model call as OpenAI-compatible services report it. Counts are tokens. Members are optional and may be null; unknown members are kept.",
    examples: [{ prompt_tokens: 66, completion_tokens: 41, total_tokens: 107 }],
  },
);

const TokenCount = (description: string) => Type.Integer({ minimum: 0, description });

/** The usage object that Waybill writes: OpenAI's own shape, exact. */
export const UsageEmitSchema = Type.Object(
  {
    ...UsageSchema.properties,
    prompt_tokens: TokenCount("Tokens of the prompt, cached ones included."),
    completion_tokens: TokenCount("Tokens of the completion, reasoning included."),
    total_tokens: TokenCount("prompt_tokens + completion_tokens."),
    prompt_tokens_details: Type.Optional(
      nullable(
        Type.Object({
          ...PromptTokensDetails.properties,
          cached_tokens: Type.Optional(TokenCount("Tokens read from the prompt cache.")),
          cache_write_tokens: Type.Optional(TokenCount("Tokens written to the prompt cache.")),
          text_tokens: Type.Optional(TokenCount("Text tokens of the prompt.")),
          audio_tokens: Type.Optional(TokenCount("Audio tokens of the prompt.")),
          image_tokens: Type.Optional(TokenCount("Image tokens of the prompt.")),
        }),
      ),
    ),
    completion_tokens_details: Type.Optional(
      nullable(
        Type.Object({
          ...CompletionTokensDetails.properties,
          reasoning_tokens: Type.Optional(TokenCount("Reasoning tokens.")),
          text_tokens: Type.Optional(TokenCount("Text tokens of the completion.")),
          audio_tokens: Type.Optional(TokenCount("Audio tokens of the completion.")),
          accepted_prediction_tokens: Type.Optional(TokenCount("Predicted tokens that were used.")),
          rejected_prediction_tokens: Type.Optional(TokenCount("Predicted tokens that were not used.")),
        }),
      ),
    ),
  },
  {
    $id: "urn:waybill:schema:usage.emit:1",
    title: "Usage (emit)",
    description: "Token usage in OpenAI's own shape: the three counts present, integers, not negative.",
    examples: [{ prompt_tokens: 66, completion_tokens: 41, total_tokens: 107 }],
  },
);

/** Raw usage of one call, as the provider sent it. Normalise it with `normalizeUsage` of `@waybill/cost` before counting. */
export type Usage = Static<typeof UsageSchema>;
/** Usage in OpenAI's own shape. */
export type UsageEmit = Static<typeof UsageEmitSchema>;

const {
  prompt_tokens,
  completion_tokens,
  total_tokens,
  prompt_tokens_details,
  completion_tokens_details,
  cost,
} = UsageSchema.properties;

/** Usage inside another schema: the members that every service knows. `UsageSchema` describes them all. */
export const NestedUsage = Type.Object(
  { prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details, completion_tokens_details, cost },
  { description: "Token usage; the usage schema describes more of its members." },
);
