import { decimalOf, formatDecimal, multiply } from "../decimal.js";
import { membersOf, type Members } from "../usage/counts.js";
import {
  litellmCost,
  memberAt,
  statedIn,
  textOf,
  tierOf,
  timeOf,
  withoutCost,
  type CostMembers,
  type CallData,
  type StatedCall,
} from "./stated-call.js";

/** The call of a completion or a chunk, and what its provider says that it cost. */
export function completionCall(completion: Members): StatedCall {
  return {
    read: () => readCompletion(completion),
    costs: [
      ...usageCosts(memberAt(completion, "usage") ?? memberAt(completion, "x_groq", "usage"), "/usage"),
      ...statedIn(memberAt(completion, "hidden_params"), "/hidden_params", litellmCost),
      ...statedIn(memberAt(completion, "_hidden_params"), "/_hidden_params", litellmCost),
    ],
  };
}

function readCompletion(completion: Members): CallData {
  const usage = completion.usage ?? membersOf(completion.x_groq).usage;
  const model = textOf(completion.model);
  const provider = providerOf(membersOf(usage));
  return {
    names: model === undefined ? [] : provider === undefined ? [[model]] : [[model, provider], [model]],
    request: {
      usage: withoutCost(usage),
      at: timeOf(completion.created),
      serviceTier: tierOf(completion, usage),
      response: completion,
    },
  };
}

/** Who writes a price of this form into usage. A name without a provider's may stand for another's model. */
function providerOf({ cost, cost_in_usd_ticks, estimated_cost }: Members): string | undefined {
  if (typeof cost === "number") return "openrouter";
  if (typeof cost === "object" && cost !== null) return "perplexity";
  if (typeof cost_in_usd_ticks === "number") return "xai";
  return typeof estimated_cost === "number" ? "deepinfra" : undefined;
}

const perplexityCosts: CostMembers = {
  input_tokens_cost: { of: "lines", kinds: ["input"] },
  citation_tokens_cost: { of: "lines", kinds: ["citations"] },
  output_tokens_cost: { of: "lines", kinds: ["output"] },
  reasoning_tokens_cost: { of: "lines", kinds: ["reasoning"] },
  search_queries_cost: { of: "lines", kinds: ["web_search"] },
  request_cost: { of: "lines", kinds: ["web_search"] },
  total_cost: { of: "total" },
};

const openrouterCosts: CostMembers = {
  upstream_inference_cost: { of: "total" },
  upstream_inference_prompt_cost: { of: "input" },
  upstream_inference_completions_cost: { of: "output" },
};

/** What a provider's usage states. With a key of one's own OpenRouter's cost is its fee alone. */
export function usageCosts(usage: unknown, path: string): StatedCall["costs"] {
  const isOwnKey = memberAt(usage, "is_byok") === true;
  const ticks = memberAt(usage, "cost_in_usd_ticks");
  const usd =
    typeof ticks === "number" && Number.isFinite(ticks)
      ? Number(formatDecimal(multiply(decimalOf(ticks), { coefficient: 1, scale: 10 })))
      : ticks;
  return [
    ...statedIn(usage, path, { cost: isOwnKey ? undefined : { of: "total" } }),
    ...statedIn(memberAt(usage, "cost"), `${path}/cost`, perplexityCosts),
    ...statedIn({ cost_in_usd_ticks: usd }, path, { cost_in_usd_ticks: { of: "total" } }),
    ...statedIn(usage, path, { estimated_cost: { of: "total" } }),
    ...statedIn(memberAt(usage, "cost_details"), `${path}/cost_details`, openrouterCosts),
  ];
}
