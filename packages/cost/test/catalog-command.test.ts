import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { updateCatalog } from "../scripts/update-catalog.js";
import type { CatalogModel, HistoryContent, ShardContent } from "../src/catalog/format.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "catalog-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a file of the folder and gives its path. */
function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const out = (): string => join(folder, "out");

async function run(...args: string[]): Promise<{ code: number; said: string }> {
  let said = "";
  const code = await updateCatalog([...args, "--out", out()], (text) => (said += text));
  return { code, said };
}

function written(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(out()).map((name) => [name, readFileSync(join(out(), name), "utf8")]),
  );
}

const shard = (id = "openai"): ShardContent => JSON.parse(written()[`${id}.json`] ?? "") as ShardContent;
const past = (id = "openai"): Record<string, CatalogModel> | undefined =>
  (JSON.parse(written()["history.json"] ?? "") as HistoryContent).providers[id]?.models;
const times = (model: CatalogModel | undefined) =>
  model?.prices.map((each) => [each.from, each.to, each.basis, each.rates.in]);

const entry = (input: number, more: object = {}): object => ({
  litellm_provider: "openai",
  mode: "chat",
  input_cost_per_token: input,
  output_cost_per_token: 1e-5,
  max_input_tokens: 1000,
  ...more,
});
const map = (models: object, name = "map.json"): string => file(name, { sample_spec: {}, ...models });
const genai = (): string =>
  file("genai.json", [
    {
      id: "openai",
      models: [
        {
          id: "a",
          match: { or: [{ equals: "a" }, { equals: "a-latest" }] },
          prices: [
            { prices: { input_mtok: 1, output_mtok: 10 } },
            { constraint: { start_date: "2026-08-21" }, prices: { input_mtok: 0.5, output_mtok: 5 } },
            { constraint: { start_date: "2027-01-01" }, prices: { input_mtok: 2, output_mtok: 20 } },
          ],
        },
        { id: "theirs", match: { equals: "theirs" }, prices: { input_mtok: 3, output_mtok: 4 } },
      ],
    },
  ]);

describe("catalog:update with what it cannot use", () => {
  const refused: [title: string, args: (path: (name: string) => string) => string[], message: string][] = [
    ["no map", () => [], "--litellm is missing"],
    ["an unknown option", () => ["--litelm", "x"], "Unknown option '--litelm'"],
    [
      "a day that is none",
      (path) => ["--litellm", path("good"), "--date", "2026-02-30"],
      "--date 2026-02-30 is no day",
    ],
    ["a file that is not there", (path) => ["--litellm", path("none")], "there is no such file"],
    ["a file that is not JSON", (path) => ["--litellm", path("broken")], "is not JSON"],
    ["JSON that is no map", (path) => ["--litellm", path("list")], "is not LiteLLM's price map"],
    ["an object that is no map", (path) => ["--litellm", path("history")], "is not LiteLLM's price map"],
    ["a price that is none", (path) => ["--litellm", path("negative")], 'a price of "m" cannot be used'],
    [
      "no history",
      (path) => ["--litellm", path("good"), "--history", path("list")],
      "is not a price history",
    ],
    [
      "no data of genai-prices",
      (path) => ["--litellm", path("good"), "--genai", path("good")],
      "genai-prices",
    ],
    ["no manual prices", (path) => ["--litellm", path("good"), "--manual", path("good")], "manual prices"],
    [
      "an address that nobody answers",
      () => ["--litellm", "http://127.0.0.1:9/map.json"],
      "cannot be reached",
    ],
  ];

  it.each(refused)("such as %s ends with 2, names it, and writes nothing", async (_, args, message) => {
    file("good", { m: entry(1e-6) });
    file("broken", '{"m":');
    file("list", []);
    file("history", { m: [["2026-01-01", {}]] });
    file("negative", { m: entry(-1) });
    const { code, said } = await run(...args((name) => join(folder, name)));
    expect(code).toBe(2);
    expect(said).toContain(message);
    expect(readdirSync(folder)).not.toContain("out");
  });

  it("says how it is used", async () => {
    const { code, said } = await run("--help");
    expect(code).toBe(0);
    expect(said).toContain("usage: npm run catalog:update");
  });

  it("keeps the catalog that is there when a newer map cannot be used", async () => {
    await run("--litellm", map({ m: entry(1e-6) }), "--date", "2026-08-01");
    const before = written();
    expect((await run("--litellm", map({ m: entry(-1) }), "--date", "2026-09-01")).code).toBe(2);
    expect(written()).toEqual(before);
  });

  it("does not bring a catalog back in time", async () => {
    await run("--litellm", map({ m: entry(1e-6) }), "--date", "2026-08-01");
    const { code, said } = await run("--litellm", map({ m: entry(1e-6) }), "--date", "2026-07-31");
    expect([code, said]).toEqual([2, expect.stringContaining("can only be brought forward")]);
  });
});

describe("catalog:update with a newer map alone", () => {
  const first = {
    a: entry(1e-6),
    same: entry(1e-6),
    changed: entry(1e-6),
    gone: entry(1e-6),
    "vertex_ai/g": entry(1e-6, { litellm_provider: "vertex_ai-language-models" }),
  };
  beforeEach(async () => {
    await run("--litellm", map(first), "--date", "2026-08-01", "--genai", genai());
  });

  it("keeps the price of a model that did not change, and says what it knows of it", async () => {
    await run(
      "--litellm",
      map({ ...first, same: entry(1e-6, { max_output_tokens: 50 }) }),
      "--date",
      "2026-09-01",
    );
    expect(shard().models.same).toEqual({
      mode: "chat",
      limits: { in: 1000, out: 50 },
      prices: [{ basis: "observed", src: 0, rates: { in: "1e-6", out: "1e-5" } }],
    });
    expect(shard().sources[0]?.date).toBe("2026-09-01");
    expect(shard("vertex_ai").models["vertex_ai/g"]?.provider).toBe("vertex_ai-language-models");
  });

  it("ends a changed price and begins a new one", async () => {
    await run("--litellm", map({ ...first, changed: entry(2e-6) }), "--date", "2026-09-01");
    expect(times(past()?.changed)).toEqual([[undefined, "2026-09-01", "observed", "1e-6"]]);
    expect(times(shard().models.changed)).toEqual([["2026-09-01", undefined, "observed", "2e-6"]]);
  });

  it("moves a model that left the map to the history, and back when it returns", async () => {
    const { gone: _, ...rest } = first;
    await run("--litellm", map(rest), "--date", "2026-09-01");
    expect(shard().models.gone).toBeUndefined();
    expect(times(past()?.gone)).toEqual([[undefined, "2026-09-01", "observed", "1e-6"]]);
    await run("--litellm", map(first), "--date", "2026-10-01");
    expect(times(past()?.gone)).toEqual([[undefined, "2026-09-01", "observed", "1e-6"]]);
    expect(times(shard().models.gone)).toEqual([["2026-10-01", undefined, "observed", "1e-6"]]);
  });

  it("adds a new model as seen on that day", async () => {
    await run("--litellm", map({ ...first, fresh: entry(9e-6) }), "--date", "2026-09-01");
    expect(times(shard().models.fresh)).toEqual([["2026-09-01", undefined, "observed", "9e-6"]]);
  });

  it("keeps what genai-prices gave: dated prices, models and aliases", async () => {
    const before = shard();
    await run("--litellm", map(first), "--date", "2026-09-01");
    expect(times(past()?.a)).toEqual([[undefined, "2026-08-21", "observed", "1e-6"]]);
    expect(times(shard().models.a)).toEqual([
      ["2026-08-21", "2027-01-01", "effective", "5e-7"],
      ["2027-01-01", undefined, "effective", "2e-6"],
    ]);
    expect(shard().models.theirs).toEqual(before.models.theirs);
    expect(shard().aliases).toEqual({ "a-latest": "a" });
  });

  it("knows a price that LiteLLM follows by the provider's own date", async () => {
    const followed = entry(5e-7, { output_cost_per_token: 5e-6, cache_read_input_token_cost: 1e-8 });
    await run("--litellm", map({ ...first, a: followed }), "--date", "2026-09-01");
    expect(times(shard().models.a)?.[0]).toEqual(["2026-08-21", "2027-01-01", "effective", "5e-7"]);
    expect(shard().models.a?.prices[0]?.rates.cr).toBe("1e-8");
    expect(shard().sources[shard().models.a?.prices[0]?.src ?? 9]?.kind).toBe("litellm");
  });

  it("changes no byte when nothing changed", async () => {
    const before = written();
    await run("--litellm", map(first), "--date", "2026-08-01");
    expect(written()).toEqual(before);
    await run("--litellm", map(first), "--date", "2026-08-01", "--genai", genai());
    expect(written()).toEqual(before);
  });

  it("does not take back a dated price when both sources are read anew", async () => {
    await run("--litellm", map(first), "--date", "2026-09-01", "--genai", genai());
    expect(times(shard().models.a)?.[0]).toEqual(["2026-08-21", "2027-01-01", "effective", "5e-7"]);
  });

  it("removes the file of a provider that has no models any more", async () => {
    const { "vertex_ai/g": _, ...rest } = first;
    await run("--litellm", map(rest), "--date", "2026-09-01");
    expect(Object.keys(written())).not.toContain("vertex_ai.json");
  });
});

describe("a price entered by hand", () => {
  const price = {
    model: "m",
    from: "2026-06-01",
    to: "2026-07-01",
    evidence: "https://example.com/pricing",
    entry: entry(7e-6),
  };
  const manual = (...entries: object[]): string => file("manual.json", { entries });

  it("wins over the sources for its days, and names its evidence", async () => {
    await run("--litellm", map({ m: entry(1e-6) }), "--date", "2026-08-01", "--manual", manual(price));
    expect(times(past()?.m)).toEqual([
      [undefined, "2026-06-01", "observed", "1e-6"],
      ["2026-06-01", "2026-07-01", "effective", "7e-6"],
    ]);
    expect(times(shard().models.m)).toEqual([["2026-07-01", undefined, "observed", "1e-6"]]);
    expect(written()["history.json"]).toContain('"kind":"manual","date":"2026-06-01"');
    expect(written()["history.json"]).toContain("https://example.com/pricing");
  });

  it("without an end wins over later maps too, and adds a model that nobody else has", async () => {
    const { to: _, ...endless } = price;
    const list = manual(endless, { ...endless, model: "mine" });
    await run("--litellm", map({ m: entry(1e-6) }), "--date", "2026-08-01", "--manual", list);
    await run("--litellm", map({ m: entry(2e-6) }), "--date", "2026-09-01", "--manual", list);
    expect(times(shard().models.m)).toEqual([["2026-06-01", undefined, "effective", "7e-6"]]);
    expect(times(shard().models.mine)).toEqual([["2026-06-01", undefined, "effective", "7e-6"]]);
  });

  it("that is taken out of the list is taken out of the catalog", async () => {
    const { to: _, ...endless } = price;
    await run("--litellm", map({ m: entry(1e-6) }), "--date", "2026-08-01", "--manual", manual(endless));
    await run("--litellm", map({ m: entry(1e-6) }), "--date", "2026-09-01", "--manual", manual());
    expect(times(shard().models.m)).toEqual([[undefined, undefined, "observed", "1e-6"]]);
  });

  it.each([
    [{ ...price, model: 1 }, "/entries/0/model"],
    [{ ...price, from: "June" }, "/entries/0/from"],
    [{ ...price, to: "2026-06-01" }, "/entries/0/to"],
    [{ ...price, evidence: "I know" }, "/entries/0/evidence"],
    [{ ...price, entry: {} }, "/entries/0/entry"],
    [{ ...price, entry: entry(-1) }, 'a price of "m" cannot be used'],
  ])("that is wrong is refused by its place: %j", async (wrong, place) => {
    const { code, said } = await run("--litellm", map({ m: entry(1e-6) }), "--manual", manual(wrong));
    expect([code, said]).toEqual([2, expect.stringContaining(place)]);
  });
});
