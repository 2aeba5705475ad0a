import type {
  ChatCompletion,
  CostResult,
  StandardLoggingPayloadEmit,
  StreamResult,
  WaybillMember,
} from "@waybill/core";

import type { Call, CallError } from "./call.js";
import { promptOf } from "./messages.js";
import { modelParameters } from "./model-parameters.js";

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
  const { request, result, cost, startTime, endTime, provider, apiBase, context = {} } = call;
  const isLitellm = options.compat === "litellm";
  const answer: ChatCompletion | undefined = result?.completion ?? call.response;
  const error = errorOf(call);
  const callType = call.callType ?? "acompletion";
  const model = request.model ?? answer?.model ?? "";
  const id = answer?.id || newId();
  const usage = result ? result.usage : (answer?.usage ?? null);
  const unknown = isLitellm ? 0 : null;
  const firstToken = firstTokenTime(startTime, result);
  const isStreamed = result !== undefined && request.stream === true;
  const completionStartTime = firstToken ?? (isLitellm ? endTime : null);
  const responseCost = cost?.cost ?? unknown;
  const apiBaseWithoutSlash = apiBase.replace(/\/+$/, "");

  return {
    id,
    trace_id: context.traceId ?? traceIdOf(context.traceparent) ?? newId(),
    ...(context.sessionId ? { session_id: context.sessionId } : {}),
    call_type: callType,
    stream: isStreamed && !error ? true : null,
    status: error ? "failure" : "success",
    custom_llm_provider: provider,
    saved_cache_cost: 0,
    startTime,
    endTime,
    completionStartTime,
    response_time: isStreamed
      ? completionStartTime === null
        ? null
        : completionStartTime - startTime
      : endTime - startTime,
    model,
    metadata: { ...emptyMetadata, ...identity(call), requester_metadata: context.metadata ?? null },
    cache_key: null,
    cache_hit: null,
    response_cost: responseCost,
    total_tokens: countOf(usage?.total_tokens) ?? unknown,
    prompt_tokens: countOf(usage?.prompt_tokens) ?? unknown,
    completion_tokens: countOf(usage?.completion_tokens) ?? unknown,
    request_tags: context.tags ?? [],
    end_user: context.userId ?? request.user ?? (isLitellm ? "" : null),
    api_base: apiBaseWithoutSlash,
    model_group: isLitellm ? "" : null,
    model_id: isLitellm ? "" : null,
    requester_ip_address: null,
    messages: promptOf(request),
    response: (answer as Record<string, unknown> | undefined) ?? {},
    model_parameters: modelParameters(request),
    hidden_params: {
      model_id: null,
      cache_key: null,
      api_base: apiBaseWithoutSlash,
      response_cost: responseCost,
      additional_headers: {},
      litellm_overhead_time_ms: null,
      batch_models: null,
      litellm_model_name: model,
      usage_object: usage ?? null,
    },
    model_map_information: { model_map_key: cost?.model ?? answer?.model ?? "", model_map_value: null },
    error_str: error?.message ?? null,
    error_information: {
      error_code: error?.code ?? "",
      error_class: error?.class ?? "",
      llm_provider: error ? provider : "",
      traceback: "",
      error_message: error?.message ?? "",
    },
    response_cost_failure_debug_info: costFailure(cost, { model, provider, callType }),
    guardrail_information: null,
    standard_built_in_tools_params: { web_search_options: null, file_search: null },
    waybill: waybillMember(call, `${provider}:${id}`),
  };
}

const emptyMetadata = {
  user_api_key_hash: null,
  user_api_key_alias: null,
  user_api_key_team_id: null,
  user_api_key_org_id: null,
  user_api_key_user_id: null,
  user_api_key_team_alias: null,
  user_api_key_user_email: null,
  spend_logs_metadata: null,
  requester_ip_address: null,
  requester_metadata: null,
  user_api_key_end_user_id: null,
  prompt_management_metadata: null,
  applied_guardrails: [],
  mcp_tool_call_metadata: null,
  vector_store_request_metadata: null,
};

function identity({ context, request }: Call) {
  return {
    user_api_key_hash: context?.key ?? null,
    user_api_key_team_id: context?.team ?? null,
    user_api_key_end_user_id: context?.userId ?? request.user ?? null,
  };
}

/** The failure of a call: what the client met, what the stream carried, or that it broke off. */
function errorOf({ error, result }: Call): CallError | undefined {
  if (error) return error;
  if (result?.error) {
    const { message, code, type } = result.error;
    return { message, ...(code ? { code } : {}), ...(type ? { class: type } : {}) };
  }
  // A reader that hangs up has not met a failure of the model.
  if (result?.status === "incomplete" && result.endedBy !== "abort") {
    return { message: "the stream ended before a finish reason", class: "IncompleteStream" };
  }
  return undefined;
}

function firstTokenTime(startTime: number, result: StreamResult | undefined): number | null {
  if (!result) return null;
  const { firstContent, firstReasoning, firstTool } = result.timing;
  const times = [firstContent, firstReasoning, firstTool].filter((time) => time !== null);
  return times.length > 0 ? startTime + Math.min(...times) / 1000 : null;
}

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

function waybillMember(call: Call, idempotencyKey: string): WaybillMember {
  const { request, result, response, cost, context } = call;
  const isWhole = result === undefined && call.error === undefined;
  return {
    version: 1,
    idempotencyKey,
    cost: {
      status: cost?.status ?? "unpriced",
      exact: cost?.exact ?? null,
      lines: cost?.lines ?? [],
      catalog: cost?.catalog ?? null,
      ...(cost?.reason ? { reason: cost.reason } : cost ? {} : { reason: "no price was asked for" }),
    },
    usage: cost?.usage ?? null,
    usageSource: result?.usageSource ?? (response?.usage ? "provider" : "missing"),
    status: result?.status ?? (isWhole ? "complete" : "error"),
    diagnostics: result?.diagnostics ?? [],
    timing: result?.timing ?? null,
    attempts: call.attempts ?? [],
    ...(request.model ? { requestedModel: request.model } : {}),
    ...(context?.traceparent ? { traceparent: context.traceparent } : {}),
  };
}

/** A count that a payload can carry; text and fractions of odd gateways stay in the raw usage. */
function countOf(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** The trace id of a W3C traceparent header. */
function traceIdOf(traceparent: string | undefined): string | undefined {
  return /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(traceparent ?? "")?.[1];
}
