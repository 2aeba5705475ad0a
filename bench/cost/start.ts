import { execFileSync } from "node:child_process";

import { median, table } from "../measure.js";
import { calls } from "./calls.js";
import { verdictOf } from "./verdict.js";

const PROCESSES = 15;
const IMPORT_BUDGET_MS = 5;

/** A program that imports something and then prices its first call. */
type Program = { name: string; imports: string; price: string; budget?: number };

const [{ model, prompt, completion, usage }] = calls as [(typeof calls)[number]];
const waybillPrice = (shards: string) =>
  `createCostEngine({ catalog: ${shards} }).price(${JSON.stringify({ model, usage })})`;
const engine = importOf("{ createCostEngine }", "@waybill/cost");

const programs: readonly Program[] = [
  {
    name: "@waybill/cost + @waybill/cost/catalog",
    imports: engine + importOf("{ catalog }", "@waybill/cost/catalog"),
    price: waybillPrice("catalog"),
    budget: IMPORT_BUDGET_MS,
  },
  {
    name: "@waybill/cost + @waybill/cost/catalog/openai",
    imports: engine + importOf("{ openai }", "@waybill/cost/catalog/openai"),
    price: waybillPrice("[openai]"),
    budget: IMPORT_BUDGET_MS,
  },
  {
    name: "@pydantic/genai-prices",
    imports: importOf("{ calcPrice }", "@pydantic/genai-prices"),
    price: `calcPrice({ input_tokens: ${prompt}, output_tokens: ${completion} }, "${model}")`,
  },
  {
    name: "tokenlens",
    imports: importOf("{ estimateCost }", "tokenlens"),
    price: `estimateCost({ modelId: "openai:${model}", usage: ${JSON.stringify(usage)} })`,
  },
];

const nothing: Program = {
  name: "nothing",
  // A file, and not none: what Node pays for the first file of a program is not the package's.
  imports: `import ${JSON.stringify(new URL("../empty.js", import.meta.url).href)};`,
  price: "undefined",
};

/** How long a process takes to import, beyond an empty file, and then to price its first call. */
export function start(): string {
  const times = [nothing, ...programs].map(() => ({ imports: [] as number[], prices: [] as number[] }));
  for (let round = 0; round < PROCESSES; round++) {
    for (const [index, program] of [nothing, ...programs].entries()) {
      const [imported, priced] = timesOf(program);
      times[index]?.imports.push(imported);
      times[index]?.prices.push(priced);
    }
  }
  const empty = median(times[0]?.imports ?? []);
  const rows = programs.map(({ name, budget }, index) => {
    const { imports = [], prices = [] } = times[index + 1] ?? {};
    const time = median(imports) - empty;
    const verdict = budget === undefined ? "" : verdictOf(time, budget, "ms");
    return [name, `${time.toFixed(1)} ms`, verdict, `${median(prices).toFixed(1)} ms`];
  });
  return table(["import", "time", "budget", "first price"], rows);
}

/** Milliseconds from the start of a process to behind its static imports, and from there to the first price. */
function timesOf({ imports, price }: Program): [imported: number, priced: number] {
  const program = `${imports} const imported = performance.now(); globalThis.kept = ${price};
    console.log(JSON.stringify([imported, performance.now() - imported]));`;
  const written = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
  });
  return JSON.parse(written) as [number, number];
}

function importOf(names: string, specifier: string): string {
  return `import ${names} from ${JSON.stringify(import.meta.resolve(specifier))};`;
}
