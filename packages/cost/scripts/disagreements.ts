import type { Rates } from "../src/catalog/format.js";
import type { Prices } from "../src/catalog/litellm-entry.js";
import { samePrice } from "./decimal-text.js";
import type { Finding } from "./findings.js";
import type { Pair } from "./genai-pairs.js";
import { genaiPriceOn } from "./genai-prices.js";
import { isNoise, literalsOf } from "./price-order.js";
import { priceOn, type TimedCatalog } from "./timeline.js";

/** Where the two sources differ on a day. LiteLLM's rate is the one that the catalog keeps. */
export function comparePrices(pairs: readonly Pair[], day: string): Finding[] {
  return pairs.flatMap(({ model, genai }) => {
    const current = priceOn(model.prices, day);
    const other = genaiPriceOn(genai, day);
    if (current?.source.kind !== "litellm" || !other) return [];
    const [litellm, theirs] = [flat(current.prices), flat(other.prices)];
    return [...theirs].flatMap(([rate, price]): Finding[] => {
      const ours = litellm.get(rate);
      const place = { shard: model.shard, model: model.key, rate };
      if (ours === undefined) return rate.includes(">") ? [] : [{ kind: "missing", ...place, genai: price }];
      if (samePrice(ours, price)) return [];
      const ratio =
        Number(ours) === 0 ? {} : { ratio: Number((Number(price) / Number(ours)).toPrecision(4)) };
      return [{ kind: "rate", ...place, litellm: ours, genai: price, ...ratio }];
    });
  });
}

/** Findings of an earlier report that the prices of a day do not contradict: the other source has not been read anew. */
export function stillTrue(findings: readonly Finding[], catalog: TimedCatalog, day: string): Finding[] {
  return findings.filter(({ kind, model, rate = "", litellm }) => {
    if (kind === "noise" || kind === "databricks" || kind === "perplexity-search" || kind === "seconds")
      return false;
    const known = catalog.models.get(model);
    if (kind !== "rate" && kind !== "missing") return kind === "left-out" || known !== undefined;
    const current = known && priceOn(known.prices, day);
    return current?.source.kind === "litellm" && flat(current.prices).get(rate) === litellm;
  });
}

/** The rates by name; those of long prompts as "in>200000". */
function flat(prices: Prices): Map<string, string> {
  const rates = new Map(Object.entries(prices.rates as Record<string, string>));
  for (const { tokens, rates: higher } of prices.above ?? []) {
    // One source says "above 272000", the other "above 271999", of the same price.
    const threshold = tokens % 1000 === 999 ? tokens + 1 : tokens;
    for (const [name, rate] of Object.entries(higher as Record<string, string>))
      rates.set(`${name}>${threshold}`, rate);
  }
  if (prices.search?.medium !== undefined) rates.set("search", prices.search.medium);
  return rates;
}

/** What is odd in LiteLLM's prices of a day by themselves. */
export function oddPrices(catalog: TimedCatalog, day: string): Finding[] {
  return [...catalog.models.values()].flatMap((model): Finding[] => {
    const current = priceOn(model.prices, day);
    if (current?.source.kind !== "litellm") return [];
    const { prices } = current;
    const place = { shard: model.shard, model: model.key };
    const noise = literalsOf(prices).filter(isNoise);
    const findings: Finding[] = noise.map((litellm) => ({ kind: "noise", ...place, litellm }));
    const units = Object.keys(prices.other ?? {}).filter((name) => name.includes("_dbu_"));
    if (units.length > 0)
      findings.push({ kind: "databricks", ...place, note: "rounded from Databricks units" });
    if (prices.search?.per1000) {
      findings.push({
        kind: "perplexity-search",
        ...place,
        ...(prices.search.low === undefined ? {} : { litellm: prices.search.low }),
        note: "published per request; LiteLLM divides it by 1000",
      });
    }
    if (hasBothSeconds(prices.rates)) {
      const note = "an input and an output price per second, of which LiteLLM charges the output one";
      findings.push({ kind: "seconds", ...place, note });
    }
    return findings;
  });
}

function hasBothSeconds({ inSec, outSec }: Rates): boolean {
  return inSec !== undefined && outSec !== undefined;
}
