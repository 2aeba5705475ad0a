import type { Bill } from "../bill.js";
import { add, decimalOf, multiply, parseDecimal, subtract, zero, type Decimal } from "../decimal.js";
import type { PriceRequest } from "../price-request.js";
import type { PriceBook } from "../rates.js";
import {
  InvalidCount,
  measureAt,
  measureOrNoneAt,
  membersOf,
  textOf,
  type Members,
} from "../usage/counts.js";
import type { Sides } from "./tokens.js";

const one: Decimal = { coefficient: 1, scale: 0 };

/** Anthropic's factors, of its fast mode and of where inference ran: what the cache costs is not multiplied. */
export function applyFactors(
  bill: Bill,
  book: PriceBook,
  request: PriceRequest,
  raw: Members,
  sides: Sides,
): void {
  if (book.prices.uplift === undefined) return;
  const { fast, geo } = book.prices.uplift;
  if (fast === undefined && geo === undefined) return;
  const speed = request.speed ?? raw.speed;
  const place = textOf(request.inferenceGeo ?? raw.inference_geo).toLowerCase();
  const geoFactor = geo && Object.hasOwn(geo, place) ? geo[place] : undefined;
  const fastFactor = speed === "fast" ? fast : undefined;
  if (geoFactor === undefined && fastFactor === undefined) return;

  const cached = bill.lines
    .filter(({ kind }) => kind.startsWith("cache_"))
    .reduce((sum, { amount }) => add(sum, parseDecimal(amount) ?? zero), zero);
  const plain = subtract(bill.exact, cached);
  for (const [kind, factor, base] of [
    // The cache's part is charged by geography too, which LiteLLM does not.
    ["inference_geo", geoFactor, book.isLitellm ? plain : bill.exact],
    ["fast_mode", fastFactor, plain],
  ] as const) {
    if (factor === undefined) continue;
    const over = geoFactor !== undefined && kind === "fast_mode" ? (parseDecimal(geoFactor) ?? one) : one;
    bill.share(kind, subtract(parseDecimal(factor) ?? one, one), multiply(base, over), book.lineSource);
  }
  const factor = Number(geoFactor ?? 1) * Number(fastFactor ?? 1);
  const kept = book.isLitellm || geoFactor === undefined ? sides.cache : sides.cache * Number(geoFactor);
  sides.prompt = (sides.prompt - sides.cache) * factor + kept;
  sides.completion *= factor;
}

/** Data residency and regional endpoints: each multiplies both sides. */
export function applyUplift(bill: Bill, book: PriceBook, request: PriceRequest, sides: Sides): void {
  if (request.region === undefined && request.uplift === undefined && !request.regionalEndpoint) return;
  const { eu, us, endpoint } = book.prices.uplift ?? {};
  const region = textOf(request.region).toLowerCase();
  const listed = region === "eu" ? eu : region === "us" ? us : undefined;
  for (const [kind, times] of [
    ["regional_uplift", factorOf(request.uplift, listed, "/uplift")],
    ["regional_endpoint", endpointFactorOf(request, endpoint)],
  ] as const) {
    if (times === 1) continue;
    bill.share(kind, subtract(decimalOf(times), one), bill.exact, book.lineSource);
    sides.prompt *= times;
    sides.completion *= times;
  }
}

function endpointFactorOf({ regionalEndpoint }: PriceRequest, listed: string | undefined): number {
  if (regionalEndpoint === false) return 1;
  return regionalEndpoint === true
    ? factorOf(undefined, listed, "/regionalEndpoint")
    : factorOf(regionalEndpoint, undefined, "/regionalEndpoint");
}

/** The caller's factor, or the catalog's, or 1 where nobody has one. */
function factorOf(given: unknown, listed: string | undefined, path: string): number {
  return given === undefined || given === null ? Number(listed ?? 1) : measureAt(given, path);
}

/** Costs by name, then a discount, then a margin on what is left. Answers the double of the total. */
export function adjustTotal(
  bill: Bill,
  request: PriceRequest,
  providers: readonly string[],
  total: number,
): number {
  let adjusted = total;
  for (const [name, amount] of Object.entries(request.additionalCosts ?? {})) {
    const added = measureAt(amount, `/additionalCosts/${name}`);
    adjusted += added;
    bill.amount(name, decimalOf(added), "additionalCosts");
  }
  const discount = measureOrNoneAt(ofProvider(request.discount, providers, "/discount"), "/discount");
  if (discount > 1)
    throw new InvalidCount("/discount is more than 1, and it is a share of the price: 0.05 is 5 %");
  if (discount > 0) {
    bill.share("discount", subtract(zero, decimalOf(discount)), bill.exact, "discount");
    adjusted -= adjusted * discount;
  }
  const margin = ofProvider(request.margin, providers, "/margin");
  const parts: Members = typeof margin === "object" ? membersOf(margin) : { percentage: margin };
  const percentage = measureOrNoneAt(parts.percentage, "/margin/percentage");
  const fixed = measureOrNoneAt(parts.fixed_amount, "/margin/fixed_amount");
  if (percentage > 0 || fixed > 0) {
    bill.share("margin", decimalOf(percentage), bill.exact, "margin");
    if (fixed > 0) bill.amount("margin_fixed", decimalOf(fixed), "margin");
    adjusted += adjusted * percentage + fixed;
  }
  return adjusted;
}

/** A value, or the one of a provider by any of its names, or the one of all. */
function ofProvider(value: unknown, providers: readonly string[], path: string): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value))
    throw new InvalidCount(`${path} is a list, and it is a share or an object by provider`);
  const members = value as Members;
  if ("percentage" in members || "fixed_amount" in members) return value;
  const name = Object.keys(members).find((key) => providers.includes(key.toLowerCase()));
  return name === undefined ? members.global : members[name];
}
