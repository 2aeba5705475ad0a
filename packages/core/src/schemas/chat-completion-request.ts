import { Type, type Static } from "@sinclair/typebox";

import { anyJson, anyObject, maybe } from "./nullable.js";

const Text = (description: string) => maybe(Type.String({ description }));
const Whole = (description: string) => maybe(Type.Integer({ description }));
const Real = (description: string) => maybe(Type.Number({ description }));
const Flag = (description: string) => maybe(Type.Boolean({ description }));

/** A message as applications send it to any OpenAI-compatible service: unknown roles and parts are kept. */
export const Message = Type.Object(
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

/** The body of a chat completion request as applications send it. */
export type ChatCompletionRequest = Static<typeof ChatCompletionRequestSchema>;
