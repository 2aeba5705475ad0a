import type { CostResult, PriceInterval } from "@waybill/core";
import { WaybillError } from "@waybill/core/errors";

import { AmountSum } from "./bill.js";
import { endOfTime, withoutPrice } from "./call.js";
import type { LitellmEntry, Prices } from "./catalog/litellm-entry.js";
import { shardOf } from "./catalog/model-names.js";
import { Models, type PricedResolution, type Resolution } from "./catalog/models.js";
import type { ModelPrices } from "./catalog/priced-model.js";
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
  /** Tokens of the prompt that are expected to be read from a cache, and written to one: those may cost more. */
  cachedTokens?: number | undefined;
  cacheWriteTokens?: number | undefined;
};

/** A price of a model and the time for which it holds. */
export type DatedPrice = PriceInterval & { prices: Prices };

/** Prices calls. */
export type CostEngine = {
  /** The price of one call. Never throws: what cannot be priced is a status with a reason. */
  price(request: PriceRequest): CostResult;
  /**
   * What a call can cost, before it is made: its prompt as stated, and as many tokens as it may give back, at the dearer of
   * the rates of text and of reasoning. Never throws.
   */
  estimate(request: EstimateRequest): CostResult;
  /** Which model of the catalog a name stands for, and by which rule. */
  resolve(model: string, provider?: string): Resolution;
  /**
   * The standard price of tokens of a model that was resolved, without lines: for hot paths. null when there is none, or when
   * the model is charged by rules of its own (xAI, Perplexity, OpenRouter, custom pricing).
   */
  amount(resolution: Resolution, usage: unknown): { cost: number; exact: string } | null;
  /** Every price that is known of a model, oldest first; empty when there is none. */
  priceHistory(model: string, provider?: string): DatedPrice[];
};

/** @throws WaybillError `bad-option` when an option cannot be one. */
export function createCostEngine(options: CostEngineOptions = {}): CostEngine {
  const { catalog, overrides, compat, now } = checked(options);
  const models = new Models(catalog, overrides, compat === "litellm", now);
  const context = { models, compat, now };

  function price(request: PriceRequest): CostResult {
    return priceCall(context, request);
  }

  function estimate(request: EstimateRequest): CostResult {
    try {
      return dearest(request);
    } catch {
      return withoutPrice("invalid", "the call cannot be read");
    }
  }

  /** The answer may be reasoning, whose rate may be another: the dearer of both. */
  function dearest(request: EstimateRequest): CostResult {
    const { promptTokens, maxTokens, cachedTokens, cacheWriteTokens, ...call } = request ?? {};
    const resolution = resolve(call.model, call.provider);
    const limit = maxTokens ?? (resolution.found ? resolution.model.limits.out : 0);
    if (limit === undefined) {
      const reason = `maxTokens is not given, and the catalog does not know the limit of ${call.model}`;
      return withoutPrice("no_usage", reason);
    }
    const usage = {
      // What is not given is no number, which is invalid; an absence would count as 0.
      prompt_tokens: promptTokens ?? Number.NaN,
      completion_tokens: limit,
      prompt_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: cacheWriteTokens },
    };
    const asText = price({ ...call, usage });
    const asReasoning = price({
      ...call,
      usage: {
        ...usage,
        total_tokens: promptTokens + limit,
        completion_tokens_details: { reasoning_tokens: limit },
      },
    });
    return (asReasoning.cost ?? 0) > (asText.cost ?? 0) ? asReasoning : asText;
  }

  function resolve(model: string, provider?: string): Resolution {
    return find(model, provider);
  }

  function find(model: string, provider?: string): PricedResolution {
    // Callers in JavaScript hand on whatever a request or an answer held.
    return models.resolve({
      name: textOf(model),
      provider: textOf(provider) ? shardOf(textOf(provider)) : undefined,
    });
  }

  function amount(resolution: Resolution, usage: unknown): { cost: number; exact: string } | null {
    try {
      return resolution.found ? amountOf(resolution.model as ModelPrices, usage) : null;
    } catch {
      return null;
    }
  }

  function amountOf(model: ModelPrices, usage: unknown): { cost: number; exact: string } | null {
    const at = model.isTimeless ? endOfTime : now();
    const { book } = model.bookAt(at);
    const { provider } = book;
    const reading = readUsage(usage, { provider, compat });
    if (reading.status !== "read" || ownRules.has(provider)) return null;
    const { prompt, completion, written } = reading;
    const rates = book.table({ tier: undefined, prompt, completion, written, at, provider });
    const sum = new AmountSum();
    const sides = chargeTokens(sum, rates, reading.usage, reading.extras);
    const cost = sides.prompt + sides.completion;
    if (sum.missing !== undefined || !Number.isFinite(cost)) return null;
    return { cost, exact: formatDecimal(sum.exact) };
  }

  function priceHistory(model: string, provider?: string): DatedPrice[] {
    const resolution = find(model, provider);
    if (!resolution.found) return [];
    // Copies: the prices are those of every engine.
    return resolution.model.history().map(({ book, interval }) => {
      const { from: _from, to: _to, basis: _basis, src: _src, ...prices } = book.prices;
      return { ...interval, prices: structuredClone(prices) };
    });
  }

  return { price, estimate, resolve, amount, priceHistory };
}

/** Providers whose calls are charged by rules of their own: their amounts are `price`'s alone. */
const ownRules: ReadonlySet<string> = new Set(["custom", "openrouter", "perplexity", "xai"]);

function checked({ catalog = [], overrides = {}, compat, now = Date.now }: CostEngineOptions) {
  const refuse = (reason: string): never => {
    throw new WaybillError("bad-option", reason);
  };
  if (compat !== undefined && compat !== "litellm") refuse(`compat: ${String(compat)} is not "litellm"`);
  if (!Array.isArray(catalog)) refuse("catalog is no list of shards, such as that of @waybill/cost/catalog");
  if (typeof overrides !== "object" || overrides === null || Array.isArray(overrides))
    refuse("overrides is no object of entries in LiteLLM's format by model");
  return { catalog, overrides, compat, now };
}
