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
import { anyJson, anyObject, maybe, nullable } from "./nullable.js";

const Text = (description: string) => maybe(Type.String({ description }));
const Usd = (description: string) => maybe(Type.Number({ description: `${description} USD.` }));

/** Older payloads carry "YYYY-MM-DD HH:MM:SS.ffffff" without a zone instead of epoch seconds. */
const Time = (description: string) =>
  maybe(
    Type.Union([Type.Number(), Type.String({ maxLength: 64 })], {
      description: `${description} Epoch seconds.`,
    }),
  );

const metadata = {
  user_api_key_hash: Text("SHA-256 of the caller's key, never the key."),
  user_api_key_alias: Text("Name of the caller's key."),
  user_api_key_team_id: Text("Team of the key."),
  user_api_key_team_alias: Text("Name of the team."),
  user_api_key_org_id: Text("Organisation of the key."),
  user_api_key_org_alias: Text("Name of the organisation."),
  user_api_key_project_id: Text("Project of the key."),
  user_api_key_project_alias: Text("Name of the project."),
  user_api_key_user_id: Text("Owner of the key."),
  user_api_key_user_email: Text("E-mail of the owner."),
  user_api_key_end_user_id: Text("The application's end user."),
  user_api_key_request_route: Text("Route of the proxy that was called."),
  user_api_key_auth_metadata: maybe(anyObject()),
  user_api_key_spend: Usd("Spend of the key so far."),
  user_api_key_max_budget: Usd("Budget of the key."),
  user_api_key_user_spend: Usd("Spend of the user so far."),
  user_api_key_user_max_budget: Usd("Budget of the user."),
  user_api_key_team_spend: Usd("Spend of the team so far."),
  user_api_key_team_max_budget: Usd("Budget of the team."),
  user_api_key_budget_reset_at: Text("When the budget starts anew."),
  team_id: Text("Team."),
  team_alias: Text("Name of the team."),
  spend_logs_metadata: maybe(anyObject()),
  requester_ip_address: Text("Address of the caller."),
  requester_metadata: maybe(anyObject({ description: "What the caller passed as metadata." })),
  requester_custom_headers: maybe(anyObject()),
  user_agent: Text("User agent of the caller."),
  prompt_management_metadata: maybe(
    Type.Object({
      prompt_id: Type.String(),
      prompt_variables: nullable(anyObject()),
      prompt_integration: Type.String(),
    }),
  ),
  applied_guardrails: maybe(Type.Array(Type.String())),
  mcp_tool_call_metadata: maybe(anyObject()),
  vector_store_request_metadata: maybe(Type.Array(anyObject())),
  usage_object: maybe(anyObject({ description: "The usage as returned, with all details." })),
  cold_storage_object_key: Text("Where the content is kept."),
  routing_decision: maybe(anyObject()),
  guardrail_information: Type.Optional(anyJson()),
};

const hiddenParams = {
  model_id: Text("Deployment of the router."),
  cache_key: Text("Key of the response cache."),
  api_base: Text("Address of the provider."),
  response_cost: maybe(
    Type.Union([Type.Number(), Type.String({ maxLength: 64 })], { description: "Cost of the call. USD." }),
  ),
  additional_headers: maybe(anyObject({ description: "Rate limit headers of the provider." })),
  litellm_overhead_time_ms: maybe(Type.Number({ description: "Time spent in the proxy. Milliseconds." })),
  batch_models: maybe(Type.Array(Type.String())),
  litellm_model_name: Text("Model as LiteLLM names it."),
  usage_object: maybe(anyObject()),
};

const errorInformation = {
  error_code: Text("HTTP status or code of the exception, as text."),
  error_class: Text("Class of the exception."),
  llm_provider: Text("Provider that failed."),
  traceback: Text("First lines of the traceback."),
  error_message: Text("Message of the exception."),
  error_rate_limit_category: Text("Whose rate limit was hit."),
  error_rate_limit_type: Text("Which limit was hit."),
};

const costBreakdown = {
  input_cost: Usd("Input, cache included."),
  output_cost: Usd("Output, reasoning included."),
  tool_usage_cost: Usd("Built-in tools."),
  total_cost: Usd("The whole call."),
  cache_read_cost: Usd("Part of input_cost read from a cache."),
  cache_creation_cost: Usd("Part of input_cost written to a cache."),
  reasoning_cost: Usd("Part of output_cost spent on reasoning."),
  additional_costs: maybe(anyObject()),
  guardrail_cost: Usd("Guardrails."),
  original_cost: Usd("Before discount and margin."),
  discount_percent: maybe(Type.Number({ description: "A fraction: 0.05 is five per cent." })),
  discount_amount: Usd("Discount."),
  margin_percent: maybe(Type.Number({ description: "A fraction." })),
  margin_fixed_amount: Usd("Fixed margin."),
  margin_total_amount: Usd("Whole margin."),
  service_tier: Text("Tier the price is for."),
  data_residency: Text("Residency the price is for."),
  vertex_location: Text("Vertex location the price is for."),
};

const failureDebugInfo = {
  error_str: Text("Why the cost is unknown."),
  traceback_str: Text("Where that was found."),
  model: Text("Model."),
  cache_hit: maybe(Type.Boolean()),
  custom_llm_provider: Text("Provider."),
  base_model: Text("Base model."),
  call_type: Text("Call type."),
  custom_pricing: maybe(Type.Boolean()),
};

const modelMapInformation = {
  model_map_key: Text("Name the price was looked up under."),
  model_map_value: maybe(anyObject({ description: "The catalog entry." })),
};

const toolsParams = { web_search_options: maybe(anyObject()), file_search: maybe(anyObject()) };

const Count = (description: string) => maybe(Type.Integer({ description }));

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
    status_fields: maybe(anyObject()),
    custom_llm_provider: Text("Provider; an open set."),
    total_tokens: Count("The provider's total. Tokens."),
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
    guardrail_information: maybe(Type.Union([Type.Array(anyObject()), anyObject()])),
    standard_built_in_tools_params: maybe(Type.Object(toolsParams)),
  },
  {
    $id: "urn:waybill:schema:standard-logging-payload:1",
    title: "Standard logging payload",
    description:
      "LiteLLM's StandardLoggingPayload: one record of one model call. A status and one of id and litellm_call_id are sure to be there; any other field may have been removed by configuration. Unknown members are kept. Money is USD, times are epoch seconds.",
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
    saved_cache_cost: Type.Number({ description: "USD." }),
    request_tags: Type.Array(Type.String()),
    end_user: nullableText("The application's end user."),
    requester_ip_address: nullableText("Address of the caller."),
    user_agent: Type.Optional(nullable(Type.String())),
    messages: nullable(Type.Union([Type.Array(Type.Unknown()), anyObject(), Type.String()])),
    response: nullable(Type.Union([Type.Array(Type.Unknown()), anyObject(), Type.String()])),
    error_str: nullableText("The error's text on failure."),
    error_information: nullable(
      Type.Object({
        error_code: Type.String(),
        error_class: Type.String(),
        llm_provider: Type.String(),
        traceback: Type.String(),
        error_message: Type.String(),
      }),
    ),
    model_parameters: anyObject({ description: "Parameters of the request, without its content." }),
    hidden_params: Type.Object(hiddenParams),
    guardrail_information: nullable(Type.Array(anyObject())),
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
