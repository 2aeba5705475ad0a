import { WaybillError, type CostResult, type CostStatus, type TokenUsage } from "@waybill/core";

import { makeBill } from "./bill.js";
import type { LitellmEntry } from "./catalog/litellm-entry.js";
import { Models, type Resolution } from "./catalog/models.js";
import type { Shard } from "./catalog/shard.js";
import { readUsage } from "./usage.js";

/** Where prices come from and whose rules are used. */
export type CostEngineOptions = {
  /** Shards of the catalog: `catalog` of `@waybill/cost/catalog`, or single providers. None by default. */
  catalog?: readonly Shard[];
  /** Prices of your own by model, in the format of LiteLLM's price map. They win over the catalog. */
  overrides?: Readonly<Record<string, LitellmEntry>>;
  /** Charge exactly what LiteLLM charges, also where that is nothing for want of a rate. */
  compat?: "litellm";
};

/** A call to be priced. */
export type PriceRequest = {
  model: string;
  /** Narrows the search to one provider, e.g. "openai". */
  provider?: string | undefined;
  /** Usage as the provider sent it, or normalised. null is unknown, which is not zero. */
  usage: unknown;
  /** The tier that served the call. Only the standard one has prices in this catalog. */
  serviceTier?: string | null | undefined;
};

/** Prices calls. */
export type CostEngine = {
  /** The price of one call. Never throws: what cannot be priced is a status with a reason. */
  price(request: PriceRequest): CostResult;
  /** Which model of the catalog a name stands for, and by which rule. */
  resolve(model: string, provider?: string): Resolution;
};

const standardTiers = new Set(["default", "standard", "auto", "scale"]);

/** @throws WaybillError `bad-option`, or `bad-override` when an override has a price that cannot be used. */
export function createCostEngine(options: CostEngineOptions = {}): CostEngine {
  if (options.compat !== undefined && options.compat !== "litellm") {
    throw new WaybillError("bad-option", `compat: ${JSON.stringify(options.compat)} is not "litellm"`);
  }
  const models = new Models(options.catalog ?? [], options.overrides ?? {});
  const isLitellm = options.compat === "litellm";

  function price(request: PriceRequest): CostResult {
    // Callers in JavaScript hand on whatever a request or an answer held.
    const {
      model,
      provider,
      usage: raw,
      serviceTier,
    }: Partial<Record<keyof PriceRequest, unknown>> = request ?? {};
    const reading = readUsage(raw);
    if (reading.status === "no_usage") return withoutPrice("no_usage", "the tokens of the call are unknown");
    if (reading.status === "invalid") return withoutPrice("invalid", reading.reason);
    const { usage, inclusion } = reading;
    if (typeof model !== "string" || model === "") {
      return withoutPrice("unpriced", "no model is named", usage);
    }
    const resolution = models.resolve(model, typeof provider === "string" ? provider : undefined);
    if (!resolution.found) return withoutPrice("unpriced", unknownModel(model, resolution.nearest), usage);
    if (
      typeof serviceTier === "string" &&
      serviceTier !== "" &&
      !standardTiers.has(serviceTier.toLowerCase())
    ) {
      return withoutPrice("unpriced", `the catalog has no prices of the service tier ${serviceTier}`, usage);
    }
    const { price: interval, source, model: name } = resolution.model;
    const bill = makeBill(usage, interval.rates, source, isLitellm);
    if ("tooLarge" in bill)
      return withoutPrice("invalid", `the price of ${name} is beyond every double`, usage);
    if ("missing" in bill) {
      return withoutPrice("unpriced", `the catalog has no rate for the ${bill.missing} of ${name}`, usage);
    }
    return {
      status: bill.isFree ? "free" : "priced",
      cost: bill.cost,
      exact: bill.exact,
      prompt: bill.prompt,
      completion: bill.completion,
      lines: bill.lines,
      usage,
      model: name,
      interval: { from: interval.from, to: interval.to, basis: interval.basis, source },
      catalog: source,
      ...(inclusion ? { inclusion } : {}),
    };
  }

  return { price, resolve: (model, provider) => models.resolve(model, provider) };
}

function unknownModel(model: string, nearest: string[]): string {
  const hint = nearest.length > 0 ? `; the nearest names are ${nearest.join(", ")}` : "";
  return `no price is known for ${JSON.stringify(model)}${hint}`;
}

function withoutPrice(status: CostStatus, reason: string, usage: TokenUsage | null = null): CostResult {
  return { status, cost: null, exact: null, prompt: null, completion: null, lines: [], usage, reason };
}
