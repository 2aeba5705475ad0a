import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { modeOf, shardGuesser } from "../scripts/gone-models.js";
import { modelsOfHistory, readHistory } from "../scripts/litellm-history.js";
import { readMap } from "../scripts/litellm.js";
import { litellmSource } from "../scripts/sources.js";
import { endOf, overlay, priceOn, startOf, without, type DatedPrice } from "../scripts/timeline.js";

const source = litellmSource("2026-08-01");
const cheap = { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 };
const dear = { input_cost_per_token: 3e-6, output_cost_per_token: 6e-6 };
const map = readMap({ known: { ...cheap, litellm_provider: "openai", mode: "chat" } }, "map");

/** The times and input rates of a model with this history. */
function timesOf(changes: unknown): (string | undefined)[][] {
  const history = readHistory({ first: [["2025-02-06", dear]], known: changes }, "history");
  const model = modelsOfHistory(history, map, source, "history").find(({ key }) => key === "known");
  return (model?.prices ?? []).map(({ from, to, prices }) => [from, to, prices.rates.in]);
}

const histories: [title: string, changes: unknown, expected: (string | undefined)[][]][] = [
  [
    "a change ends one price and begins the next",
    [
      ["2025-03-01", cheap],
      ["2025-04-01", dear],
    ],
    [
      ["2025-03-01", "2025-04-01", "1e-6"],
      ["2025-04-01", undefined, "3e-6"],
    ],
  ],
  ["the first day of all is of unknown age", [["2025-02-06", cheap]], [[undefined, undefined, "1e-6"]]],
  [
    "equal prices after each other are one",
    [
      ["2025-03-01", cheap],
      ["2025-04-01", { ...cheap, output_cost_per_token: 0.000002 }],
    ],
    [["2025-03-01", undefined, "1e-6"]],
  ],
  [
    "a model that is gone for a while leaves a gap",
    [
      ["2025-03-01", cheap],
      ["2025-04-01", null],
      ["2025-05-01", cheap],
    ],
    [
      ["2025-03-01", "2025-04-01", "1e-6"],
      ["2025-05-01", undefined, "1e-6"],
    ],
  ],
  [
    "a model that is gone and back on one day was never gone",
    [
      ["2025-03-01", cheap],
      ["2025-04-01", null],
      ["2025-04-01", cheap],
    ],
    [["2025-03-01", undefined, "1e-6"]],
  ],
  [
    "of two prices of one day the later holds",
    [
      ["2025-03-01", cheap],
      ["2025-03-01", dear],
    ],
    [["2025-03-01", undefined, "3e-6"]],
  ],
  [
    "a model that is gone has an end",
    [
      ["2025-03-01", cheap],
      ["2025-04-01", null],
    ],
    [["2025-03-01", "2025-04-01", "1e-6"]],
  ],
  [
    "a model of one day alone had its price on that day",
    [
      ["2025-03-01", cheap],
      ["2025-03-01", null],
    ],
    [["2025-03-01", "2025-03-02", "1e-6"]],
  ],
];

describe("of the history of a model,", () => {
  it.each(histories)("%s", (_, changes, expected) => {
    expect(timesOf(changes)).toEqual(expected);
  });

  it.each([
    [[], "not a price history"],
    [{ a: [] }, '"a" has no list of days'],
    [{ a: [["2025-02-30", {}]] }, '"a" has no list of days'],
    [
      {
        a: [
          ["2025-02-02", {}],
          ["2025-02-01", {}],
        ],
      },
      '"a" has no list of days',
    ],
    [{}, "empty"],
  ])("%j is none", (value, message) => {
    expect(() => readHistory(value, "history.json")).toThrow(message);
  });
});

const day = fc
  .integer({ min: 1, max: 60 })
  .map((each) => new Date(each * 86_400_000).toISOString().slice(0, 10));
const dated = fc
  .tuple(
    fc.option(day, { nil: undefined }),
    fc.option(day, { nil: undefined }),
    fc.integer({ min: 1, max: 3 }),
  )
  .filter(([from, to]) => (from ?? "") < (to ?? "9"))
  .map(([from, to, rate]): DatedPrice => ({
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    basis: "observed",
    source,
    prices: { rates: { in: String(rate) } },
  }));

describe("laying one price over others", () => {
  it("leaves prices that are in order and do not overlap, whatever was there", () => {
    fc.assert(
      fc.property(fc.array(dated), (list) => {
        const prices = list.reduce<DatedPrice[]>(overlay, []);
        for (const [index, each] of prices.entries()) {
          expect(startOf(each) < endOf(each)).toBe(true);
          expect(startOf(each) >= (prices[index - 1] ? endOf(prices[index - 1] as DatedPrice) : "")).toBe(
            true,
          );
        }
      }),
    );
  });

  it("means that the last one laid over a day is the one of that day", () => {
    fc.assert(
      fc.property(fc.array(dated), day, (list, on) => {
        const prices = list.reduce<DatedPrice[]>(overlay, []);
        const last = list.findLast((each) => startOf(each) <= on && on < endOf(each));
        expect(priceOn(prices, on)?.prices).toEqual(last?.prices);
      }),
    );
  });

  it("and taking it out again lets the one before it hold on", () => {
    const old: DatedPrice = { from: "2025-01-01", basis: "observed", source, prices: { rates: { in: "1" } } };
    const added: DatedPrice = {
      ...old,
      from: "2025-02-01",
      basis: "effective",
      prices: { rates: { in: "2" } },
    };
    expect(without(overlay([old], added), ({ basis }) => basis === "effective")).toEqual([old]);
  });
});

const guesses: [key: string, shard: string][] = [
  ["azure/gone", "azure"],
  ["claude-2", "anthropic"],
  ["us/claude-sonnet-4-6", "anthropic"],
  ["us.anthropic.claude-opus-4-6-v1:0", "bedrock"],
  ["chat-bison@001", "vertex_ai"],
  ["gemini-pro", "vertex_ai"],
  ["luminous-base", "aleph_alpha"],
  ["mistralai/small", "openrouter"],
  ["gpt-4-32k", "openai"],
  ["zzz", "unknown"],
];

describe("of a model that is gone,", () => {
  const guess = shardGuesser(
    new Map([
      ["azure/gpt-4", "azure"],
      ["gemini-2.5-pro", "gemini"],
      ["gpt-4", "openai"],
      ["openrouter/mistralai/small", "openrouter"],
      ["us.anthropic.claude-opus-4-6-v1", "bedrock"],
    ]),
  );

  it.each(guesses)("the shard of %s is guessed as %s", (key, shard) => {
    expect(guess(key)).toBe(shard);
  });

  it.each([
    ["embed-v4.0", {}, "embedding"],
    ["groq/whisper-large", {}, "audio_transcription"],
    ["gemini/imagen-4.0", { outImg: "0.04" }, "image_generation"],
    ["a/b", { in: "1", out: "1" }, "chat"],
    ["a/b", { page: "1" }, "ocr"],
    ["a/b", { query: "1" }, "rerank"],
    ["a/b", {}, "chat"],
  ])("the mode of %s with %j is guessed as %s", (key, rates, mode) => {
    expect(modeOf(key, rates)).toBe(mode);
  });
});
