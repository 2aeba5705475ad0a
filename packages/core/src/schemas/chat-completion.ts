import { Type, type Static } from "@sinclair/typebox";

import { Logprobs } from "./logprobs.js";
import { messageMembers, ToolCall } from "./message.js";
import { anyJson, anyObject, maybe, nullable } from "./nullable.js";
import { NestedUsage } from "./usage.js";

const CompletionChoice = Type.Object({
  index: maybe(Type.Integer({ description: "Which choice of the n requested ones." })),
  message: maybe(Type.Object(messageMembers)),
  text: maybe(Type.String({ description: "Text completions." })),
  finish_reason: maybe(Type.String({ description: "Why generation ended." })),
  native_finish_reason: maybe(Type.String({ description: "The upstream's own word for it." })),
  logprobs: maybe(Logprobs),
  content_filter_results: maybe(anyObject({ description: "Azure: verdicts of the content filter." })),
});

/** A chat completion (or text completion) as OpenAI-compatible services answer it. */
export const ChatCompletionSchema = Type.Object(
  {
    id: maybe(Type.String()),
    object: maybe(Type.String({ description: '"chat.completion" or "text_completion".' })),
    created: maybe(Type.Number({ description: "Epoch seconds." })),
    model: maybe(Type.String()),
    choices: maybe(Type.Array(CompletionChoice)),
    usage: maybe(NestedUsage),
    system_fingerprint: maybe(Type.String()),
    service_tier: maybe(Type.String()),
    metadata: maybe(anyObject({ description: "Pairs kept with a stored completion." })),
    moderation: maybe(anyObject({ description: "Verdicts of the built-in moderation." })),
    error: Type.Optional(anyJson()),
  },
  {
    $id: "urn:waybill:schema:chat-completion:1",
    title: "Chat completion",
    description:
      "A chat completion as OpenAI-compatible services answer it. Every member is optional; unknown members are kept.",
    examples: [
      {
        id: "chatcmpl-1",
        object: "chat.completion",
        created: 1766000068,
        model: "gpt-4o-2024-08-06",
        choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
        usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
      },
    ],
  },
);

const FunctionEmit = Type.Object({ name: Type.String(), arguments: Type.String() });
const OrderedPartSchema = Type.Union(
  [
    Type.Object({ type: Type.Literal("text"), text: Type.String() }),
    Type.Object({
      type: Type.Literal("thinking"),
      thinking: Type.String(),
      signature: Type.Optional(Type.String()),
    }),
    Type.Object({ type: Type.Literal("redacted_thinking"), data: anyJson() }),
    Type.Object({
      type: Type.Literal("tool_call"),
      index: Type.Integer({ minimum: 0, description: "Place in tool_calls." }),
    }),
    Type.Object({ type: Type.Literal("other"), part: anyJson() }),
  ],
  { discriminator: { propertyName: "type" } },
);

/** What no rule of ours is about. */
const keptMembers = {
  extra: Type.Optional(
    anyObject({ description: "Members unknown to us: the last value that said anything." }),
  ),
  extra_first: Type.Optional(anyObject({ description: "Their first values, where those were others." })),
};

const ToolCallEmit = Type.Object({
  ...ToolCall.properties,
  id: Type.String({ minLength: 1 }),
  type: Type.String({ description: '"function" or "custom".' }),
  function: Type.Optional(FunctionEmit),
  custom: Type.Optional(Type.Object({ name: Type.String(), input: Type.String() })),
  extra_content: Type.Optional(
    anyObject({ description: "Gemini: the thought signature, which has to go back with the next turn." }),
  ),
  provider_specific_fields: Type.Optional(
    anyObject({ description: "LiteLLM: what has no place elsewhere." }),
  ),
  ...keptMembers,
});

/** The completion that `@waybill/stream` assembles: OpenAI's shape, the provider's extra members kept. */
export const ChatCompletionEmitSchema = Type.Object(
  {
    ...ChatCompletionSchema.properties,
    id: nullable(Type.String({ minLength: 1, description: "null when no chunk named one." })),
    object: Type.Literal("chat.completion"),
    created: nullable(Type.Number({ minimum: 0, description: "Epoch seconds; null when no chunk said." })),
    model: nullable(Type.String({ minLength: 1, description: "The last model named; null when none was." })),
    choices: Type.Array(
      Type.Object({
        ...CompletionChoice.properties,
        index: Type.Integer({ minimum: 0 }),
        message: Type.Object({
          ...messageMembers,
          role: Type.String({ minLength: 1 }),
          content: nullable(Type.String()),
          refusal: nullable(Type.String()),
          tool_calls: Type.Optional(Type.Array(ToolCallEmit)),
          function_call: Type.Optional(FunctionEmit),
          reasoning_content: Type.Optional(Type.String()),
          reasoning_source: Type.Optional(
            Type.String({ description: "The member that the reasoning came in." }),
          ),
          raw_content: Type.Optional(
            Type.String({ description: "The content with the reasoning that was split off." }),
          ),
          ordered_parts: Type.Optional(
            Type.Array(OrderedPartSchema, { description: "How text, thinking and tool calls took turns." }),
          ),
          citations: Type.Optional(Type.Array(anyJson(), { description: "Sources, each once." })),
          search_results: Type.Optional(Type.Array(anyJson(), { description: "Results, each once." })),
          ...keptMembers,
        }),
        finish_reason: nullable(
          Type.String({ minLength: 1, description: "null when the stream ended before this choice did." }),
        ),
        logprobs: nullable(Logprobs),
        ...keptMembers,
      }),
    ),
    usage: Type.Optional(NestedUsage),
    system_fingerprint: Type.Optional(nullable(Type.String())),
    service_tier: Type.Optional(nullable(Type.String())),
    model_first: Type.Optional(
      nullable(Type.String({ description: "The first model named, where the last is another." })),
    ),
    citations: Type.Optional(Type.Array(anyJson(), { description: "Perplexity: sources, each once." })),
    search_results: Type.Optional(Type.Array(anyJson(), { description: "Perplexity: results, each once." })),
    ...keptMembers,
  },
  {
    $id: "urn:waybill:schema:chat-completion.emit:1",
    title: "Chat completion (emit)",
    description:
      "The completion that Waybill assembles from a stream: OpenAI's shape. What the stream did not say is null. Usage is absent when unknown, and as the provider sent it otherwise.",
  },
);

/** A chat completion as OpenAI-compatible services answer it. */
export type ChatCompletion = Static<typeof ChatCompletionSchema>;
/** A piece of an answer, in the order in which the pieces came. */
export type OrderedPart = Static<typeof OrderedPartSchema>;
/** The completion that `@waybill/stream` assembles. */
export type ChatCompletionEmit = Static<typeof ChatCompletionEmitSchema>;
