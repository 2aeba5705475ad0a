import { Type } from "@sinclair/typebox";

import { anyJson, anyObject, maybe, nullable } from "./nullable.js";

/*
 * The nested objects of a standard logging payload. Readers and writers share them: every member is optional and may be
 * null, and unknown members are kept.
 */

const Text = (description: string) => maybe(Type.String({ description }));
const Usd = (description: string) => maybe(Type.Number({ description: `${description} USD.` }));
const Seconds = (description: string) => maybe(Type.Number({ description: `${description} Epoch seconds.` }));

const toolCallMetadata = Type.Object(
  {
    name: Text("Tool that was called."),
    arguments: maybe(anyObject({ description: "Its arguments." })),
    result: maybe(anyObject({ description: "Its result." })),
    mcp_server_name: Text("Server of the tool."),
    mcp_server_logo_url: Text("Logo of the server."),
    namespaced_tool_name: Text("Tool with its server."),
    mcp_server_cost_info: maybe(
      Type.Object({
        default_cost_per_query: Usd("Price of a call."),
        tool_name_to_cost_per_query: maybe(anyObject({ description: "Price of a call by tool. USD." })),
      }),
    ),
    mcp_session_id: Text("Session with the server."),
    mcp_auth_mode: Text("How the server was authorised."),
    mcp_server_resource: Text("Origin of the server."),
  },
  { description: "A call of an MCP tool." },
);

const vectorStoreRequest = Type.Object({
  vector_store_id: Text("Store that was searched."),
  custom_llm_provider: Text("Provider of the store."),
  query: Text("What was searched for."),
  vector_store_search_response: maybe(anyObject({ description: "What was found." })),
  start_time: Seconds("Start of the search."),
  end_time: Seconds("End of the search."),
});

/** What the payload knows of the caller and the request. */
export const metadata = {
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
  user_api_key_auth_metadata: maybe(anyObject({ description: "Pairs kept with the key." })),
  user_api_key_spend: Usd("Spend of the key so far."),
  user_api_key_max_budget: Usd("Budget of the key."),
  user_api_key_user_spend: Usd("Spend of the user so far."),
  user_api_key_user_max_budget: Usd("Budget of the user."),
  user_api_key_team_spend: Usd("Spend of the team so far."),
  user_api_key_team_max_budget: Usd("Budget of the team."),
  user_api_key_budget_reset_at: Text("When the budget starts anew."),
  team_id: Text("Team."),
  team_alias: Text("Name of the team."),
  spend_logs_metadata: maybe(anyObject({ description: "Pairs for the spend log." })),
  requester_ip_address: Text("Address of the caller."),
  requester_metadata: maybe(anyObject({ description: "What the caller passed as metadata." })),
  requester_custom_headers: maybe(anyObject({ description: "The caller's x- headers." })),
  user_agent: Text("User agent of the caller."),
  prompt_management_metadata: maybe(
    Type.Object(
      {
        prompt_id: Type.String(),
        prompt_variables: nullable(anyObject()),
        prompt_integration: Type.String(),
      },
      { description: "The managed prompt that was used." },
    ),
  ),
  applied_guardrails: maybe(Type.Array(Type.String(), { description: "Guardrails that ran." })),
  mcp_tool_call_metadata: maybe(toolCallMetadata),
  vector_store_request_metadata: maybe(Type.Array(vectorStoreRequest)),
  usage_object: maybe(anyObject({ description: "The usage as returned, with all details." })),
  cold_storage_object_key: Text("Where the content is kept."),
  routing_decision: maybe(
    anyObject({ description: "Why the router chose this model; quotes the prompt in some members." }),
  ),
  guardrail_information: Type.Optional(anyJson({ description: "Older payloads keep it here." })),
};

/** Parameters that LiteLLM keeps apart from the request. */
export const hiddenParams = {
  model_id: Text("Deployment of the router."),
  cache_key: Text("Key of the response cache."),
  api_base: Text("Address of the provider."),
  response_cost: maybe(
    Type.Union([Type.Number(), Type.String({ maxLength: 64 })], { description: "Cost of the call. USD." }),
  ),
  additional_headers: maybe(
    Type.Object(
      {
        x_ratelimit_limit_requests: maybe(Type.Union([Type.Integer(), Type.String()])),
        x_ratelimit_limit_tokens: maybe(Type.Union([Type.Integer(), Type.String()])),
        x_ratelimit_remaining_requests: maybe(Type.Union([Type.Integer(), Type.String()])),
        x_ratelimit_remaining_tokens: maybe(Type.Union([Type.Integer(), Type.String()])),
        x_ratelimit_reset_requests: maybe(Type.Union([Type.Number(), Type.String()])),
        x_ratelimit_reset_tokens: maybe(Type.Union([Type.Number(), Type.String()])),
      },
      { description: 'Rate limit headers of the provider; resets are durations such as "6ms".' },
    ),
  ),
  litellm_overhead_time_ms: maybe(Type.Number({ description: "Time spent in the proxy. Milliseconds." })),
  batch_models: maybe(Type.Array(Type.String(), { description: "Models of a batch job." })),
  litellm_model_name: Text("Model as LiteLLM names it."),
  usage_object: maybe(anyObject({ description: "The usage as returned." })),
};

/** What failed; every member is "" on success. */
export const errorInformation = {
  error_code: Text("HTTP status or code of the exception, as text."),
  error_class: Text("Class of the exception."),
  llm_provider: Text("Provider that failed."),
  traceback: Text("First lines of the traceback."),
  error_message: Text("Message of the exception."),
  error_rate_limit_category: Text(
    "Whose rate limit was hit: vendor_rate_limit, litellm_rate_limit and others.",
  ),
  error_rate_limit_type: Text(
    "Which limit was hit: requests, tokens, concurrent_requests, budget, max_iterations.",
  ),
  error_budget_entity_type: Text("Whose budget was spent."),
  error_budget_entity_id: Text("Id of that."),
  error_budget_limit: Usd("The budget."),
  error_budget_spend: Usd("What was spent of it."),
};

/** How the cost is made up. */
export const costBreakdown = {
  input_cost: Usd("Input, cache included."),
  output_cost: Usd("Output, reasoning included."),
  tool_usage_cost: Usd("Built-in tools."),
  total_cost: Usd("The whole call."),
  cache_read_cost: Usd("Part of input_cost read from a cache."),
  cache_creation_cost: Usd("Part of input_cost written to a cache."),
  reasoning_cost: Usd("Part of output_cost spent on reasoning."),
  additional_costs: maybe(anyObject({ description: "Other costs by name. USD." })),
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

/** Why the cost is unknown; not null only then. */
export const failureDebugInfo = {
  error_str: Text("Why the cost is unknown."),
  traceback_str: Text("Where that was found."),
  model: Text("Model."),
  cache_hit: maybe(Type.Boolean()),
  custom_llm_provider: Text("Provider."),
  base_model: Text("Base model."),
  call_type: Text("Call type."),
  custom_pricing: maybe(Type.Boolean()),
};

/** The catalog entry the price was looked up in. */
export const modelMapInformation = {
  model_map_key: Text("Name the price was looked up under."),
  model_map_value: maybe(
    anyObject({ description: "The catalog entry; null when the model is not in the catalog." }),
  ),
};

/** Options of tools that the provider runs. */
export const toolsParams = {
  web_search_options: maybe(anyObject({ description: "Web search." })),
  file_search: maybe(anyObject({ description: "File search." })),
};

/** What one guardrail did. */
export const GuardrailEntry = Type.Object(
  {
    guardrail_name: Text("Name."),
    guardrail_id: Text("Id."),
    guardrail_provider: Text("Provider."),
    guardrail_mode: maybe(
      Type.Union([Type.String(), Type.Array(Type.String()), anyObject()], { description: "When it runs." }),
    ),
    guardrail_request: maybe(Type.Union([Type.String(), anyObject()])),
    guardrail_response: maybe(Type.Union([Type.String(), anyObject(), Type.Array(Type.Unknown())])),
    guardrail_status: Text(
      "success, guardrail_intervened, guardrail_failed_to_respond or not_run; blocked and failure in older payloads.",
    ),
    start_time: Seconds("Start."),
    end_time: Seconds("End."),
    duration: maybe(Type.Number({ description: "Seconds." })),
    masked_entity_count: maybe(anyObject({ description: "Masked entities by kind." })),
    policy_template: Text("Policy."),
    detection_method: Text("How it detects."),
    confidence_score: maybe(Type.Number({ description: "0 to 1." })),
    classification: Type.Optional(anyJson()),
    match_details: Type.Optional(anyJson()),
    patterns_checked: Type.Optional(anyJson()),
    alert_recipients: maybe(Type.Array(Type.String())),
    risk_score: maybe(Type.Number({ description: "0 to 10." })),
    violation_categories: maybe(Type.Array(Type.String())),
    guardrail_action: Text("What it did."),
    guardrail_usage: maybe(anyObject({ description: "Tokens it used." })),
    guardrail_cost: Usd("What it cost."),
    guardrail_cost_in_spend: maybe(Type.Boolean({ description: "Whether response_cost counts it." })),
  },
  { title: "GuardrailEntry", description: "What one guardrail did." },
);

/** The status of the model call and of the guardrails, apart. */
export const statusFields = {
  llm_api_status: Text("success or failure."),
  guardrail_status: Text("Status of the first guardrail that ran, else not_run."),
};
