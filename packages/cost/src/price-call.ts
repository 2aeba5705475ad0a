import type { CostResult, TokenUsage } from "@waybill/core";
import { WaybillError } from "@waybill/core/errors";

import { Bill } from "./bill.js";
import { endOfTime, withoutPrice, type Call, type PriceContext } from "./call.js";
import { shardOf } from "./catalog/model-names.js";
import type { Models, PricedResolution } from "./catalog/models.js";
import type { DatedBook, ModelPrices } from "./catalog/priced-model.js";
import { adjustTotal, applyFactors, applyUplift } from "./charges/adjustments.js";
import { chargeMeasured, chargeTime, isMeasuredMode, Measures } from "./charges/measured.js";
import { chargeBatch, chargeCustom, chargePerplexity } from "./charges/special.js";
import { chargeTokens, type Sides } from "./charges/tokens.js";
import { chargeTools, mayUseTools } from "./charges/tools.js";
import { formatDecimal } from "./decimal.js";
import { notesOf } from "./notes.js";
import type { PriceRequest } from "./price-request.js";
import type { RateChoice } from "./rates.js";
import { fallBack, reported, reportedCost } from "./reported-cost.js";
import { servedTier, type ServedTier } from "./service-tier.js";
import { timeOf } from "./time.js";
import { InvalidCount, membersOf, textOf } from "./usage/counts.js";
import { readUsage } from "./usage/read-usage.js";

/** The price of one call. Never throws. */
export function priceCall(context: PriceContext, request: PriceRequest): CostResult {
  try {
    return price(context, request ?? {});
  } catch (error) {
    // A getter or a proxy may throw too.
    const isKnown = error instanceof InvalidCount || WaybillError.isInstance(error);
    return withoutPrice("invalid", isKnown ? error.message : "the call cannot be read");
  }
}

function price(context: PriceContext, request: PriceRequest): CostResult {
  const { models, compat, now } = context;
  const wanted = typeof request.provider === "string" ? shardOf(request.provider) : undefined;
  const resolution = resolveCall(models, request, wanted);
  const isTimeless = resolution?.found && resolution.model.isTimeless;
  const at = request.at === undefined ? (isTimeless ? endOfTime : now()) : timeOf(request.at);
  const priced = resolution?.found ? resolution.model.bookAt(at) : undefined;
  const provider = wanted ?? priced?.book.provider ?? "";
  const reading = readUsage(request.usage, { provider, api: request.api, compat });
  const raw = membersOf(reading.status === "read" ? reading.usage.raw : request.usage);
  const call: Call = { context, request, raw, reading, provider, at, bill: new Bill() };

  if (request.cacheHit === true || (request.reportedCost !== undefined && request.reportedCost !== null))
    return reported(call, resolution);
  if (reading.status === "invalid")
    return withoutPrice(
      "invalid",
      reading.reason.startsWith("/") ? `/usage${reading.reason}` : reading.reason,
    );
  const usage = reading.status === "read" ? reading.usage : null;
  if (
    usage === null &&
    (request.usage === undefined || request.usage === null) &&
    !isMeasured(request, resolution)
  )
    return withoutPrice("no_usage", "the tokens of the call are unknown");
  if (!resolution) return withoutPrice("unpriced", "no model is named", usage);
  if (!resolution.found) {
    if (resolution.reason !== undefined) return withoutPrice("invalid", resolution.reason, usage);
    return fallBack(call, unknownModel(request, resolution.nearest, models.hasCatalog), usage);
  }
  const served = servedTier(request.serviceTier, request.response, raw);
  if (served.unknown !== undefined && compat === undefined) {
    const reason = `/serviceTier is ${JSON.stringify(served.unknown)}, a service tier whose rates are not known`;
    return fallBack(call, reason, usage);
  }
  const dated = priced as DatedBook;
  const asked = request.batch === true || served.isBatch ? "batch" : served.tier;
  if (asked !== undefined && dated.book.prices.lacks?.includes(asked) && !dated.book.prices.tiers?.[asked]) {
    const reason = `the ${asked} rates of ${resolution.model.model} since ${dated.interval.from ?? "then"} are not known`;
    return fallBack(call, reason, usage);
  }
  const isStandIn = resolution.rule === "family" || resolution.rule === "size-class";
  const basis = isStandIn ? { ...dated, interval: { ...dated.interval, basis: "assumed" as const } } : dated;
  return priceFound(call, resolution.model, basis, served);
}

/** The call at the prices of a model that was found. */
function priceFound(call: Call, model: ModelPrices, dated: DatedBook, served: ServedTier): CostResult {
  const { bill, request, raw, reading, provider, context } = call;
  const { book } = dated;
  const usage = reading.status === "read" ? reading.usage : null;
  const charged = charge(call, model, dated, served);
  if (typeof charged === "string") return withoutPrice("no_usage", charged, usage);
  const sides = charged;

  if (!sides.isStated) {
    applyFactors(bill, book, request, raw, sides);
    applyUplift(bill, book, request, sides);
  }
  let total = sides.prompt + sides.completion;
  if (!sides.isStated) {
    if (mayUseTools(request, raw)) {
      const container = () => containerOf(call, model);
      const { tools, response } = request;
      total += chargeTools(bill, book, { tools, response, raw, provider, container });
    }
    if (request.router !== undefined) total += chargeRouter(call);
  }
  if (bill.missing !== undefined) return fallBack(call, noRate(bill.missing, model, book), usage);
  if (request.discount !== undefined || request.margin !== undefined || request.additionalCosts !== undefined)
    total = adjustTotal(
      bill,
      request,
      [textOf(request.provider).toLowerCase(), provider, model.provider],
      total,
    );
  if (!Number.isFinite(total))
    return withoutPrice("invalid", `the price of ${model.model} is beyond every double`, usage);

  const { rates } = book.prices;
  const isFree =
    bill.isFree && (bill.lines.length > 0 || (Number(rates.in) === 0 && Number(rates.out) === 0));
  const result: CostResult = {
    status: isFree ? "free" : "priced",
    cost: total,
    exact: formatDecimal(bill.exact),
    prompt: sides.isUndivided ? null : sides.prompt,
    completion: sides.isUndivided ? null : sides.completion,
    lines: bill.lines,
    usage,
    model: model.model,
    interval: dated.interval,
    catalog: book.source,
  };
  if (reading.status === "read" && reading.inclusion) result.inclusion = reading.inclusion;
  const notes = context.compat === undefined ? notesOf(call, model, dated, served) : undefined;
  if (notes) result.notes = notes;
  return result;
}

/** Charges what the call is priced by: a measure of its mode, its time, or its tokens; or says what is not known of it. */
function charge(call: Call, model: ModelPrices, { book }: DatedBook, served: ServedTier): Sides | string {
  const { bill, request, raw, reading, provider, at } = call;
  const { rates } = book.prices;
  const mode = typeof request.mode === "string" ? request.mode : model.mode;
  const hasTokenRate = rates.in !== undefined || rates.out !== undefined || book.prices.ranges !== undefined;
  const hasTokens = reading.status === "read" && hasTokenRate;
  const isCustom = model.provider === "custom";
  // Where tokens are reported, transcriptions and images are priced by them.
  const isByTokens = mode === "chat" || (hasTokens && /transcription|image/.test(mode));
  const measures = isByTokens && hasTokenRate ? undefined : new Measures(request, raw);
  const measured =
    measures &&
    ((isByTokens ? undefined : chargeMeasured(bill, book, mode, measures)) ??
      (hasTokenRate ? undefined : chargeTime(bill, book, measures, isCustom)));
  if (measured) return measured;
  if (reading.status !== "read") return "the tokens of the call are unknown";

  // These two say what they charge, and LiteLLM takes their word.
  const stated = provider === "perplexity" || provider === "openrouter" ? reportedCost(raw) : undefined;
  if (stated && /^\/usage\/cost(?:\/|$)/.test(stated.path)) {
    bill.amount("reported", stated.amount, stated.path);
    return {
      prompt: Number(formatDecimal(stated.amount)),
      completion: 0,
      cache: 0,
      isUndivided: true,
      isStated: true,
    };
  }
  const isBatch = request.batch === true || (served.isBatch === true && !book.isLitellm);
  const { prompt, completion, written, usage, extras } = reading;
  const choice: RateChoice = isBatch
    ? { tier: undefined, prompt: 0, completion: 0, written: 0, at, provider }
    : { tier: served.tier, prompt, completion, written, at, provider };
  const table = book.table(choice);
  let sides: Sides;
  if (isBatch) sides = chargeBatch(bill, book, table, reading);
  else if (isCustom) sides = chargeCustom(bill, book, table, reading);
  else if (provider === "perplexity") sides = chargePerplexity(bill, book, table, reading);
  else if (provider === "xai") {
    sides = chargeTokens(bill, table, { ...usage, output: noOutput }, extras);
    // All of the output at one rate, reasoning with it: LiteLLM multiplies their sum.
    sides.completion = bill.charge(table.out, completion);
  } else sides = chargeTokens(bill, table, usage, extras);
  // LiteLLM leaves a price per request out.
  const perRequest = book.isLitellm ? undefined : book.rate("request", "request");
  if (perRequest) sides.prompt += bill.charge(perRequest, 1);
  return sides;
}

const noOutput: TokenUsage["output"] = { text: 0, reasoning: 0, audio: 0, image: 0 };

/** Whether something else than tokens may be known of a call without usage: a measure, or that of a mode. */
function isMeasured(request: PriceRequest, resolution: PricedResolution | undefined): boolean {
  const { durationSeconds, characters, images, pages, credits, searchUnits, queries, responseTimeMs, size } =
    request;
  const measures = [
    durationSeconds,
    characters,
    images,
    pages,
    credits,
    searchUnits,
    queries,
    responseTimeMs,
    size,
  ];
  if (measures.some((measure) => measure !== undefined)) return true;
  const mode = request.mode ?? (resolution?.found ? resolution.model.mode : "");
  // null says that the usage is unknown; what is not given at all may be known by the mode.
  return request.usage === undefined && isMeasuredMode(mode);
}

/** The first of the names that a call may be priced by. Images may be listed by quality and size. */
function resolveCall(
  models: Models,
  request: PriceRequest,
  provider: string | undefined,
): PricedResolution | undefined {
  const { model, baseModel, region, allowFamily, size, quality } = request;
  const find = (name: string) => models.resolve({ name, provider, region, allowFamily });
  if (typeof baseModel === "string" && baseModel !== "") {
    const resolution = find(baseModel);
    if (resolution.found) return resolution;
  }
  if (typeof model !== "string" || model === "") return undefined;
  if (typeof size === "string" && size !== "") {
    const spelled = size.replace(/^(\d+)x(\d+)$/, "$1-x-$2");
    const bare =
      provider !== undefined && model.startsWith(`${provider}/`) ? model.slice(provider.length + 1) : model;
    const names = [
      ...(quality ? [`${quality}/${spelled}/${bare}`] : []),
      `${spelled}/${bare}`,
      `high/${spelled}/${bare}`,
    ];
    for (const name of names) {
      const resolution = find(name);
      if (resolution.found) return resolution;
    }
  }
  return find(model);
}

/** The catalog's price of a code interpreter of the provider. */
function containerOf(call: Call, model: ModelPrices): DatedBook["book"] | undefined {
  const found = call.context.models.resolve({ name: `${shardOf(model.provider)}/container` });
  return found.found ? bookOf(call, found.model) : undefined;
}

/** The price of another model at the time of the call. */
function bookOf({ context, at }: Call, model: ModelPrices): DatedBook["book"] {
  return model.bookAt(at === endOfTime ? context.now() : at).book;
}

/** The router's fee for each token of the prompt, beside the price of the model that it chose. */
function chargeRouter(call: Call): number {
  const { context, request, reading, bill } = call;
  const found = context.models.resolve({ name: textOf(request.router) });
  const fee = found.found ? bookOf(call, found.model).rate("in", "router") : undefined;
  if (!fee) throw new InvalidCount(`/router is ${JSON.stringify(request.router)}, of which no fee is known`);
  return bill.charge(fee, reading.status === "read" ? reading.prompt : 0);
}

/** An override with a slip in the name of a rate is the likeliest reason; its other names are told. */
function noRate(kind: string, { model }: ModelPrices, { prices, source }: DatedBook["book"]): string {
  const unused = source.startsWith("override") ? Object.keys(prices.other ?? {}) : [];
  const hint = unused.length > 0 ? `; no rule charges by ${unused.join(", ")} of the override` : "";
  return `no rate is known for ${kind} of ${model}${hint}`;
}

function unknownModel({ model, provider }: PriceRequest, nearest: string[], hasCatalog: boolean): string {
  const name = JSON.stringify(model.length > 100 ? `${model.slice(0, 100)}…` : model);
  if (!hasCatalog) return `no price is known for ${name}: the engine has no catalog`;
  const of = textOf(provider) === "" ? "" : ` of the provider ${textOf(provider).slice(0, 100)}`;
  const hint = nearest.length > 0 ? `; the nearest names are ${nearest.join(", ")}` : "";
  return `no price is known for ${name}${of}${hint}`;
}
