import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Static } from "@sinclair/typebox";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, expectTypeOf, it } from "vitest";

import type {
  CatalogModelSchema,
  HistoryContentSchema,
  IntervalSchema,
  ShardContentSchema,
  SourceSchema,
} from "../scripts/catalog-schema.js";
import { catalogSchema } from "../scripts/catalog-schema.js";
import { NOISE_DIGITS, significantDigits } from "../scripts/decimal-text.js";
import type { Report } from "../scripts/findings.js";
import { literalsOf } from "../scripts/price-order.js";
import { readCatalog } from "../scripts/read-catalog.js";
import { summaryOf } from "../scripts/summary.js";
import type { CatalogModel, HistoryContent, Interval, ShardContent, Source } from "../src/catalog/format.js";

const folder = fileURLToPath(new URL("../catalog/", import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith(".json") && name !== "catalog.schema.json");
const read = (name: string): unknown => JSON.parse(readFileSync(`${folder}${name}`, "utf8"));
const history = read("history.json") as HistoryContent;
const report = read("disagreements.json") as Report;
const shards = names
  .filter((name) => name !== "history.json" && name !== "disagreements.json")
  .map((name) => read(name) as ShardContent);
const shard = (id: string): ShardContent => shards.find((each) => each.id === id) as ShardContent;
const models = shards.flatMap((each) =>
  Object.entries(each.models).map(([key, model]) => ({ key, model, ...each })),
);
const keys = new Set(models.map(({ key }) => key));
const pastModels = Object.values(history.providers).flatMap((each) => Object.entries(each.models));
const everyPrice: Interval[] = [
  ...models.map(({ model }) => model),
  ...pastModels.map(([, model]) => model),
].flatMap(({ prices }) => prices);

/** An intersection as one object. */
type Flat<T> = { [K in keyof T]: T[K] };

describe("the files of the catalog", () => {
  it.each(names)("%s is valid by the schema", (name) => {
    const validate = new Ajv2020({ strict: true, strictTypes: false }).compile(catalogSchema());
    expect(validate(read(name)) || validate.errors).toBe(true);
  });

  it("have a schema that is written down (else run: npx vitest run test/catalog-files.test.ts -u)", async () => {
    await expect(`${JSON.stringify(catalogSchema(), null, 2)}\n`).toMatchFileSnapshot(
      `${folder}catalog.schema.json`,
    );
  });

  it("have the types that the engine reads", () => {
    expectTypeOf<Static<typeof SourceSchema>>().toEqualTypeOf<Source>();
    expectTypeOf<Static<typeof IntervalSchema>>().toEqualTypeOf<Interval>();
    expectTypeOf<Static<typeof CatalogModelSchema>>().toEqualTypeOf<CatalogModel>();
    expectTypeOf<Static<typeof ShardContentSchema>>().toEqualTypeOf<Flat<ShardContent>>();
    expectTypeOf<Static<typeof HistoryContentSchema>>().toEqualTypeOf<HistoryContent>();
  });

  it("keep the notices of both sources", () => {
    const notice = readFileSync(`${folder}NOTICE.md`, "utf8");
    expect(notice).toContain("Copyright (c) 2023 Berri AI");
    expect(notice).toContain("Copyright (c) Pydantic Services Inc. 2025 to present");
  });
});

describe("the models", () => {
  it("are all of LiteLLM's map, and those that genai-prices has besides", () => {
    const fromLitellm = models.filter(({ model, sources }) =>
      model.prices.some(({ src }) => sources[src]?.kind === "litellm"),
    );
    expect(fromLitellm).toHaveLength(2984);
    expect(models.length).toBeGreaterThan(2984);
    expect(keys.has("gpt-6-astra")).toBe(true);
  });

  it("that are gone are in the history alone, and have an end", () => {
    const gone = pastModels.filter(([key]) => !keys.has(key));
    expect(gone).toHaveLength(337);
    expect(gone.filter(([, { prices }]) => prices.at(-1)?.to === undefined)).toEqual([]);
  });

  it("have one key each in all shards, which is no alias", () => {
    expect(keys.size).toBe(models.length);
    const aliases = shards.flatMap((each) => Object.keys(each.aliases ?? {}));
    expect(new Set(aliases).size).toBe(aliases.length);
    expect(aliases.filter((alias) => keys.has(alias) || pastModels.some(([key]) => key === alias))).toEqual(
      [],
    );
  });

  it("are what aliases point to", () => {
    for (const { aliases = {}, models: known } of shards)
      for (const target of Object.values(aliases)) expect(Object.keys(known)).toContain(target);
  });

  it("without a price are there with no rate, and free ones with the rate 0", () => {
    expect(
      models.filter(({ model }) => Object.keys(model.prices[0]?.rates ?? {}).length === 0),
    ).not.toHaveLength(0);
    expect(shard("gemini").models["gemini/gemini-2.0-flash-exp"]).toBeUndefined();
    expect(everyPrice.some(({ rates }) => rates.in === "0" && rates.out === "0")).toBe(true);
  });
});

describe("the prices", () => {
  it("are decimal text that a double holds, from 0 up", () => {
    const wrong = everyPrice
      .flatMap(literalsOf)
      .filter(
        (text) => !/^[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?$/.test(text) || !Number.isFinite(Number(text)),
      );
    expect(wrong).toEqual([]);
  });

  it("that are a float's noise are marked so, and no others", () => {
    const wrong = everyPrice.filter(
      (price) =>
        literalsOf(price).some((text) => significantDigits(text) >= NOISE_DIGITS) !== (price.noise ?? false),
    );
    expect(wrong).toEqual([]);
    expect(report.summary.noise).toBe(42);
  });

  it("of a model follow each other without overlap, the past before the present", () => {
    const overlapping = models.filter(({ id, key, model }) => {
      const prices = [...(history.providers[id]?.models[key]?.prices ?? []), ...model.prices];
      return prices.slice(1).some(({ from = "" }, index) => (prices[index]?.to ?? "open") > from);
    });
    expect(overlapping.map(({ key }) => key)).toEqual([]);
  });

  it.each([
    ["o3", "2025-06-10", "1e-5", "2e-6"],
    ["gpt-5.6-luna", "2026-07-30", "1e-6", "2e-7"],
    ["gpt-5.6-sol", "2026-08-21", "5e-6", "4e-6"],
  ])("of %s change on %s, the provider's own date, from %s to %s", (model, date, before, after) => {
    const all = [
      ...(history.providers.openai?.models[model]?.prices ?? []),
      ...(shard("openai").models[model]?.prices ?? []),
    ];
    const changed = all.findIndex(({ from }) => from === date);
    expect(all[changed]).toMatchObject({ from: date, basis: "effective", rates: { in: after } });
    expect(all[changed - 1]).toMatchObject({ to: date, rates: { in: before } });
  });

  it("of a search of Perplexity are divided by 1000 only as LiteLLM does it", () => {
    expect(shard("perplexity").models["perplexity/sonar"]?.prices[0]?.search?.per1000).toBe("litellm");
  });

  it("of genai-prices have their hours", () => {
    expect(shard("deepseek").models["deepseek/deepseek-v4-pro"]?.prices.at(-1)?.windows).toHaveLength(2);
  });
});

describe("docs/prices.md", () => {
  it("quotes what the command counts", () => {
    const docs = readFileSync(new URL("../../../docs/prices.md", import.meta.url), "utf8");
    const base = readCatalog(folder);
    expect(docs).toContain(base && summaryOf(base.catalog, base.report.litellm, base.report));
  });
});

describe("disagreements.json", () => {
  it("counts what it lists", () => {
    for (const [kind, count] of Object.entries(report.summary))
      expect([kind, report.findings.filter((each) => each.kind === kind).length]).toEqual([kind, count]);
  });

  it("quotes LiteLLM's rate of the catalog wherever the sources differ", () => {
    const base = report.findings.filter(
      ({ kind, rate }) => kind === "rate" && /^(?:in|out)$/.test(rate ?? ""),
    );
    expect(base).not.toHaveLength(0);
    for (const { shard: id, model, rate, litellm } of base) {
      expect([model, shard(id).models[model]?.prices[0]?.rates[rate as "in"]]).toEqual([model, litellm]);
    }
  });
});
