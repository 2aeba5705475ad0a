import type { Report } from "./findings.js";
import { endOf, isGone, type TimedCatalog } from "./timeline.js";

/** What a catalog holds, in a few lines. */
export function summaryOf(catalog: TimedCatalog, day: string, report: Report): string {
  const models = [...catalog.models.values()];
  const gone = models.filter((model) => isGone(model, day));
  const prices = models.flatMap((model) => model.prices);
  const effective = prices.filter(({ basis }) => basis === "effective");
  const shards = new Set(models.filter((model) => !gone.includes(model)).map(({ shard }) => shard));
  const added = models.filter((model) => model.prices.every(({ source }) => source.kind !== "litellm"));
  const lines = [
    `${models.length - gone.length} models in ${shards.size} shards, ${added.length} of them not from LiteLLM; ${gone.length} gone; ${catalog.aliases.size} aliases`,
    `${prices.length} prices: ${prices.filter((each) => endOf(each) > day).length} of ${day} or later, ${effective.length} with the provider's own date`,
    `to check, in disagreements.json: ${Object.entries(report.summary)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(", ")}`,
  ];
  return `${lines.join("\n")}\n`;
}
