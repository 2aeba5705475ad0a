import { membersOf, type Members } from "../usage/counts.js";
import { readUsage } from "../usage/read-usage.js";
import { usageCosts } from "./completion-costs.js";
import {
  adjustmentsOf,
  amountOf,
  breakdownCosts,
  litellmCost,
  memberAt,
  statedExact,
  statedIn,
  textOf,
  tierOf,
  timeOf,
  withoutCost,
  type CallData,
  type StatedCall,
} from "./stated-call.js";

/** The call of a standard logging payload and what it states of its cost. */
export function payloadCall(payload: Members): StatedCall {
  const costs = [
    ...statedIn(payload, "", litellmCost),
    ...statedIn(memberAt(payload, "cost_breakdown"), "/cost_breakdown", breakdownCosts),
    ...statedIn(memberAt(payload, "hidden_params"), "/hidden_params", litellmCost),
    ...usageCosts(memberAt(payload, "response", "usage"), "/response/usage"),
    ...statedExact(memberAt(payload, "waybill", "cost", "exact"), "/waybill/cost/exact"),
  ];
  // LiteLLM writes 0 for a cost it does not know, and says so only here.
  const isUnknown = (memberAt(payload, "response_cost_failure_debug_info") ?? null) !== null;
  return {
    read: () => readPayload(payload),
    costs: costs.map((cost) =>
      isUnknown && typeof cost !== "string" && cost.claimed === 0
        ? `${cost.path} is 0, and response_cost_failure_debug_info says that the cost is unknown`
        : cost,
    ),
  };
}

function readPayload(payload: Members): CallData {
  const response = membersOf(payload.response);
  const hidden = membersOf(payload.hidden_params);
  const parameters = membersOf(payload.model_parameters);
  const breakdown = membersOf(payload.cost_breakdown);
  const provider = textOf(payload.custom_llm_provider);
  const names = [
    // The name that LiteLLM looked the price up by: the base model of a deployment.
    membersOf(payload.model_map_information).model_map_key,
    payload.model,
    response.model,
    hidden.litellm_model_name,
  ].flatMap((name) => textOf(name) ?? []);
  const usage = usageOf(payload, response, hidden);
  const callType = textOf(payload.call_type) ?? "";
  const images =
    Array.isArray(response.data) && response.data.length > 0 ? response.data.length : parameters.n;
  const isBatch = Array.isArray(hidden.batch_models) && hidden.batch_models.length > 0;
  return {
    names: names.map((name) => (provider === undefined ? [name] : [name, provider])),
    request: {
      ...adjustmentsOf(breakdown),
      usage: withoutCost(usage),
      at: timeOf(payload.startTime),
      serviceTier: tierOf(response, usage, breakdown, parameters),
      cacheHit: payload.cache_hit === true,
      batch: isBatch || callType.endsWith("_batch"),
      response,
      durationSeconds: amountOf(response.duration) ?? amountOf(membersOf(response.usage).seconds),
      searchUnits: amountOf(membersOf(membersOf(response.meta).billed_units).search_units),
      pages: amountOf(membersOf(response.usage_info).pages_processed),
      ...(callType.includes("image")
        ? { images: amountOf(images), size: textOf(parameters.size), quality: textOf(parameters.quality) }
        : {}),
    },
    searchSize: [membersOf(payload.standard_built_in_tools_params), parameters]
      .map((place) => textOf(membersOf(place.web_search_options).search_context_size))
      .find(Boolean),
  };
}

/** The usage of the response, or where LiteLLM keeps it else: its own three counts say least. */
function usageOf(payload: Members, response: Members, hidden: Members): unknown {
  const { prompt_tokens, completion_tokens, total_tokens } = payload;
  return [
    response.usage,
    membersOf(payload.metadata).usage_object,
    hidden.usage_object,
    { prompt_tokens, completion_tokens, total_tokens },
  ].find((each) => readUsage(each, {}).status !== "no_usage");
}
