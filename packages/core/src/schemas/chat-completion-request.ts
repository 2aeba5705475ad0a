import { Type, type Static } from "@sinclair/typebox";

import { anyJson, anyObject, maybe, nullable } from "./nullable.js";
import { patterns } from "./patterns.js";

const Text = (description: string) => maybe(Type.String({ description }));
const Whole = (description: string) => maybe(Type.Integer({ description }));
const Real = (description: string) => maybe(Type.Number({ description }));
const Flag = (description: string) => maybe(Type.Boolean({ description }));

/** A message as applications send it to any OpenAI-compatible service: unknown roles and parts are kept. */
const Message = Type.Object(
  {
    role: maybe(
      Type.String({ description: "system, developer, user, assistant, tool or function; an open set." }),
    ),
    content: maybe(
      Type.Union([Type.String(), Type.Array(Type.Union([Type.String(), anyObject()]))], {
        description: "Text, or an array of typed parts.",
      }),
    ),
    name: Text("Name of the participant, or of the function."),
    refusal: Text("A refusal of an earlier turn."),
    tool_calls: maybe(Type.Array(anyObject(), { description: "Tool calls of an earlier turn." })),
    tool_call_id: Text("The call that a tool message answers."),
    function_call: maybe(anyObject({ description: "Legacy function call of an earlier turn." })),
    audio: maybe(anyObject({ description: "Reference to the audio of an earlier turn." })),
    reasoning_content: Text("Reasoning handed back: DeepSeek, Moonshot."),
  },
  { title: "Message" },
);

/** The body of a chat completion request as applications send it. */
export const ChatCompletionRequestSchema = Type.Object(
  {
    model: Text("Model; Azure takes it from the address instead."),
    messages: Type.Array(Message, { description: "The conversation so far." }),
    stream: Flag("Whether the answer is streamed."),
    stream_options: maybe(
      Type.Object({
        include_usage: Flag("Whether one more chunk with the usage is sent."),
        include_obfuscation: Flag("Whether chunks are padded against traffic analysis."),
      }),
    ),
    n: Whole("How many choices are generated."),
    temperature: Real("Sampling temperature, 0 to 2."),
    top_p: Real("Nucleus sampling, 0 to 1."),
    top_k: Real("Tokens to choose from; not OpenAI's."),
    min_p: Real("Least probability; not OpenAI's."),
    frequency_penalty: Real("-2 to 2."),
    presence_penalty: Real("-2 to 2."),
    repetition_penalty: Real("Not OpenAI's."),
    seed: Whole("For repeatable sampling."),
    max_tokens: Whole("Most tokens of the completion; deprecated by OpenAI."),
    max_completion_tokens: Whole("Most tokens of the completion, reasoning included."),
    stop: maybe(Type.Union([Type.String(), Type.Array(Type.String())], { description: "Where to stop." })),
    logit_bias: maybe(Type.Record(Type.String(), Type.Number())),
    logprobs: Flag("Whether log probabilities are returned."),
    top_logprobs: Whole("How many alternatives with each token, 0 to 20."),
    tools: maybe(Type.Array(anyObject(), { description: "Tools the model may call." })),
    tool_choice: maybe(
      Type.Union([Type.String(), anyObject()], { description: '"none", "auto", "required", or a tool.' }),
    ),
    parallel_tool_calls: Flag("Whether several tools may be called at once."),
    functions: maybe(Type.Array(anyObject(), { description: "Legacy tools." })),
    function_call: maybe(Type.Union([Type.String(), anyObject()], { description: "Legacy tool choice." })),
    response_format: maybe(anyObject({ description: "text, json_object or json_schema." })),
    modalities: maybe(Type.Array(Type.String(), { description: '"text", "audio".' })),
    audio: maybe(anyObject({ description: "Voice and format of a spoken answer." })),
    prediction: maybe(anyObject({ description: "Text that much of the answer will equal." })),
    reasoning_effort: Text("none, minimal, low, medium, high and others."),
    reasoning: Type.Optional(anyJson({ description: "OpenRouter's reasoning options." })),
    thinking: Type.Optional(anyJson({ description: "Anthropic's and Zhipu's thinking options." })),
    verbosity: Text("low, medium or high."),
    web_search_options: maybe(anyObject({ description: "Built-in web search." })),
    moderation: maybe(anyObject({ description: "Built-in moderation." })),
    service_tier: Text("The tier that is asked for; the answer says which one served."),
    store: Flag("Whether the provider keeps the completion."),
    metadata: maybe(anyObject({ description: "Up to sixteen pairs kept with a stored completion." })),
    user: Text("End user; deprecated by OpenAI."),
    safety_identifier: Text("Hashed end user."),
    prompt_cache_key: Text("Requests of one key share a cache."),
    prompt_cache_retention: Text("in_memory or 24h."),
    prompt_cache_options: maybe(anyObject()),
    extra_body: maybe(anyObject({ description: "Members the client's library merges into the body." })),
  },
  {
    $id: "urn:waybill:schema:chat-completion-request:1",
    title: "Chat completion request",
    description:
      "The body of a chat completion request as applications send it to OpenAI-compatible services. Only messages is required; unknown members are kept.",
    examples: [{ model: "gpt-4o", messages: [{ role: "user", content: "Hello" }], stream: true }],
  },
);

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

/** The body of a chat completion request as applications send it. */
export type ChatCompletionRequest = Static<typeof ChatCompletionRequestSchema>;
/** A chat completion request as OpenAI's own API description has it. */
export type ChatCompletionRequestEmit = Static<typeof ChatCompletionRequestEmitSchema>;
