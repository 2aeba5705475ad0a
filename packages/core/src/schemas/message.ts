import { Type } from "@sinclair/typebox";

import { anyJson, anyObject, maybe } from "./nullable.js";

/** A function and its arguments, whole or a fragment. */
export const FunctionCall = Type.Object(
  {
    name: maybe(Type.String()),
    arguments: maybe(
      Type.Union([Type.String(), anyObject()], {
        description: "JSON text; Ollama's native API sends an object (quirk F8).",
      }),
    ),
  },
  { title: "FunctionCall", description: "A function and its arguments." },
);

/** One tool call, whole (in a message) or a fragment of it (in a delta). */
export const ToolCall = Type.Object({
  index: maybe(
    Type.Integer({ description: "Which call a fragment belongs to; some servers leave it out (quirk F1)." }),
  ),
  id: maybe(Type.String()),
  type: maybe(Type.String({ description: '"function" or "custom".' })),
  function: maybe(FunctionCall),
  custom: maybe(
    Type.Object(
      { name: maybe(Type.String()), input: maybe(Type.String()) },
      { description: "A call of a custom tool: free text instead of JSON arguments." },
    ),
  ),
});

const Audio = Type.Object(
  {
    id: maybe(Type.String()),
    data: maybe(Type.String({ description: "Base64 audio." })),
    transcript: maybe(Type.String()),
    expires_at: maybe(Type.Number({ description: "Epoch seconds." })),
  },
  { description: "Spoken answer." },
);

/** The members that a delta and a message share, each tolerant of what providers send. */
export const messageMembers = {
  role: maybe(Type.String({ description: '"assistant"; null or "" on some servers (quirk C5).' })),
  content: maybe(
    Type.Union([Type.String(), Type.Array(anyObject())], {
      description: "Text, or an array of typed parts (Mistral with reasoning, quirk C7).",
    }),
  ),
  refusal: maybe(Type.String({ description: "Text of a refusal." })),
  tool_calls: maybe(Type.Array(ToolCall)),
  function_call: maybe(FunctionCall),
  audio: maybe(Audio),
  reasoning_content: maybe(
    Type.String({ description: "Reasoning text: DeepSeek, xAI, LiteLLM (quirk R1)." }),
  ),
  reasoning: maybe(
    Type.String({ description: "Reasoning text: OpenRouter, Groq, vLLM, Ollama (quirk R2)." }),
  ),
  reasoning_details: maybe(
    Type.Array(Type.Unknown(), { description: "OpenRouter's typed reasoning (quirk R4)." }),
  ),
  thinking_blocks: maybe(Type.Array(Type.Unknown(), { description: "LiteLLM: signed thinking (quirk R6)." })),
  annotations: maybe(Type.Array(Type.Unknown(), { description: "Citations and the like." })),
  images: maybe(Type.Array(Type.Unknown(), { description: "Generated images." })),
  provider_specific_fields: maybe(anyObject({ description: "LiteLLM: what has no place elsewhere." })),
  extra_content: Type.Optional(
    anyJson({ description: "Gemini: thought signatures and the like (quirk F12)." }),
  ),
};
