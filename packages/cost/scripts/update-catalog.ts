import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { buildCatalog, type Inputs } from "./build-catalog.js";
import { isDay } from "./calendar.js";
import { CatalogError } from "./catalog-error.js";
import { readGenai } from "./genai-prices.js";
import { readHistory } from "./litellm-history.js";
import { readMap } from "./litellm.js";
import { readManual } from "./manual.js";
import { readCatalog } from "./read-catalog.js";
import { readSource } from "./read-source.js";
import { summaryOf } from "./summary.js";
import { catalogFiles, writeCatalog } from "./write-catalog.js";

/** What the command takes. */
export const usage = `usage: npm run catalog:update -- --litellm FILE|URL [options]
  --litellm FILE|URL   LiteLLM's model_prices_and_context_window.json
  --date YYYY-MM-DD    the day on which the map was so; today if absent
  --history FILE|URL   the history of the map: makes the catalog anew instead of bringing it up to date
  --genai FILE|URL     the providers of genai-prices; without it, what the catalog has of them is kept
  --genai-date DAY     the day of that data; that of --date if absent
  --manual FILE        prices entered by hand instead of scripts/manual.json
  --out DIR            the catalog's folder instead of packages/cost/catalog
docs/prices.md explains what is done.`;

/** Runs the command: what it says goes to `say`, and the answer is its exit code. Nothing is written but a whole catalog. */
export async function updateCatalog(args: readonly string[], say: (text: string) => void): Promise<0 | 2> {
  try {
    const { values } = readOptions(args);
    say(values.help ? `${usage}\n` : await update(values));
    return 0;
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    say(`${error.message}\n`);
    return 2;
  }
}

type Options = ReturnType<typeof readOptions>["values"];

async function update(options: Options): Promise<string> {
  const date = dayOf(options.date, "--date") ?? new Date().toISOString().slice(0, 10);
  if (options.litellm === undefined) throw new CatalogError(`--litellm is missing.\n${usage}`);
  const directory = options.out ?? fileURLToPath(new URL("../catalog/", import.meta.url));
  const manual = options.manual ?? fileURLToPath(new URL("manual.json", import.meta.url));

  const inputs: Inputs = {
    litellm: {
      map: readMap(await readSource(options.litellm), options.litellm),
      date,
      place: options.litellm,
    },
  };
  if (options.history !== undefined) {
    const history = readHistory(await readSource(options.history), options.history);
    inputs.history = { history, place: options.history };
  } else {
    const base = readCatalog(directory);
    if (base) inputs.base = base;
  }
  if (options.genai !== undefined) {
    const providers = readGenai(await readSource(options.genai), options.genai);
    inputs.genai = { providers, date: dayOf(options["genai-date"], "--genai-date") ?? date };
  }
  if (options.manual !== undefined || existsSync(manual)) {
    inputs.manual = { prices: readManual(await readSource(manual), manual), place: manual };
  }

  const { catalog, report } = buildCatalog(inputs);
  writeCatalog(directory, catalogFiles(catalog, date, report));
  return summaryOf(catalog, date, report);
}

function readOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        litellm: { type: "string" },
        date: { type: "string" },
        history: { type: "string" },
        genai: { type: "string" },
        "genai-date": { type: "string" },
        manual: { type: "string" },
        out: { type: "string" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new CatalogError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

function dayOf(text: string | undefined, option: string): string | undefined {
  if (text !== undefined && !isDay(text))
    throw new CatalogError(`${option} ${String(text)} is no day such as 2026-08-01.`);
  return text;
}
