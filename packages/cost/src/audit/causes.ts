import type { CostResult } from "@waybill/core";

import {
  add,
  compare,
  decimalOf,
  formatDecimal,
  parseDecimal,
  subtract,
  wholeQuotient,
  zero,
  type Decimal,
} from "../decimal.js";
import type { AuditCause, OtherCharge, OtherPrice, PricedCall } from "./cause.js";
import { chargedOtherwise, ratesOf } from "./other-charges.js";
import { otherPrices } from "./other-prices.js";
import { amountOf, isClose, isOf, isSum, slots, type Amount, type Part, type TokenKind } from "./parts.js";

/** Explains a mismatch of a part of a call's price. */
export type Explain = (claimed: number, part: Part, amount: Amount) => AuditCause[];

/** Explains the mismatches of one call. What it would cost otherwise is computed once, when the first mismatch asks. */
export function explainer(call: PricedCall): Explain {
  let charges: OtherCharge[] | undefined;
  let prices: OtherPrice[] | undefined;
  return (claimed, part, amount) => {
    charges ??= chargedOtherwise(call);
    prices ??= otherPrices(call);
    const ofPrices = (isGuess: boolean) =>
      (prices ?? [])
        .filter(({ code }) => (code === "other-tier") === isGuess)
        .flatMap((price) => priceCause(claimed, part, price));
    const causes = [
      ...charges.flatMap((charge) => chargeCause(claimed, part, amount, charge)),
      ...ofPrices(false),
      ...sideCauses(claimed, part, call.result),
      // Nothing in the document speaks for another tier.
      ...ofPrices(true),
      ...slipsOf(claimed, amount).map(({ code, words }) => ({
        code,
        message: `${usd(claimed)} USD is ${amount.exact} USD ${words}`,
      })),
    ];
    if (causes.length === 0)
      causes.push(...charges.flatMap((charge) => doubleCauses(claimed, part, amount, charge)));
    causes.push(...countCauses(claimed, part, amount, call));
    const messages = new Set<string>();
    return causes.filter(({ message }) => !messages.has(message) && messages.add(message));
  };
}

function chargeCause(claimed: number, part: Part, amount: Amount, charge: OtherCharge): AuditCause[] {
  const { computed, how } = chargedBy(charge, part, amount);
  return isClose(claimed, computed) ? [{ code: charge.code, message: `${usd(claimed)} USD is ${how}` }] : [];
}

/** A cache that is not discounted, in an amount that was rounded or misplaced besides. Other pairs would fit by chance. */
function doubleCauses(claimed: number, part: Part, amount: Amount, charge: OtherCharge): AuditCause[] {
  if (charge.code !== "cache-not-discounted") return [];
  const { how, ...other } = chargedBy(charge, part, amount);
  return slipsOf(claimed, other).map(({ words }) => ({
    code: charge.code,
    message: `${usd(claimed)} USD is ${how}, and that ${words}`,
  }));
}

/** What a part amounts to when it is charged otherwise, and the arithmetic of it. */
function chargedBy({ words, changes }: OtherCharge, part: Part, amount: Amount): Amount & { how: string } {
  const by = changes.reduce((sum, [kind, change]) => (isOf(part, kind) ? add(sum, change) : sum), zero);
  const exact = formatDecimal(add(parseDecimal(amount.exact) ?? zero, by));
  const [sign, size] =
    compare(by, zero) < 0 ? (["less", subtract(zero, by)] as const) : (["plus", by] as const);
  const how = `${amount.exact} USD ${sign} ${formatDecimal(size)} USD: ${words}`;
  return { computed: Number(exact), exact, how };
}

function priceCause(claimed: number, part: Part, { code, words, result }: OtherPrice): AuditCause[] {
  const other = amountOf(part, result);
  if (!other || !isClose(claimed, other.computed)) return [];
  return [{ code, message: `${usd(claimed)} USD is ${arithmetic(part, result)}, ${words}` }];
}

/** One side of a price as if it were all of it. */
function sideCauses(claimed: number, part: Part, result: CostResult): AuditCause[] {
  if (part.of !== "total" && part.of !== "original") return [];
  return (["input", "output"] as const).flatMap((of) => {
    const side = amountOf({ of }, result);
    if (!side || side.computed === 0 || !isClose(claimed, side.computed)) return [];
    return [
      {
        code: `${of}-only` as const,
        message: `${usd(claimed)} USD is ${arithmetic({ of }, result)}, the ${of} alone`,
      },
    ];
  });
}

/** A point that stands elsewhere, or digits that were cut off. */
function slipsOf(
  claimed: number,
  { computed, exact }: Amount,
): { code: AuditCause["code"]; words: string }[] {
  const slips: ReturnType<typeof slipsOf> = [];
  const put = (code: AuditCause["code"], words: string) => slips.push({ code, words });
  for (const factor of [1e3, 1e6]) {
    if (isClose(claimed, computed * factor)) put("per-million-slip", `times ${factor}`);
    if (isClose(claimed, computed / factor)) put("per-million-slip", `divided by ${factor}`);
  }
  const stated = decimalOf(claimed);
  // Nobody rounds to less than a cent.
  const digits = Math.max(stated.scale, 2);
  const half: Decimal = { coefficient: 5, scale: digits + 1 };
  const error = subtract(stated, parseDecimal(exact) ?? zero);
  if (compare(error, half) <= 0 && compare(subtract(zero, error), half) <= 0)
    put("rounded", `rounded to ${digits} decimal places`);
  return slips;
}

/**
 * More tokens than any model reads explain nothing, unless the document itself has a hundredth of them: a fault of a
 * factor, as per-million-slip is, fits huge counts as well.
 */
const MOST_TOKENS = 2_000_000;
const MOST_TIMES = 100;

/** Other token counts at the same rates that make the claimed amount. */
function countCauses(claimed: number, part: Part, { exact }: Amount, call: PricedCall): AuditCause[] {
  const { lines, usage } = call.result;
  const [target, total] = [parseDecimal(claimed.toPrecision(12)), parseDecimal(exact)];
  if (!target || !total || !usage || !isSum(call.result)) return [];
  return (["input", "output"] as const).flatMap((kind) => {
    if (!isOf(part, kind)) return [];
    const line = lines.find((each) => each.kind === kind);
    const rate = line ? parseDecimal(line.rate) : ratesOf(call, usage, (count) => count || 1).get(kind);
    const others = subtract(total, (line && parseDecimal(line.amount)) ?? zero);
    const fits = rate && wholeQuotient(subtract(target, others), rate);
    const count = line?.count ?? 0;
    if (fits === undefined || fits < 0n || fits > Math.max(MOST_TOKENS, MOST_TIMES * count)) return [];
    const words = `${fits} ${nameOf(kind, call.result)}, and the document says ${count}`;
    return [{ code: `${kind}-tokens` as const, message: `${usd(claimed)} USD is the price of ${words}` }];
  });
}

/** What the line of the text of a side counts: all of the side, or what its other lines leave. */
function nameOf(side: "input" | "output", { lines }: CostResult): string {
  const others = lines.filter(({ kind }) => kind !== side && slots[kind as TokenKind]?.[0] === side);
  const has = (pattern: RegExp) => others.some(({ kind }) => pattern.test(kind));
  return [
    ...(has(/^cache_/) ? ["uncached"] : []),
    ...(has(/^reasoning$/) ? ["non-reasoning"] : []),
    ...(has(/_(?:audio|image|video)$/) ? ["text"] : []),
    side === "input" ? "prompt tokens" : "completion tokens",
  ].join(" ");
}

/** The lines of a part as a sum: `10 × 0.0000025 + 20 × 0.00001`. */
function arithmetic(part: Part, result: CostResult): string {
  const terms = result.lines
    .filter(({ kind }) => isOf(part, kind))
    .map(({ count, rate }) => `${count} × ${rate}`);
  return terms.length > 0 ? terms.join(" + ") : "0";
}

/** An amount without the noise of its double and without an exponent. */
function usd(claimed: number): string {
  return formatDecimal(parseDecimal(claimed.toPrecision(12)) ?? decimalOf(claimed));
}
