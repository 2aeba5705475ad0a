import type { CostResult, StandardLoggingPayloadEmit, WaybillMember } from "@waybill/core";

import type { Call } from "./call.js";
import { countOf, membersOf, textOf, type Members } from "./members.js";
import { promptOf } from "./messages.js";
import { modelParameters } from "./model-parameters.js";
import { failureOf, firstTokenTime } from "./outcome.js";

/** How a payload is written. */
export type BuildOptions = {
  /** Write what LiteLLM writes for what is unknown: 0 for counts and costs, endTime for the first token. */
  compat?: "litellm";
  /** Makes ids for calls and traces that have none; `crypto.randomUUID` by default. */
  newId?: () => string;
};

/**
 * Builds the record of one call. What is unknown is null, never zero, and a missing price says why in
 * `response_cost_failure_debug_info`. The exact cost, its lines, the diagnostics and the timing stand in `waybill`.
 */
export function buildPayload(call: Call, options: BuildOptions = {}): StandardLoggingPayloadEmit {
  const newId = options.newId ?? (() => crypto.randomUUID());
  const { result, cost, startTime, endTime, provider, context = {} } = call;
  const isLitellm = options.compat === "litellm";
  const unknown = isLitellm ? 0 : null;
  const request = membersOf(call.request);
  const answer = membersOf(result?.completion ?? call.response);
  const usage = membersOf(result ? result.usage : answer.usage);
  const failure = failureOf(call);
  const callType = call.callType ?? "acompletion";
  const model = textOf(request.model) ?? textOf(answer.model) ?? "";
  const id = textOf(answer.id) ?? newId();
  const endUser = context.userId ?? textOf(request.user);
  const isStreamed = result !== undefined && request.stream === true;
  const completionStartTime = firstTokenTime(startTime, result) ?? (isLitellm ? endTime : null);
  const until = isStreamed ? completionStartTime : endTime;
  const responseCost = cost?.cost ?? unknown;
  const apiBase = withoutTrailingSlashes(call.apiBase);

  return {
    id,
    trace_id: context.traceId ?? traceIdOf(context.traceparent) ?? newId(),
    ...(context.sessionId ? { session_id: context.sessionId } : {}),
    call_type: callType,
    stream: isStreamed && !failure ? true : null,
    status: failure ? "failure" : "success",
    custom_llm_provider: provider,
    saved_cache_cost: 0,
    startTime,
    endTime,
    completionStartTime,
    response_time: until === null ? null : until - startTime,
    model,
    metadata: {
      ...emptyMetadata,
      user_api_key_hash: context.key ?? null,
      user_api_key_team_id: context.team ?? null,
      user_api_key_end_user_id: endUser ?? null,
      requester_metadata: context.metadata ?? null,
    },
    cache_key: null,
    cache_hit: null,
    response_cost: responseCost,
    total_tokens: countOf(usage.total_tokens) ?? unknown,
    prompt_tokens: countOf(usage.prompt_tokens) ?? unknown,
    completion_tokens: countOf(usage.completion_tokens) ?? unknown,
    request_tags: context.tags ?? [],
    end_user: endUser ?? (isLitellm ? "" : null),
    api_base: apiBase,
    model_group: isLitellm ? "" : null,
    model_id: isLitellm ? "" : null,
    requester_ip_address: null,
    messages: promptOf(request),
    response: answer,
    model_parameters: modelParameters(request),
    hidden_params: {
      model_id: null,
      cache_key: null,
      api_base: apiBase,
      response_cost: responseCost,
      additional_headers: {},
      litellm_overhead_time_ms: null,
      batch_models: null,
      litellm_model_name: model,
      usage_object: Object.keys(usage).length > 0 ? usage : null,
    },
    model_map_information: {
      model_map_key: cost?.model ?? textOf(answer.model) ?? "",
      model_map_value: null,
    },
    error_str: failure?.message ?? null,
    error_information: {
      error_code: failure?.code ?? "",
      error_class: failure?.class ?? "",
      llm_provider: failure ? provider : "",
      traceback: "",
      error_message: failure?.message ?? "",
    },
    response_cost_failure_debug_info: costFailure(cost, { model, provider, callType }),
    guardrail_information: null,
    standard_built_in_tools_params: { web_search_options: null, file_search: null },
    waybill: waybillMember(call, { request, usage, idempotencyKey: `${provider}:${id}` }),
  };
}

const emptyMetadata = {
  user_api_key_alias: null,
  user_api_key_org_id: null,
  user_api_key_user_id: null,
  user_api_key_team_alias: null,
  user_api_key_user_email: null,
  spend_logs_metadata: null,
  requester_ip_address: null,
  prompt_management_metadata: null,
  applied_guardrails: [],
  mcp_tool_call_metadata: null,
  vector_store_request_metadata: null,
};

function costFailure(
  cost: CostResult | undefined,
  { model, provider, callType }: { model: string; provider: string; callType: string },
): StandardLoggingPayloadEmit["response_cost_failure_debug_info"] {
  if (cost && cost.cost !== null) return null;
  return {
    error_str: cost ? `${cost.status}: ${cost.reason ?? "no reason is known"}` : "no price was asked for",
    traceback_str: "",
    model,
    custom_llm_provider: provider,
    call_type: callType,
  };
}

function waybillMember(
  call: Call,
  { request, usage, idempotencyKey }: { request: Members; usage: Members; idempotencyKey: string },
): WaybillMember {
  const { result, response, cost, context } = call;
  const requestedModel = textOf(request.model);
  const reason = cost ? cost.reason : "no price was asked for";
  return {
    version: 1,
    idempotencyKey,
    cost: {
      status: cost?.status ?? "unpriced",
      exact: cost?.exact ?? null,
      lines: cost?.lines ?? [],
      catalog: cost?.catalog ?? null,
      ...(reason === undefined ? {} : { reason }),
    },
    usage: cost?.usage ?? null,
    usageSource: result?.usageSource ?? (Object.keys(usage).length > 0 ? "provider" : "missing"),
    status: result?.status ?? (response && !call.error ? "complete" : "error"),
    diagnostics: result?.diagnostics ?? [],
    timing: result?.timing ?? null,
    attempts: call.attempts ?? [],
    ...(requestedModel ? { requestedModel } : {}),
    ...(context?.traceparent ? { traceparent: context.traceparent } : {}),
  };
}

/** By hand: an expression for this takes quadratic time on slashes that are not at the end. */
function withoutTrailingSlashes(url: string): string {
  let end = url.length;
  while (end > 0 && url[end - 1] === "/") end--;
  return url.slice(0, end);
}

/** The trace id of a W3C traceparent header. */
function traceIdOf(traceparent: string | undefined): string | undefined {
  return /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(traceparent ?? "")?.[1];
}
