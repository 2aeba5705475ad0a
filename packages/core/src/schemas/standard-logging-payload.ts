import { Type, type Static } from "@sinclair/typebox";

import {
  AttemptSchema,
  CostLineSchema,
  CostStatusSchema,
  DiagnosticSchema,
  StreamStatusSchema,
  TimingSchema,
  TokenUsageSchema,
  UsageSourceSchema,
} from "./accounting.js";
import { anyObject, maybe, nullable } from "./nullable.js";
import {
  costBreakdown,
  errorInformation,
  failureDebugInfo,
  GuardrailEntry,
  hiddenParams,
  metadata,
  modelMapInformation,
  statusFields,
  toolsParams,
} from "./payload-parts.js";

const Text = (description: string) => maybe(Type.String({ description }));
const Usd = (description: string) => maybe(Type.Number({ description: `${description} USD.` }));
const Count = (description: string) => maybe(Type.Integer({ description: `${description} Tokens.` }));

/** Older payloads carry "YYYY-MM-DD HH:MM:SS.ffffff" without a zone instead of epoch seconds. */
const Time = (description: string) =>
  maybe(
    Type.Union([Type.Number(), Type.String({ maxLength: 64 })], {
      description: `${description} Epoch seconds; older payloads write text without a zone.`,
    }),
  );

/** LiteLLM's StandardLoggingPayload as the wild sends it: all its generations, any field possibly removed. */
export const StandardLoggingPayloadSchema = Type.Object(
  {
    id: Text("Id of the response; the call id when the response has none."),
    litellm_call_id: Text("Id of the call."),
    trace_id: Text("Groups the calls of one request."),
    session_id: Text("Conversation of the end user."),
    call_type: Text("What was called: completion, acompletion, embedding and so on; an open set."),
    stream: maybe(
      Type.Boolean({ description: "true when a whole streamed answer was assembled, else null." }),
    ),
    response_cost: Usd("Cost of the call; 0 also stands for unknown in LiteLLM's own payloads."),
    cost_breakdown: maybe(Type.Object(costBreakdown)),
    autorouter_savings: Usd("Saved by routing."),
    response_cost_failure_debug_info: maybe(Type.Object(failureDebugInfo)),
    status: Type.Union([Type.Literal("success"), Type.Literal("failure")], {
      description: "How the model call ended.",
    }),
    status_fields: maybe(Type.Object(statusFields)),
    custom_llm_provider: Text("Provider; an open set."),
    total_tokens: Count("The provider's total."),
    prompt_tokens: Count("Tokens of the prompt."),
    completion_tokens: Count("Tokens of the completion."),
    startTime: Time("Start of the call."),
    endTime: Time("End of the call."),
    completionStartTime: Time("First token."),
    response_time: maybe(Type.Number({ description: "Seconds to the first token (stream) or to the end." })),
    model: Text("Model sent to the provider."),
    model_id: Text("Deployment of the router."),
    model_group: Text("Public name of the model."),
    api_base: Text("Address of the provider."),
    model_map_information: maybe(Type.Object(modelMapInformation)),
    metadata: maybe(Type.Object(metadata)),
    cache_hit: maybe(Type.Boolean()),
    cache_key: Text("Key of the response cache."),
    saved_cache_cost: Usd("What the call would have cost without the cache."),
    request_tags: maybe(Type.Array(Type.String())),
    end_user: Text("The application's end user."),
    requester_ip_address: Text("Address of the caller."),
    user_agent: Text("User agent of the caller."),
    messages: maybe(
      Type.Union([Type.Array(Type.Unknown()), anyObject(), Type.String()], { description: "The prompt." }),
    ),
    response: maybe(
      Type.Union([Type.Array(Type.Unknown()), anyObject(), Type.String()], { description: "The answer." }),
    ),
    error_str: Text("The exception's text on failure."),
    error_information: maybe(Type.Object(errorInformation)),
    model_parameters: maybe(anyObject({ description: "Parameters of the request, without its content." })),
    hidden_params: maybe(Type.Object(hiddenParams)),
    guardrail_information: maybe(
      Type.Union([Type.Array(GuardrailEntry), anyObject()], {
        description: "A list; one object in older payloads.",
      }),
    ),
    standard_built_in_tools_params: maybe(Type.Object(toolsParams)),
  },
  {
    $id: "urn:waybill:schema:standard-logging-payload:1",
    title: "Standard logging payload",
    description:
      "LiteLLM's StandardLoggingPayload: one record of one model call. A status and one of id and litellm_call_id are sure to be there; any other field may have been removed by configuration. Unknown members are kept. Money is USD, times are epoch seconds.",
    examples: [
      {
        id: "chatcmpl-1",
        trace_id: "97311c60-9a61-4f48-a814-70139ee57868",
        call_type: "acompletion",
        stream: true,
        status: "success",
        custom_llm_provider: "openai",
        model: "gpt-4o",
        prompt_tokens: 10,
        completion_tokens: 20,
        total_tokens: 30,
        response_cost: 0.00022500000000000002,
        startTime: 1766000068.28466,
        completionStartTime: 1766000068.9,
        endTime: 1766000070.07935,
      },
    ],
    anyOf: [
      { properties: { id: { type: "string" } }, required: ["id"] },
      { properties: { litellm_call_id: { type: "string" } }, required: ["litellm_call_id"] },
    ],
  },
);

const exact = { additionalProperties: false };

/** The member that Waybill adds to a payload. */
export const WaybillMemberSchema = Type.Object(
  {
    version: Type.Literal(1),
    idempotencyKey: Type.String({
      minLength: 1,
      description: "Equal for two records of one provider response.",
    }),
    cost: Type.Object(
      {
        status: CostStatusSchema,
        exact: nullable(Type.String({ description: "USD as decimal text, not rounded." })),
        lines: Type.Array(CostLineSchema),
        catalog: nullable(Type.String({ description: "The price catalog that was used." })),
        reason: Type.Optional(Type.String({ description: "Why there is no price." })),
        inclusion: Type.Optional(
          Type.String({ description: "How cached and reasoning tokens were told apart from the rest." }),
        ),
        notes: Type.Optional(
          Type.Array(Type.String(), { description: "What a careful reader should know of the price." }),
        ),
      },
      exact,
    ),
    usage: nullable(TokenUsageSchema),
    usageSource: UsageSourceSchema,
    status: StreamStatusSchema,
    diagnostics: Type.Array(DiagnosticSchema),
    timing: nullable(TimingSchema),
    attempts: Type.Array(AttemptSchema),
    requestedModel: Type.Optional(Type.String({ description: "The model that the caller asked for." })),
    providerRequestId: Type.Optional(Type.String({ description: "The provider's own id of the request." })),
    traceparent: Type.Optional(Type.String({ description: "W3C trace context of the caller." })),
    degraded: Type.Optional(
      Type.String({ description: "Why this record is less than the call: what was left out." }),
    ),
  },
  { ...exact, description: "What Waybill knows beyond LiteLLM's fields." },
);

const nullableText = (description: string) => nullable(Type.String({ description }));
const nullableCount = (description: string) => nullable(Type.Integer({ minimum: 0, description }));

/** The payload that Waybill writes: every field of the current generation present, unknown as null, plus `waybill`. */
export const StandardLoggingPayloadEmitSchema = Type.Object(
  {
    id: Type.String({
      minLength: 1,
      description: "Id of the response; the call id when the response has none.",
    }),
    litellm_call_id: Type.Optional(Type.String()),
    trace_id: nullableText("Groups the calls of one request."),
    session_id: Type.Optional(Type.String({ description: "Conversation of the end user." })),
    call_type: Type.String({ description: "What was called." }),
    stream: nullable(Type.Boolean({ description: "true for a streamed answer, else null." })),
    response_cost: nullable(
      Type.Number({ minimum: 0, description: "Cost of the call in USD; null when unknown." }),
    ),
    cost_breakdown: Type.Optional(nullable(Type.Object(costBreakdown))),
    response_cost_failure_debug_info: nullable(
      Type.Object(
        {
          error_str: Type.String(),
          traceback_str: Type.String(),
          model: Type.Optional(nullable(Type.String())),
          custom_llm_provider: Type.Optional(nullable(Type.String())),
          call_type: Type.Optional(nullable(Type.String())),
        },
        { ...exact, description: "Why the cost is unknown; null when it is known." },
      ),
    ),
    status: Type.Union([Type.Literal("success"), Type.Literal("failure")]),
    status_fields: Type.Optional(Type.Object(statusFields)),
    custom_llm_provider: nullableText("Provider."),
    total_tokens: nullableCount("The provider's total."),
    prompt_tokens: nullableCount("Tokens of the prompt."),
    completion_tokens: nullableCount("Tokens of the completion."),
    startTime: Type.Number({ description: "Epoch seconds." }),
    endTime: Type.Number({ description: "Epoch seconds." }),
    completionStartTime: nullable(
      Type.Number({ description: "First token, epoch seconds; null when not seen." }),
    ),
    response_time: nullable(
      Type.Number({ description: "Seconds to the first token (stream) or to the end; null when unknown." }),
    ),
    model: Type.String({ description: "Model sent to the provider." }),
    model_id: nullableText("Deployment of the router."),
    model_group: nullableText("Public name of the model."),
    api_base: Type.String({ description: "Address of the provider." }),
    model_map_information: Type.Object({
      model_map_key: Type.String(),
      model_map_value: nullable(anyObject()),
    }),
    metadata: Type.Object(metadata),
    cache_hit: nullable(Type.Boolean()),
    cache_key: nullableText("Key of the response cache."),
    saved_cache_cost: nullable(
      Type.Number({ description: "What the cache saved in USD, 0 without a hit; null when unknown." }),
    ),
    request_tags: Type.Array(Type.String()),
    end_user: nullableText("The application's end user."),
    requester_ip_address: nullableText("Address of the caller."),
    user_agent: Type.Optional(nullable(Type.String())),
    messages: nullable(Type.Union([Type.Array(Type.Unknown()), anyObject(), Type.String()])),
    response: nullable(Type.Union([Type.Array(Type.Unknown()), anyObject(), Type.String()])),
    error_str: nullableText("The error's text on failure."),
    error_information: nullable(
      Type.Object({
        ...errorInformation,
        error_code: Type.String(),
        error_class: Type.String(),
        llm_provider: Type.String(),
        traceback: Type.String(),
        error_message: Type.String(),
      }),
    ),
    model_parameters: anyObject({ description: "Parameters of the request, without its content." }),
    hidden_params: Type.Object(hiddenParams),
    guardrail_information: nullable(Type.Array(GuardrailEntry)),
    standard_built_in_tools_params: nullable(Type.Object(toolsParams)),
    waybill: WaybillMemberSchema,
  },
  {
    ...exact,
    $id: "urn:waybill:schema:standard-logging-payload.emit:1",
    title: "Standard logging payload (emit)",
    description:
      "The payload that Waybill writes. What is unknown is null, never zero. Money is USD; times are epoch seconds; the exact cost and its lines stand in the member waybill.",
  },
);

/** A standard logging payload as the wild sends it. */
export type StandardLoggingPayload = Static<typeof StandardLoggingPayloadSchema>;
/** The payload that Waybill writes; also a valid {@link StandardLoggingPayload}. */
export type StandardLoggingPayloadEmit = Static<typeof StandardLoggingPayloadEmitSchema>;
/** The member that Waybill adds to a payload. */
export type WaybillMember = Static<typeof WaybillMemberSchema>;
