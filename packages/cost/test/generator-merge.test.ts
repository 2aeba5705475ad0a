import { describe, expect, it } from "vitest";

import { buildCatalog } from "../scripts/build-catalog.js";
import { readGenai } from "../scripts/genai-prices.js";
import { readHistory } from "../scripts/litellm-history.js";
import { readMap } from "../scripts/litellm.js";
import { takeOver } from "../scripts/take-over.js";

type Entry = Record<string, unknown>;

const rates = (input: number, output: number, more: Entry = {}): Entry => ({
  input_cost_per_token: input,
  output_cost_per_token: output,
  ...more,
});
const since = (day: string, prices: Entry): Entry => ({
  constraint: { type: "start_date", start_date: day },
  prices,
});

/** The catalog of these models of one provider, with the map of 2026-08-01. */
function build(
  history: Record<string, [day: string, entry: Entry | null][]>,
  models: readonly Entry[],
  provider = "openai",
  genaiProvider = provider,
) {
  const today = Object.entries(history).flatMap(([key, changes]) => {
    const entry = changes.at(-1)?.[1];
    return entry ? [[key, { ...entry, litellm_provider: provider, mode: "chat" }]] : [];
  });
  const { catalog, report } = buildCatalog({
    litellm: { map: readMap(Object.fromEntries(today), "map"), date: "2026-08-01", place: "map" },
    history: {
      history: readHistory({ ...history, oldest: [["2025-01-01", null]] }, "history"),
      place: "history",
    },
    genai: { providers: readGenai([{ id: genaiProvider, models }], "genai"), date: "2026-09-23" },
  });
  const times = (key: string) =>
    catalog.models
      .get(key)
      ?.prices.map((each) => [each.from, each.to, each.basis, each.source.kind, each.prices.rates.in]);
  return { catalog, report, times };
}

const match = { equals: "m" };

describe("a dated price of genai-prices", () => {
  const history: Record<string, [string, Entry | null][]> = {
    m: [
      ["2026-01-01", rates(1e-5, 4e-5)],
      ["2026-06-11", rates(2e-6, 8e-6)],
    ],
  };
  const cut = (day: string): Entry => ({
    id: "m",
    match,
    prices: [{ prices: { input_mtok: 10, output_mtok: 40 } }, since(day, { input_mtok: 2, output_mtok: 8 })],
  });

  it.each([
    ["a day before it", "2026-06-10"],
    ["45 days before it", "2026-04-27"],
    ["some days after it", "2026-06-20"],
  ])("moves the change that LiteLLM saw to %s", (_, day) => {
    expect(build(history, [cut(day)]).times("m")).toEqual([
      ["2026-01-01", day, "observed", "litellm", "1e-5"],
      [day, undefined, "effective", "litellm", "2e-6"],
    ]);
  });

  it.each([
    ["is 46 days away", cut("2026-04-26")],
    [
      "is of other rates",
      { ...cut("2026-06-10"), prices: [since("2026-06-10", { input_mtok: 3, output_mtok: 8 })] },
    ],
  ])("leaves a change alone that %s", (_, model) => {
    expect(build(history, [model]).times("m")?.[1]).toEqual([
      "2026-06-11",
      undefined,
      "observed",
      "litellm",
      "2e-6",
    ]);
  });

  it("is no earlier than the price before the change", () => {
    const young = {
      m: [["2026-06-05", rates(1e-5, 4e-5)], ...(history.m ?? []).slice(1)] as [string, Entry][],
    };
    expect(
      build(young, [cut("2026-06-01")])
        .times("m")
        ?.map(([from]) => from),
    ).toEqual(["2026-06-05", "2026-06-11"]);
  });

  it("does not date a model that was new at that price", () => {
    const added = { m: [["2026-06-11", rates(2e-6, 8e-6)]] as [string, Entry][] };
    expect(build(added, [cut("2026-06-10")]).times("m")).toEqual([
      ["2026-06-11", undefined, "observed", "litellm", "2e-6"],
    ]);
  });

  it("that is newer than LiteLLM's day follows LiteLLM's price", () => {
    const newer = { ...cut("2026-08-21"), prices: [since("2026-08-21", { input_mtok: 1, output_mtok: 8 })] };
    expect(build(history, [newer]).times("m")).toEqual([
      ["2026-01-01", "2026-06-11", "observed", "litellm", "1e-5"],
      ["2026-06-11", "2026-08-21", "observed", "litellm", "2e-6"],
      ["2026-08-21", undefined, "effective", "genai-prices", "1e-6"],
    ]);
  });

  it("that LiteLLM has not followed by its day takes over, and the report says so", () => {
    const { times, report } = build({ m: [["2026-01-01", rates(1e-5, 4e-5)]] }, [cut("2026-06-10")]);
    expect(times("m")?.at(-1)).toEqual(["2026-06-10", undefined, "effective", "genai-prices", "2e-6"]);
    expect(report.summary["not-followed"]).toBe(1);
  });

  it("that LiteLLM contradicts is no price of the catalog", () => {
    const { times, report } = build({ m: [["2026-01-01", rates(7e-6, 4e-5)]] }, [cut("2026-06-10")]);
    expect(times("m")).toEqual([["2026-01-01", undefined, "observed", "litellm", "7e-6"]]);
    expect(report.findings).toContainEqual({
      kind: "rate",
      shard: "openai",
      model: "m",
      rate: "in",
      litellm: "7e-6",
      genai: "2e-6",
      ratio: 0.2857,
    });
  });

  it("at certain hours is a window of the price it stands behind", () => {
    const timed = {
      id: "m",
      match,
      prices: [
        { prices: { input_mtok: 10 } },
        since("2026-08-17", { input_mtok: 3 }),
        {
          constraint: { type: "time_of_date", start_time: "01:00:00Z", end_time: "04:00:00Z" },
          prices: { input_mtok: 6 },
        },
      ],
    };
    const { catalog } = build(history, [timed]);
    expect(catalog.models.get("m")?.prices.at(-1)?.prices.windows).toEqual([
      { hours: ["01:00-04:00"], rates: { in: "6e-6" } },
    ]);
  });
});

describe("a price that takes over", () => {
  const old = {
    rates: { in: "5", out: "30", cr: "0.5", outR: "30", inImg: "1" },
    tiers: { flex: { in: "2.5", out: "15" } },
    above: [{ tokens: 272000, rates: { in: "10" }, tiers: { flex: { out: "22" } } }],
    uplift: { eu: "1.1" },
  };

  it("takes the old rates of a changed side with it, and names them", () => {
    const { prices, dropped } = takeOver(old, { rates: { in: "4", out: "30" } });
    expect(prices).toEqual({
      rates: { in: "4", out: "30", outR: "30", inImg: "1" },
      tiers: { flex: { out: "15" } },
      above: [{ tokens: 272000, rates: {}, tiers: { flex: { out: "22" } } }],
      uplift: { eu: "1.1" },
    });
    expect(dropped).toEqual(["above 272000 in", "cr", "flex in"]);
  });

  it("keeps everything when it only names what was charged", () => {
    const { prices, dropped } = takeOver(old, { rates: { in: "5", fileSearch: "0.0025" } });
    expect(prices).toEqual({ ...old, rates: { ...old.rates, fileSearch: "0.0025" } });
    expect(dropped).toEqual([]);
  });

  it("brings its own thresholds", () => {
    const above = [{ tokens: 271999, rates: { in: "8", out: "45" } }];
    const { prices } = takeOver(old, { rates: { in: "4", out: "20" }, above });
    expect(prices.above).toEqual(above);
    expect(prices.tiers).toBeUndefined();
  });
});

describe("a model of genai-prices", () => {
  const base: Record<string, [string, Entry | null][]> = {
    "xai/grok-4": [["2026-01-01", rates(3e-6, 1.5e-5)]],
    "xai/grok-1": [
      ["2026-01-01", rates(3e-6, 1.5e-5)],
      ["2026-02-01", null],
    ],
  };
  const price = {
    input_mtok: { base: 3, tiers: [{ start: 200_000, price: 6 }] },
    output_mtok: 15,
    audio_hours: 3,
  };

  it("that LiteLLM lacks is added under the key LiteLLM would give it", () => {
    const model = { id: "grok-5", match: { equals: "grok-5" }, context_window: 1000, prices: price };
    const { catalog } = build(base, [model], "xai", "x-ai");
    expect(catalog.models.get("xai/grok-5")).toMatchObject({
      shard: "xai",
      mode: "chat",
      limits: { in: 1000 },
      prices: [
        {
          basis: "observed",
          prices: {
            rates: { in: "3e-6", out: "1.5e-5" },
            above: [{ tokens: 200_000, rates: { in: "6e-6" } }],
            other: { audio_hours: "3" },
          },
        },
      ],
    });
  });

  it("gives its other names to the model it is", () => {
    const match_ = {
      or: [{ equals: "grok-4" }, { equals: "Grok-4" }, { equals: "grok-4-latest" }, { equals: "grok-1" }],
    };
    const { catalog } = build(base, [{ id: "grok-4", match: match_, prices: price }], "xai", "x-ai");
    expect([...catalog.aliases]).toEqual([["xai/grok-4-latest", { shard: "xai", model: "xai/grok-4" }]]);
  });

  it.each([
    ["gone", "gone from LiteLLM", { id: "grok-1", match: { equals: "grok-1" }, prices: price }],
    [
      "left-out",
      "priced by what no rate is",
      { id: "grok-v", match: { equals: "grok-v" }, prices: { audio_hours: 3 } },
    ],
    ["left-out", "without a name", { id: "groks", match: { starts_with: "grok-9" }, prices: price }],
  ])("is reported as %s when it is %s", (kind, _, model) => {
    const { report } = build(base, [model], "xai", "x-ai");
    expect(report.findings.map((each) => each.kind)).toContain(kind);
  });

  it("of a provider that LiteLLM does not know is counted", () => {
    const { report } = build(base, [{ id: "a", match: { equals: "a" }, prices: price }], "xai", "avian");
    expect(report.findings).toContainEqual({
      kind: "left-out",
      shard: "avian",
      model: "*",
      note: "1 models of a provider that LiteLLM does not know",
    });
  });

  it.each([
    [{}, "is not the data of genai-prices"],
    [[{ id: "x", models: [{ id: "y" }] }], "x/y cannot be read: its match is none that is known"],
    [
      [{ id: "x", models: [{ id: "y", match, prices: { input_mtok: -1 } }] }],
      "x/y cannot be read: -1 is no price",
    ],
    [
      [{ id: "x", models: [{ id: "y", match, prices: [{ constraint: {}, prices: {} }] }] }],
      "neither a day nor hours",
    ],
  ])("in %j is refused by name", (value, message) => {
    expect(() => readGenai(value, "genai.json")).toThrow(message);
  });
});

describe("what is odd in LiteLLM's prices", () => {
  it("is reported", () => {
    const { report } = build(
      {
        noisy: [["2026-01-01", rates(2.9999900000000002e-6, 1e-5)]],
        units: [["2026-01-01", rates(1e-6, 1e-5, { input_dbu_cost_per_token: 1e-5 })]],
        spoken: [["2026-01-01", { input_cost_per_second: 1e-4, output_cost_per_second: 0 }]],
        search: [["2026-01-01", { search_context_cost_per_query: { search_context_size_low: 0.005 } }]],
      },
      [{ id: "m", match, prices: {} }],
      "perplexity",
    );
    expect(report.findings.slice(0, 4).map(({ kind, model }) => [kind, model])).toEqual([
      ["noise", "noisy"],
      ["databricks", "units"],
      ["perplexity-search", "search"],
      ["seconds", "spoken"],
    ]);
  });
});
