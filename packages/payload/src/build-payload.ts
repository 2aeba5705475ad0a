import type { StandardLoggingPayloadEmit } from "@waybill/core";

import type { Call } from "./call.js";
import { costFailure } from "./charged.js";
import { factsOf, type Facts } from "./facts.js";
import { rateLimitsOf } from "./headers.js";
import { isMembers, membersOf, numberOf, textOf } from "./members.js";
import { promptOf } from "./messages.js";
import { modelParameters } from "./model-parameters.js";
import type { BuildOptions } from "./options.js";
import { tracebackOf } from "./outcome.js";
import { firstTokenTime } from "./times.js";
import { toolsParamsOf } from "./tools-params.js";

type Payload = StandardLoggingPayloadEmit;

/**
 * Builds the record of one call. What is unknown is null, never zero, and a missing price says why in
 * `response_cost_failure_debug_info`. The exact cost, its lines, the diagnostics and the timing stand in `waybill`. Never
 * throws and does not change the call: what cannot be recorded as it is, is named in `waybill.degraded`. Values that JSON
 * can hold are not copied, so the record shares the objects of the request and the answer.
 */
export function buildPayload(call: Call, options?: BuildOptions | null): Payload {
  return payloadOf(call, options ?? {});
}

function payloadOf(call: Call, options: BuildOptions): Payload {
  const facts = factsOf(call, options);
  const { given, request, context, cache, body, failure, provider, charged, counts, caller, callId } = facts;
  const isLitellm = options.compat === "litellm";
  const unknown = isLitellm ? 0 : null;
  const noText = isLitellm ? "" : null;
  const model = sentModel(facts, isLitellm);
  const apiBase = withoutTrailingSlashes(textOf(given.apiBase) ?? "");
  const cacheKey = textOf(cache.key) ?? null;
  const modelId = textOf(context.modelId) ?? null;
  const cost = charged.cost ?? unknown;

  return {
    id: facts.identity.id,
    ...(callId === undefined ? {} : { litellm_call_id: callId }),
    trace_id: caller.traceId,
    ...(caller.sessionId === undefined ? {} : { session_id: caller.sessionId }),
    call_type: facts.callType,
    ...momentsOf(facts, isLitellm),
    status: failure ? "failure" : "success",
    ...(facts.guardrails === null
      ? {}
      : { status_fields: statusFields(failure !== undefined, facts.guardrails) }),
    custom_llm_provider: provider === "" ? null : provider,
    saved_cache_cost: charged.saved ?? unknown,
    model,
    metadata: caller.metadata,
    cache_key: cacheKey,
    cache_hit: typeof cache.hit === "boolean" ? cache.hit : null,
    response_cost: cost,
    ...(charged.breakdown ? { cost_breakdown: charged.breakdown } : {}),
    total_tokens: counts.total ?? unknown,
    prompt_tokens: counts.prompt ?? unknown,
    completion_tokens: counts.completion ?? unknown,
    request_tags: caller.tags,
    end_user: caller.endUser ?? noText,
    api_base: apiBase,
    model_group: textOf(context.modelGroup) ?? noText,
    model_id: modelId ?? noText,
    requester_ip_address: caller.ipAddress ?? null,
    ...(caller.userAgent === undefined ? {} : { user_agent: caller.userAgent }),
    messages: promptOf(request, isLitellm),
    response:
      typeof body === "string" || Array.isArray(body) ? (body as string | unknown[]) : membersOf(body),
    model_parameters: modelParameters(request),
    hidden_params: {
      model_id: modelId,
      cache_key: cacheKey,
      api_base: apiBase === "" ? null : apiBase,
      response_cost: cost,
      additional_headers: rateLimitsOf(facts.headers, isLitellm),
      litellm_overhead_time_ms: numberOf(given.overheadMs) ?? null,
      batch_models: null,
      litellm_model_name: model,
      usage_object: hasUsage(facts) ? facts.usage : null,
    },
    model_map_information: {
      model_map_key: mapKey(facts, isLitellm),
      model_map_value: isMembers(given.catalogEntry) ? given.catalogEntry : null,
    },
    error_str: failure?.message ?? null,
    error_information: {
      error_code: failure?.code ?? "",
      error_class: failure?.class ?? "",
      llm_provider: failure ? provider : "",
      traceback: tracebackOf(failure?.traceback),
      error_message: failure?.message ?? "",
    },
    // LiteLLM asks for no price of a failed call, and so has no reason.
    response_cost_failure_debug_info:
      isLitellm && failure && given.cost === undefined
        ? null
        : costFailure(charged, { model, provider, callType: facts.callType }),
    guardrail_information: facts.guardrails,
    standard_built_in_tools_params: toolsParamsOf(request),
    waybill: waybillMember(facts),
  };
}

/** LiteLLM's two older words for what guardrails did. */
const guardrailStatuses: Readonly<Record<string, string>> = {
  blocked: "guardrail_intervened",
  failure: "guardrail_failed_to_respond",
};

/** The status of the call beside that of the first guardrail that ran. */
function statusFields(
  isFailure: boolean,
  guardrails: NonNullable<Facts["guardrails"]>,
): NonNullable<Payload["status_fields"]> {
  const statuses = guardrails.flatMap(({ guardrail_status: status }) => textOf(status) ?? []);
  const first = statuses.find((status) => status !== "not_run") ?? "not_run";
  return {
    llm_api_status: isFailure ? "failure" : "success",
    guardrail_status: guardrailStatuses[first] ?? first,
  };
}

/** When things happened. LiteLLM takes the end for the first token where it saw none. */
function momentsOf(
  { request, body, stream, failure, startTime, endTime }: Facts,
  isLitellm: boolean,
): Pick<Payload, "stream" | "startTime" | "endTime" | "completionStartTime" | "response_time"> {
  const isStreamed = request.stream === true && body !== undefined && body !== null;
  const completionStartTime = firstTokenTime(startTime, stream?.timing) ?? (isLitellm ? endTime : null);
  const until = isStreamed ? completionStartTime : endTime;
  const responseTime = until === null ? null : until - startTime;
  return {
    stream: isStreamed && !failure ? true : null,
    startTime,
    endTime,
    completionStartTime,
    // A clock that was put back says nothing about how long it took.
    response_time: responseTime !== null && responseTime < 0 && !isLitellm ? null : responseTime,
  };
}

function waybillMember(facts: Facts): Payload["waybill"] {
  const { request, stream, failure, charged, caller, requestId, degraded } = facts;
  const requestedModel = textOf(request.model);
  return {
    version: 1,
    idempotencyKey: facts.identity.idempotencyKey,
    cost: charged.member,
    usage: charged.usage,
    usageSource: stream?.usageSource ?? (hasUsage(facts) ? "provider" : "missing"),
    status: stream?.status ?? (failure ? "error" : "complete"),
    diagnostics: stream?.diagnostics ?? [],
    timing: stream?.timing ?? null,
    attempts: facts.attempts,
    ...(requestedModel === undefined ? {} : { requestedModel }),
    ...(requestId === undefined ? {} : { providerRequestId: requestId }),
    ...(caller.traceparent === undefined ? {} : { traceparent: caller.traceparent }),
    ...(degraded === undefined ? {} : { degraded }),
  };
}

function hasUsage({ usage }: Facts): boolean {
  return Object.keys(usage).length > 0;
}

/** The model that the last try was for, failed or not. LiteLLM puts Bedrock's prefix back. */
function sentModel({ attempts, request, answer, provider }: Facts, isLitellm: boolean): string {
  const model = attempts.at(-1)?.model ?? textOf(request.model) ?? textOf(answer.model) ?? "";
  const lacksPrefix = provider === "bedrock" && model !== "" && !model.startsWith("bedrock/");
  return isLitellm && lacksPrefix ? `bedrock/${model}` : model;
}

/** LiteLLM looks prices up under the answer's model; we tell what the catalog calls the one that was found. */
function mapKey({ given, answer, charged }: Facts, isLitellm: boolean): string {
  const base = textOf(given.baseModel);
  const answered = textOf(answer.model);
  return (isLitellm ? (base ?? answered) : (charged.model ?? base ?? answered)) ?? "";
}

/** By hand: an expression for this takes quadratic time on slashes that are not at the end. */
function withoutTrailingSlashes(url: string): string {
  let end = url.length;
  while (end > 0 && url[end - 1] === "/") end--;
  return url.slice(0, end);
}
