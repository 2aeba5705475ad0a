import type { CostResult } from "@waybill/core";
import type { CostEngine, UsageApi } from "@waybill/cost";

import type { Answer } from "./answers/answer.js";
import type { Api } from "./api.js";
import { membersOf, textOf, type Members } from "./members.js";
import { spokenBy } from "./provider.js";

/** What a price depends on. */
export type PricedCall = {
  api: Api;
  provider: string | undefined;
  /** The model that was asked for. */
  model: string | undefined;
  answer: Answer;
  /** Epoch milliseconds. */
  startTime: number;
};

const usageApis: Readonly<Record<Api, UsageApi>> = {
  chat: "chat",
  completions: "chat",
  embeddings: "chat",
  responses: "responses",
  messages: "messages",
};

/**
 * The price of a call by the model that answered, and where the catalog does not have it, by the one that was asked for: a
 * provider's name of a snapshot may be newer than the catalog.
 */
export function priceOf(
  engine: CostEngine,
  { api, provider, model, answer, startTime }: PricedCall,
): CostResult {
  const body = bodyOf(answer);
  const answered = answeredModel(answer);
  const call = {
    provider,
    usage: answer.result ? answer.result.usage : (body.usage ?? null),
    api: usageApis[api],
    at: startTime,
    serviceTier: textOf(body.service_tier),
    response: body,
  };
  const cost = engine.price({ ...call, model: answered ?? model ?? "" });
  if (cost.status !== "unpriced" || model === undefined || answered === undefined || answered === model)
    return cost;
  const asked = engine.price({ ...call, model });
  return asked.status === "unpriced" ? cost : asked;
}

/** The model that an answer says it is of. */
export function answeredModel(answer: Answer): string | undefined {
  return textOf(bodyOf(answer).model);
}

function bodyOf({ result, response }: Answer): Members {
  return membersOf(result?.completion ?? response);
}

/**
 * The provider of a call to a host that is nobody's that is known, such as a proxy: that of the model in the catalog, and
 * else the one whose API was spoken.
 */
export function providerOfModel(
  engine: CostEngine | null,
  api: Api,
  ...models: readonly (string | undefined)[]
): string {
  for (const model of models) {
    const resolution = model === undefined ? undefined : engine?.resolve(model);
    if (resolution?.found) return resolution.model.provider;
  }
  return spokenBy(api);
}
