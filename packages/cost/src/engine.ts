import type { CostResult, PriceInterval } from "@waybill/core";
import { WaybillError } from "@waybill/core/errors";

import { AmountSum } from "./bill.js";
import { endOfTime, withoutPrice } from "./call.js";
import type { LitellmEntry, Prices } from "./catalog/litellm-entry.js";
import { shardOf } from "./catalog/model-names.js";
import { Models, type Resolution } from "./catalog/models.js";
import type { Shard } from "./catalog/shard.js";
import { chargeTokens } from "./charges/tokens.js";
import { formatDecimal } from "./decimal.js";
import { priceCall } from "./price-call.js";
import type { PriceRequest } from "./price-request.js";
import { textOf } from "./usage/counts.js";
import { readUsage } from "./usage/read-usage.js";

/** Where prices come from and whose rules are used. */
export type CostEngineOptions = {
  /** Shards of the catalog: `catalog` of `@waybill/cost/catalog`, or single providers. None by default. */
  catalog?: readonly Shard[];
  /**
   * Prices of your own by model, in the format of LiteLLM's price map. They stand over the catalog's, key by key; an entry
   * with the `litellm_provider` "custom" stands alone. One that cannot be used makes its calls `invalid`.
   */
  overrides?: Readonly<Record<string, LitellmEntry>>;
  /** Charge exactly what LiteLLM charges, also where that is nothing for want of a rate. */
  compat?: "litellm" | undefined;
  /** The clock, in epoch milliseconds. */
  now?: () => number;
};

/** A call that has not been made yet. */
export type EstimateRequest = Omit<PriceRequest, "usage" | "response"> & {
  promptTokens: number;
  /** The most tokens that may come back; the model's own limit by default. */
  maxTokens?: number | undefined;
  /** Tokens of the prompt that are expected to be read from a cache. */
  cachedTokens?: number | undefined;
};

/** A price of a model and the time for which it holds. */
export type DatedPrice = PriceInterval & { prices: Prices };

/** Prices calls. */
export type CostEngine = {
  /** The price of one call. Never throws: what cannot be priced is a status with a reason. */
  price(request: PriceRequest): CostResult;
  /** The most that a call can cost, before it is made: its prompt, and as many tokens as it may give back. */
  estimate(request: EstimateRequest): CostResult;
  /** Which model of the catalog a name stands for, and by which rule. */
  resolve(model: string, provider?: string): Resolution;
  /** The standard price of tokens of a model that was resolved, without lines: for hot paths. null when there is none. */
  amount(resolution: Resolution, usage: unknown): { cost: number; exact: string } | null;
  /** Every price that is known of a model, oldest first; empty when there is none. */
  priceHistory(model: string, provider?: string): DatedPrice[];
};

/** @throws WaybillError `bad-option` when an option cannot be one. */
export function createCostEngine(options: CostEngineOptions = {}): CostEngine {
  const { catalog = [], overrides = {}, compat, now = Date.now } = options;
  if (compat !== undefined && compat !== "litellm") {
    throw new WaybillError("bad-option", `compat: ${JSON.stringify(compat)} is not "litellm"`);
  }
  const models = new Models(catalog, overrides, compat === "litellm", now);
  const context = { models, compat, now };

  function price(request: PriceRequest): CostResult {
    return priceCall(context, request);
  }

  function estimate(request: EstimateRequest): CostResult {
    const { promptTokens, maxTokens, cachedTokens, ...call } = request ?? {};
    const resolution = resolve(call.model, call.provider);
    const limit = maxTokens ?? (resolution.found ? resolution.model.limits.out : 0);
    if (limit === undefined) {
      const reason = `maxTokens is not given, and the catalog does not know the limit of ${call.model}`;
      return withoutPrice("no_usage", reason);
    }
    const prompt_tokens_details = { cached_tokens: cachedTokens };
    // What is not given is no number, which is invalid; an absence would count as 0.
    const usage = {
      prompt_tokens: promptTokens ?? Number.NaN,
      completion_tokens: limit,
      prompt_tokens_details,
    };
    return price({ ...call, usage });
  }

  function resolve(model: string, provider?: string): Resolution {
    // Callers in JavaScript hand on whatever a request or an answer held.
    return models.resolve({
      name: textOf(model),
      provider: textOf(provider) ? shardOf(textOf(provider)) : undefined,
    });
  }

  function amount(resolution: Resolution, usage: unknown): { cost: number; exact: string } | null {
    if (!resolution.found) return null;
    const { model } = resolution;
    const reading = readUsage(usage, { provider: model.provider, compat });
    if (reading.status !== "read") return null;
    const at = model.isTimeless ? endOfTime : now();
    const { book } = model.bookAt(at);
    const { prompt, completion } = reading;
    const rates = book.table({ tier: undefined, prompt, completion, at, provider: model.provider });
    const sum = new AmountSum();
    const sides = chargeTokens(sum, rates, reading.usage, reading.extras);
    if (sum.missing !== undefined) return null;
    return { cost: sides.prompt + sides.completion, exact: formatDecimal(sum.exact) };
  }

  function priceHistory(model: string, provider?: string): DatedPrice[] {
    const resolution = resolve(model, provider);
    if (!resolution.found) return [];
    return resolution.model.history().map(({ book, interval }) => ({ ...interval, prices: book.prices }));
  }

  return { price, estimate, resolve, amount, priceHistory };
}
