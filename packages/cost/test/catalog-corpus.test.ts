import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { updateCatalog } from "../scripts/update-catalog.js";
import type { CatalogModel, HistoryContent, Interval, ShardContent } from "../src/catalog/format.js";
import { litellmKeys } from "../src/catalog/litellm-keys.js";

/* The catalog made anew from the sources, which are not part of the repository. */

const corpus = fileURLToPath(new URL("../../../../shared/corpus/prices/", import.meta.url));
const hasCorpus = existsSync(corpus);
const committed = fileURLToPath(new URL("../catalog/", import.meta.url));
const read = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

const sources = [
  ["--litellm", `${corpus}litellm-model-prices.json`],
  ["--date", "2026-08-01"],
  ["--history", `${corpus}litellm-price-history.json`],
  ["--genai", `${corpus}genai-prices-0.1.8-providers.json`],
  ["--genai-date", "2026-09-23"],
].flat();

/** The files of a catalog made with these options. */
async function made(...args: string[]): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), "catalog-"));
  try {
    for (const each of args.join("\n").split("\nthen\n")) {
      expect(await updateCatalog([...each.split("\n"), "--out", folder], () => {})).toBe(0);
    }
    return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(!hasCorpus)(`the catalog${hasCorpus ? "" : " (skipped: no corpus)"}`, () => {
  it("is, byte for byte, what the sources give", async () => {
    for (const [name, text] of await made(...sources)) {
      expect(text === readFileSync(join(committed, name), "utf8") || name).toBe(true);
    }
  });

  it("is the same after it is brought up to date with the same map", async () => {
    const once = await made(...sources);
    expect(await made(...sources, "then", ...sources.slice(0, 4))).toEqual(once);
  });

  it("has every price of LiteLLM as the same double", () => {
    const map = read(`${corpus}litellm-model-prices.json`) as Record<string, Record<string, unknown>>;
    const prices = currentPrices();
    let compared = 0;
    for (const [key, entry] of Object.entries(map)) {
      const price = prices.get(key);
      for (const [name, value] of Object.entries(entry)) {
        if (typeof value !== "number" || !/cost|uplift/.test(name) || !price) continue;
        expect([key, name, Number(literalOf(price, name))]).toEqual([key, name, value]);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(8000);
  });
});

/** LiteLLM's price of each model on its last day. */
function currentPrices(): Map<string, Interval> {
  const prices = new Map<string, Interval>();
  const add = (models: Record<string, CatalogModel>, list: ShardContent["sources"]): void => {
    for (const [key, { prices: all }] of Object.entries(models)) {
      const last = all.findLast(({ src }) => list[src]?.kind === "litellm");
      if (last) prices.set(key, last);
    }
  };
  const history = read(`${committed}history.json`) as HistoryContent;
  for (const { models } of Object.values(history.providers)) add(models, history.sources);
  const others = ["history.json", "disagreements.json", "catalog.schema.json"];
  for (const name of readdirSync(committed).filter(
    (each) => each.endsWith(".json") && !others.includes(each),
  )) {
    const shard = read(`${committed}${name}`) as ShardContent;
    add(shard.models, shard.sources);
  }
  return prices;
}

/** Where the catalog has a price of LiteLLM's, by LiteLLM's name; written apart from the converter, to check it. */
function literalOf(price: Interval, name: string): string | undefined {
  const [, base = "", size, tier] =
    /^(.+?)(?:_above_([0-9]+)k_tokens)?(?:_(priority|flex|batches))?$/.exec(name) ?? [];
  const uplift = /uplift_multiplier_(eu|us)$/.exec(name)?.[1];
  if (uplift !== undefined) return price.uplift?.[uplift as "eu"];
  const rate = base === "output_cost_per_second_1080p" ? "outSec:1080p" : litellmKeys[base];
  if (rate === undefined) return price.other?.[name];
  const at = size === undefined ? price : price.above?.find(({ tokens }) => tokens === Number(size) * 1000);
  return tier === undefined
    ? at?.rates[rate]
    : at?.tiers?.[tier === "batches" ? "batch" : (tier as "flex")]?.[rate];
}
