import { membersOf, type Members } from "../usage/counts.js";
import { readUsage } from "../usage/read-usage.js";
import { bucketCosts, langfuseUsage } from "./langfuse-usage.js";
import {
  adjustmentsOf,
  breakdownCosts,
  litellmCost,
  statedExact,
  statedIn,
  textOf,
  tierOf,
  timeOf,
  withoutCost,
  type CallData,
  type CostMembers,
  type StatedCall,
} from "./stated-call.js";

/** Events that are no generations; the server drops what they say of models and costs. */
const otherEvents = /^(?:trace|span|event|score)-|^sdk-log$/;

/** The generations of a batch that state a cost. An update is of the model and the time that its creation names. */
export function batchCalls(batch: unknown): StatedCall[] {
  const bodies = new Map<string, Members>();
  const events: unknown[] = Array.isArray(batch) ? batch : [];
  return events.flatMap((event, index) => {
    try {
      const { type, timestamp, body } = membersOf(event);
      if (typeof type === "string" && otherEvents.test(type)) return [];
      const [own, id] = [membersOf(body), textOf(membersOf(body).id)];
      const known = id === undefined ? undefined : bodies.get(id);
      const whole = known ? { ...known, ...own } : own;
      if (id !== undefined) bodies.set(id, whole);
      const call = generationCall(own, whole, timestamp, `/batch/${index}/body`);
      return call.costs.length > 0 ? [call] : [];
    } catch {
      // A getter or a proxy that throws: this event states nothing, and the others may.
      return [];
    }
  });
}

const legacyCosts: CostMembers = {
  totalCost: { of: "total" },
  inputCost: { of: "input" },
  outputCost: { of: "output" },
};

function generationCall(own: Members, whole: Members, timestamp: unknown, path: string): StatedCall {
  const metadata = membersOf(own.metadata);
  const hidden = membersOf(metadata.hidden_params);
  const breakdown = membersOf(metadata.cost_breakdown);
  return {
    read: () => readGeneration(whole, metadata, timestamp),
    costs: [
      ...statedIn(own.usage, `${path}/usage`, legacyCosts),
      ...bucketCosts(membersOf(own.costDetails), `${path}/costDetails`),
      ...statedIn(metadata, `${path}/metadata`, { litellm_response_cost: { of: "total" } }),
      ...statedIn(hidden, `${path}/metadata/hidden_params`, litellmCost),
      ...statedIn(breakdown, `${path}/metadata/cost_breakdown`, breakdownCosts),
      ...statedExact(metadata.cost_exact, `${path}/metadata/cost_exact`),
    ],
  };
}

function readGeneration(whole: Members, metadata: Members, timestamp: unknown): CallData {
  const hidden = membersOf(metadata.hidden_params);
  const breakdown = membersOf(metadata.cost_breakdown);
  const usage = usageOf(whole, hidden.usage_object ?? metadata.usage_object);
  const provider = textOf(metadata.provider);
  const names = [whole.model, hidden.litellm_model_name].flatMap((name) => textOf(name) ?? []);
  return {
    // A caller's own metadata may have a provider of another meaning.
    names: names.flatMap((name): CallData["names"] =>
      provider === undefined ? [[name]] : [[name, provider], [name]],
    ),
    request: {
      ...adjustmentsOf(breakdown),
      usage: withoutCost(usage),
      at: timeOf(whole.startTime) ?? timeOf(timestamp),
      serviceTier: tierOf(usage, breakdown, whole.modelParameters),
      cacheHit: metadata.cache_hit === true,
      response: { choices: [{ message: whole.output }] },
    },
  };
}

/** Langfuse's own counts; LiteLLM's usage object where it has the same ones, for it divides them further. */
function usageOf(body: Members, object: unknown): unknown {
  const counted = langfuseUsage(body);
  if (counted === null) return object ?? null;
  const [own, richer] = [readUsage(counted, {}), readUsage(object, {})];
  const isSame =
    own.status === "read" &&
    richer.status === "read" &&
    own.prompt === richer.prompt &&
    own.completion === richer.completion;
  return isSame ? object : counted;
}
