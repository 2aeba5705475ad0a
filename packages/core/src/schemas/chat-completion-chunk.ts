import { Type, type Static } from "@sinclair/typebox";

import { Logprobs } from "./logprobs.js";
import { FunctionCall, messageMembers, ToolCall } from "./message.js";
import { anyJson, anyObject, maybe, nullable } from "./nullable.js";
import { NestedUsage, UsageEmitSchema } from "./usage.js";

const Delta = Type.Object(messageMembers, { description: "What this chunk adds to the message." });

const ChunkChoice = Type.Object({
  index: maybe(
    Type.Integer({
      description: "Which choice of the n requested ones; missing on some servers (quirk C2).",
    }),
  ),
  delta: maybe(Delta),
  message: maybe(anyObject({ description: "A whole message in place of a delta (quirk C4)." })),
  text: maybe(
    Type.String({ description: "Text completions, and Together beside delta.content (quirk C13)." }),
  ),
  finish_reason: maybe(
    Type.String({
      description:
        'Why generation ended: stop, length, tool_calls, content_filter, function_call, or the provider\'s own word. null, "" and "null" mean not yet.',
    }),
  ),
  native_finish_reason: maybe(Type.String({ description: "OpenRouter: the upstream's own word." })),
  logprobs: maybe(Logprobs),
  usage: maybe(anyObject({ description: "Moonshot: usage inside the choice (quirk U6)." })),
  content_filter_results: maybe(anyObject({ description: "Azure: verdicts of the content filter." })),
  error: Type.Optional(
    anyJson({ description: "OpenRouter: an error in the middle of a stream (quirk E3)." }),
  ),
});

/** One chunk of a streamed chat completion, as OpenAI-compatible services send it. */
export const ChatCompletionChunkSchema = Type.Object(
  {
    id: maybe(
      Type.String({ description: "The same on every chunk of a stream, except where quirk H4 says." }),
    ),
    object: maybe(
      Type.String({ description: '"chat.completion.chunk"; empty or other on some servers (quirk H3).' }),
    ),
    created: maybe(Type.Number({ description: "Epoch seconds." })),
    model: maybe(Type.String()),
    choices: maybe(Type.Array(ChunkChoice)),
    usage: maybe(NestedUsage),
    system_fingerprint: maybe(Type.String()),
    service_tier: maybe(Type.String({ description: "The tier that serves the call." })),
    obfuscation: maybe(
      Type.String({ description: "Random padding against traffic analysis; carries nothing." }),
    ),
    error: Type.Optional(anyJson({ description: "An error inside a 200 stream (quirks E1 to E5)." })),
    prompt_filter_results: Type.Optional(
      anyJson({ description: "Azure: verdicts on the prompt (quirk H1)." }),
    ),
    x_groq: maybe(
      Type.Object(
        { id: maybe(Type.String()), usage: maybe(anyObject()), error: Type.Optional(anyJson()) },
        { description: "Groq: request id and usage (quirk U3)." },
      ),
    ),
    moderation: maybe(anyObject({ description: "Verdicts of the built-in moderation." })),
    timings: Type.Optional(anyJson({ description: "llama.cpp: token counts and times (quirk U17)." })),
  },
  {
    $id: "urn:waybill:schema:chat-completion-chunk:1",
    title: "Chat completion chunk",
    description:
      "One chunk of a streamed chat completion, as OpenAI-compatible services send it. Every member is optional, because some service leaves it out; unknown members are kept at every level.",
    examples: [
      {
        id: "chatcmpl-1",
        object: "chat.completion.chunk",
        created: 1766000068,
        model: "gpt-4o-2024-08-06",
        choices: [{ index: 0, delta: { content: "Hello" }, finish_reason: null }],
      },
    ],
  },
);

const FinishReason = nullable(
  Type.Union(
    [
      Type.Literal("stop"),
      Type.Literal("length"),
      Type.Literal("tool_calls"),
      Type.Literal("content_filter"),
      Type.Literal("function_call"),
    ],
    { description: "Why generation ended; null on every chunk but the last of a choice." },
  ),
);

/** The chunk that Waybill's own servers and generators write: OpenAI's reference shape. */
export const ChatCompletionChunkEmitSchema = Type.Object(
  {
    ...ChatCompletionChunkSchema.properties,
    id: Type.String({ minLength: 1 }),
    object: Type.Literal("chat.completion.chunk"),
    created: Type.Integer({ minimum: 0, description: "Epoch seconds." }),
    model: Type.String(),
    choices: Type.Array(
      Type.Object({
        ...ChunkChoice.properties,
        index: Type.Integer({ minimum: 0 }),
        delta: Type.Object({
          ...messageMembers,
          role: Type.Optional(Type.String()),
          content: Type.Optional(nullable(Type.String())),
          refusal: Type.Optional(nullable(Type.String())),
          tool_calls: Type.Optional(
            Type.Array(
              Type.Object({
                ...ToolCall.properties,
                index: Type.Integer({ minimum: 0 }),
                id: Type.Optional(Type.String()),
                type: Type.Optional(Type.String()),
                function: Type.Optional(
                  Type.Object({
                    ...FunctionCall.properties,
                    name: Type.Optional(Type.String()),
                    arguments: Type.Optional(Type.String()),
                  }),
                ),
              }),
            ),
          ),
        }),
        finish_reason: FinishReason,
        logprobs: Type.Optional(nullable(Logprobs)),
      }),
    ),
    usage: Type.Optional(nullable(Type.Object({ ...NestedUsage.properties, ...UsageEmitSchema.properties }))),
    system_fingerprint: Type.Optional(nullable(Type.String())),
    service_tier: Type.Optional(nullable(Type.String())),
    obfuscation: Type.Optional(Type.String()),
  },
  {
    $id: "urn:waybill:schema:chat-completion-chunk.emit:1",
    title: "Chat completion chunk (emit)",
    description: "One chunk of a streamed chat completion in OpenAI's reference shape.",
  },
);

/** One chunk of a streamed chat completion, as OpenAI-compatible services send it. */
export type ChatCompletionChunk = Static<typeof ChatCompletionChunkSchema>;
/** One chunk in OpenAI's reference shape. */
export type ChatCompletionChunkEmit = Static<typeof ChatCompletionChunkEmitSchema>;
