import { Type, type Static } from "@sinclair/typebox";

import { ChatCompletionRequestSchema, Message } from "./chat-completion-request.js";
import { anyObject, nullable } from "./nullable.js";
import { patterns } from "./patterns.js";

const exactly = <Value extends string>(value: Value) => Type.Literal(value);

const TextPart = Type.Object({ type: exactly("text"), text: Type.String() });
const UserPart = Type.Union(
  [
    TextPart,
    Type.Object({
      type: exactly("image_url"),
      image_url: Type.Object({
        url: Type.String({ description: "Address or data URI." }),
        detail: Type.Optional(Type.Union([exactly("auto"), exactly("low"), exactly("high")])),
      }),
    }),
    Type.Object({
      type: exactly("input_audio"),
      input_audio: Type.Object({
        data: Type.String({ description: "Base64." }),
        format: Type.Union([exactly("wav"), exactly("mp3")]),
      }),
    }),
    Type.Object({
      type: exactly("file"),
      file: Type.Object({
        filename: Type.Optional(Type.String()),
        file_data: Type.Optional(Type.String()),
        file_id: Type.Optional(Type.String()),
      }),
    }),
  ],
  { discriminator: { propertyName: "type" } },
);
const AssistantPart = Type.Union(
  [TextPart, Type.Object({ type: exactly("refusal"), refusal: Type.String() })],
  {
    discriminator: { propertyName: "type" },
  },
);
const TextContent = Type.Union([Type.String(), Type.Array(TextPart, { minItems: 1 })]);
const ToolCall = Type.Union(
  [
    Type.Object({
      id: Type.String(),
      type: exactly("function"),
      function: Type.Object({ name: Type.String(), arguments: Type.String() }),
    }),
    Type.Object({
      id: Type.String(),
      type: exactly("custom"),
      custom: Type.Object({ name: Type.String(), input: Type.String() }),
    }),
  ],
  { discriminator: { propertyName: "type" } },
);
const FunctionObject = Type.Object({
  name: Type.String({ minLength: 1 }),
  description: Type.Optional(Type.String()),
  parameters: Type.Optional(anyObject({ description: "JSON Schema of the arguments." })),
  strict: Type.Optional(nullable(Type.Boolean())),
});

const EmitMessage = Type.Union(
  [
    Type.Object({
      ...Message.properties,
      role: exactly("developer"),
      content: TextContent,
      name: Type.Optional(Type.String()),
    }),
    Type.Object({
      ...Message.properties,
      role: exactly("system"),
      content: TextContent,
      name: Type.Optional(Type.String()),
    }),
    Type.Object({
      ...Message.properties,
      role: exactly("user"),
      content: Type.Union([Type.String(), Type.Array(UserPart, { minItems: 1 })]),
      name: Type.Optional(Type.String()),
    }),
    Type.Object({
      ...Message.properties,
      role: exactly("assistant"),
      content: Type.Optional(
        Type.Union([Type.String(), Type.Array(AssistantPart, { minItems: 1 }), Type.Null()]),
      ),
      refusal: Type.Optional(nullable(Type.String())),
      name: Type.Optional(Type.String()),
      audio: Type.Optional(nullable(Type.Object({ id: Type.String() }))),
      tool_calls: Type.Optional(Type.Array(ToolCall)),
      function_call: Type.Optional(nullable(Type.Object({ name: Type.String(), arguments: Type.String() }))),
    }),
    Type.Object({
      ...Message.properties,
      role: exactly("tool"),
      content: TextContent,
      tool_call_id: Type.String(),
    }),
    Type.Object({
      ...Message.properties,
      role: exactly("function"),
      content: nullable(Type.String()),
      name: Type.String(),
    }),
  ],
  { discriminator: { propertyName: "role" } },
);

/** The request that OpenAI's own API takes: what a client that follows the description sends. */
export const ChatCompletionRequestEmitSchema = Type.Object(
  {
    ...ChatCompletionRequestSchema.properties,
    model: Type.String({ minLength: 1 }),
    messages: Type.Array(EmitMessage, { minItems: 1 }),
    stream: Type.Optional(nullable(Type.Boolean())),
    stream_options: Type.Optional(
      nullable(
        Type.Object({
          include_usage: Type.Optional(Type.Boolean()),
          include_obfuscation: Type.Optional(Type.Boolean()),
        }),
      ),
    ),
    n: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: 128 }))),
    temperature: Type.Optional(nullable(Type.Number({ minimum: 0, maximum: 2 }))),
    top_p: Type.Optional(nullable(Type.Number({ minimum: 0, maximum: 1 }))),
    frequency_penalty: Type.Optional(nullable(Type.Number({ minimum: -2, maximum: 2 }))),
    presence_penalty: Type.Optional(nullable(Type.Number({ minimum: -2, maximum: 2 }))),
    seed: Type.Optional(nullable(Type.Integer())),
    max_tokens: Type.Optional(nullable(Type.Integer())),
    max_completion_tokens: Type.Optional(nullable(Type.Integer())),
    stop: Type.Optional(
      Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1, maxItems: 4 }), Type.Null()]),
    ),
    logit_bias: Type.Optional(nullable(Type.Record(Type.String(), Type.Integer()))),
    logprobs: Type.Optional(nullable(Type.Boolean())),
    top_logprobs: Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: 20 }))),
    tools: Type.Optional(
      Type.Array(
        Type.Union(
          [
            Type.Object({ type: exactly("function"), function: FunctionObject }),
            Type.Object({
              type: exactly("custom"),
              custom: Type.Object({
                name: Type.String({ minLength: 1 }),
                description: Type.Optional(Type.String()),
                format: Type.Optional(anyObject({ description: "text, or a grammar." })),
              }),
            }),
          ],
          { discriminator: { propertyName: "type" } },
        ),
      ),
    ),
    tool_choice: Type.Optional(
      Type.Union([
        Type.String({ pattern: patterns.toolChoice, maxLength: 8 }),
        Type.Object({ type: Type.String() }, { description: "One tool, or the allowed ones." }),
      ]),
    ),
    parallel_tool_calls: Type.Optional(Type.Boolean()),
    functions: Type.Optional(Type.Array(FunctionObject, { minItems: 1, maxItems: 128 })),
    function_call: Type.Optional(
      Type.Union([
        Type.String({ pattern: patterns.functionChoice, maxLength: 8 }),
        Type.Object({ name: Type.String() }),
      ]),
    ),
    response_format: Type.Optional(
      Type.Union(
        [
          Type.Object({ type: exactly("text") }),
          Type.Object({ type: exactly("json_object") }),
          Type.Object({
            type: exactly("json_schema"),
            json_schema: Type.Object({
              name: Type.String(),
              description: Type.Optional(Type.String()),
              schema: Type.Optional(anyObject()),
              strict: Type.Optional(nullable(Type.Boolean())),
            }),
          }),
        ],
        { discriminator: { propertyName: "type" } },
      ),
    ),
    modalities: Type.Optional(nullable(Type.Array(Type.Union([exactly("text"), exactly("audio")])))),
    audio: Type.Optional(
      nullable(Type.Object({ voice: Type.Union([Type.String(), anyObject()]), format: Type.String() })),
    ),
    prediction: Type.Optional(nullable(Type.Object({ type: exactly("content"), content: TextContent }))),
    reasoning_effort: Type.Optional(nullable(Type.String())),
    verbosity: Type.Optional(nullable(Type.Union([exactly("low"), exactly("medium"), exactly("high")]))),
    web_search_options: Type.Optional(anyObject()),
    moderation: Type.Optional(nullable(Type.Object({ model: Type.String() }))),
    service_tier: Type.Optional(nullable(Type.String())),
    store: Type.Optional(nullable(Type.Boolean())),
    metadata: Type.Optional(nullable(Type.Record(Type.String(), Type.String()))),
    user: Type.Optional(Type.String()),
    safety_identifier: Type.Optional(nullable(Type.String({ maxLength: 64 }))),
    prompt_cache_key: Type.Optional(nullable(Type.String())),
    prompt_cache_retention: Type.Optional(nullable(Type.Union([exactly("in_memory"), exactly("24h")]))),
    prompt_cache_options: Type.Optional(anyObject()),
  },
  {
    $id: "urn:waybill:schema:chat-completion-request.emit:1",
    title: "Chat completion request (emit)",
    description: "A chat completion request as OpenAI's own API description has it.",
  },
);

/** A chat completion request as OpenAI's own API description has it. */
export type ChatCompletionRequestEmit = Static<typeof ChatCompletionRequestEmitSchema>;
