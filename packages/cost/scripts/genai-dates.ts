import type { RateName, Source } from "../src/catalog/format.js";
import type { Prices } from "../src/catalog/litellm-entry.js";
import { daysBetween } from "./calendar.js";
import { samePrice } from "./decimal-text.js";
import type { Finding } from "./findings.js";
import type { Pair } from "./genai-pairs.js";
import type { GenaiPrice } from "./genai-prices.js";
import { NEAR_DAYS } from "./observe-map.js";
import { sameBaseRates } from "./same-rates.js";
import { takeOver } from "./take-over.js";
import { endOf, overlay, priceOn, startOf, withEnd, type DatedPrice, type TimedModel } from "./timeline.js";

/**
 * Takes over the dates of genai-prices, which are the provider's own: a change that LiteLLM's map shows near such a date
 * is moved to it, and a price that is newer than all that LiteLLM knows follows its prices. That is a price of a date
 * beyond LiteLLM's day, or a change that LiteLLM has not followed: it still has the price from before the date.
 */
export function applyDates({ model, genai }: Pair, source: Source, day: string): Finding[] {
  const findings: Finding[] = [];
  for (const [index, dated] of genai.prices.entries()) {
    if (dated.from === undefined || moveBoundary(model, dated)) continue;
    const current = priceOn(model.prices, dated.from);
    if (!current || isCovered(dated.prices, current.prices)) continue;
    const isStale = isStillBefore(current, genai.prices[index - 1], dated, day);
    if (dated.from <= day && !isStale) continue;
    const place = { shard: model.shard, model: model.key };
    if (dated.from <= day)
      findings.push({ kind: "not-followed", ...place, note: `a change of ${dated.from}` });
    const dropped = append(model, dated, current, source);
    if (dropped.length === 0) continue;
    findings.push({
      kind: "derived",
      ...place,
      note: `from ${dated.from} without LiteLLM's ${dropped.join(", ")}`,
    });
  }
  return findings;
}

/** Whether LiteLLM has, on its day, what genai-prices had before a date. */
function isStillBefore(
  current: DatedPrice,
  before: GenaiPrice | undefined,
  dated: GenaiPrice,
  day: string,
): boolean {
  return (
    endOf(current) > day &&
    before !== undefined &&
    sameBaseRates(current.prices.rates, before.prices.rates) &&
    !sameBaseRates(current.prices.rates, dated.prices.rates)
  );
}

function moveBoundary(model: TimedModel, dated: GenaiPrice): boolean {
  const date = dated.from ?? "";
  const index = model.prices.findIndex((each, at) => {
    const previous = model.prices[at - 1];
    return (
      each.from !== undefined &&
      previous?.to === each.from &&
      each.source.kind === "litellm" &&
      daysBetween(each.from, date) <= NEAR_DAYS &&
      startOf(previous) < date &&
      date < endOf(each) &&
      sameBaseRates(each.prices.rates, dated.prices.rates) &&
      !sameBaseRates(previous.prices.rates, each.prices.rates)
    );
  });
  if (index < 0) return false;
  model.prices = model.prices.map((each, at) => {
    if (at === index - 1) return withEnd(each, date);
    return at === index ? { ...each, from: date, basis: "effective" } : each;
  });
  return true;
}

/** Whether all that a price names is charged so already. */
function isCovered(named: Prices, current: Prices): boolean {
  return (
    named.windows === undefined &&
    Object.entries(named.rates).every(([name, rate]) => samePrice(rate, current.rates[name as RateName]))
  );
}

/** Lays the price over the one in force; answers which of its rates could not be kept. */
function append(model: TimedModel, dated: GenaiPrice, current: DatedPrice, source: Source): string[] {
  const { prices, dropped } = takeOver(current.prices, dated.prices);
  const added: DatedPrice = { from: dated.from ?? "", basis: "effective", source, prices };
  const { to } = current;
  model.prices = overlay(model.prices, to === undefined ? added : { ...added, to });
  return dropped;
}
