import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { readLitellmEntry, type LitellmEntry } from "../src/catalog/litellm-entry.js";
import type { CatalogModel, ShardContent } from "../src/catalog/shard.js";

/*
 * Writes catalog/<provider>.json from LiteLLM's price map:
 *   npm run catalog:update -- --litellm model_prices_and_context_window.json --date 2026-08-01
 * Only models whose whole price the engine understands are taken, so that no call is priced by half a price.
 */

const usage = "usage: npm run catalog:update -- --litellm FILE --date YYYY-MM-DD";
const { values } = readOptions();
if (!values.litellm || !values.date) {
  process.stderr.write(`${usage}\n`);
  process.exit(2);
}

const provider = "openai";
const map = JSON.parse(readFileSync(values.litellm, "utf8")) as Record<string, LitellmEntry>;
const models: Record<string, CatalogModel> = {};
const leftOut: string[] = [];
for (const [name, entry] of Object.entries(map).toSorted(([left], [right]) => (left < right ? -1 : 1))) {
  if (entry.litellm_provider !== provider || entry.mode !== "chat" || name.includes("/")) continue;
  const read = readLitellmEntry(entry);
  if ("unsupported" in read) {
    leftOut.push(`${name} (${read.unsupported})`);
    continue;
  }
  models[name] = {
    mode: "chat",
    prices: [{ from: null, to: null, basis: "observed", src: 0, rates: read.rates }],
  };
}

const shard: ShardContent = {
  schema: 1,
  id: provider,
  sources: [
    {
      id: "litellm",
      date: values.date,
      licence: "MIT, Copyright (c) 2023 Berri AI",
      url: "https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json",
    },
  ],
  models,
  aliases: {},
};
const directory = fileURLToPath(new URL("../catalog/", import.meta.url));
mkdirSync(directory, { recursive: true });
writeFileSync(`${directory}${provider}.json`, `${JSON.stringify(shard, null, 1)}\n`);
process.stderr.write(
  `${Object.keys(models).length} models written, ${leftOut.length} left out: ${leftOut.join(", ")}\n`,
);

function readOptions() {
  try {
    return parseArgs({ options: { litellm: { type: "string" }, date: { type: "string" } } });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    return process.exit(2);
  }
}
