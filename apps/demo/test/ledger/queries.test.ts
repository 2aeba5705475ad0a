import { describe, expect, it } from "vitest";

import type { LedgerRecord } from "../../server/ledger/ledger-record.js";
import type { LedgerStore, SeriesQuery } from "../../server/ledger/ledger-store.js";
import { NOON, recordsOf } from "./calls.js";
import { testLedger } from "./temporary-ledger.js";

const tokens = (total: number | null): LedgerRecord["tokens"] => ({
  in: total,
  out: total,
  cacheRead: total === null ? null : 0,
  cacheWrite: total === null ? null : 0,
  reasoning: total === null ? null : 1,
  total,
});

async function ledgerOf(calls: Partial<LedgerRecord>[]): Promise<LedgerStore> {
  const ledger = await testLedger();
  await ledger.append(recordsOf(calls.length, (n) => calls[n] ?? {}));
  return ledger;
}

describe("totals", () => {
  it("of nothing are zero, and quantiles of nothing are unknown", async () => {
    const ledger = await testLedger();
    const totals = await ledger.totals({});
    expect(totals).toMatchObject({
      calls: 0,
      spend: "0",
      saved: "0",
      unpriced: 0,
      tokens: { total: { sum: 0, unknown: 0 } },
    });
    expect(totals.ttft).toEqual({ p50: null, p95: null, p99: null, n: 0 });
  });

  it("say what they do not know instead of counting it as zero", async () => {
    const ledger = await ledgerOf([
      { cost: null, saved: null, tokens: tokens(null), freshIn: null, ttft: null, costStatus: "unpriced" },
      { cost: null, saved: null, tokens: tokens(5), freshIn: 5, ttft: 2_000_000, status: "failure" },
      {
        cost: null,
        saved: null,
        tokens: tokens(7),
        freshIn: 7,
        ttft: 1_000_000,
        status: "incomplete",
        audit: "mismatch",
      },
    ]);
    expect(await ledger.totals({})).toMatchObject({
      calls: 3,
      failed: 1,
      cut: 1,
      mismatches: 1,
      unpriced: 3,
      spend: null,
      saved: null,
      savedUnknown: 3,
      tokens: {
        input: { sum: 12, unknown: 1 },
        total: { sum: 12, unknown: 1 },
        reasoning: { sum: 2, unknown: 1 },
      },
      ttft: { p50: 1500, n: 2 },
    });
  });
});

describe("a series", () => {
  const minute = (n: number): Partial<LedgerRecord> => ({ started: (NOON + n * 60) * 1e6 });
  const range = { from: (NOON - 20) * 1000, to: (NOON + 100) * 1000 };
  const calls = [
    { ...minute(0), model: "a", cost: "0.1", tags: ["x", "y"] },
    { ...minute(0), model: "b", cost: "0.25", tags: ["x"], tokens: tokens(3) },
    { ...minute(1), model: "b", cost: null, tags: [], tokens: tokens(null), plainOut: null, freshIn: null },
    {
      ...minute(1),
      model: null,
      cost: "0.0000000000000000001",
      status: "failure" as const,
      errorClass: "Boom",
    },
    { ...minute(0), model: "c", cost: "0.01", status: "incomplete" as const, diagnostics: ["F3"] },
  ];
  const query: SeriesQuery = { filter: range, metric: "spend", by: "model", step: "1m", top: 2 };

  it("has the largest by name and the rest as one, and knows nothing from unknown", async () => {
    const ledger = await ledgerOf(calls);
    expect(await ledger.series(query)).toEqual({
      t: [NOON - 20, NOON + 40],
      series: [
        { name: "b", label: null, values: ["0.25", null] },
        { name: "a", label: null, values: ["0.1", "0"] },
      ],
      other: ["0.01", "0.0000000000000000001"],
    });
  });

  it("has calls without a name as such, and no rest where there is none", async () => {
    const ledger = await ledgerOf(calls);
    const { series, other } = await ledger.series({
      ...query,
      metric: "calls",
      by: "tag",
      top: 3,
      filter: { ...range, model: ["a", "b"] },
    });
    expect(series).toEqual([
      { name: "x", label: null, values: [2, 0] },
      { name: "y", label: null, values: [1, 0] },
      { name: null, label: null, values: [0, 1] },
    ]);
    expect(other).toBeNull();
  });

  it("of tokens has kinds, of which each is known by itself", async () => {
    const ledger = await ledgerOf(calls.slice(1, 3));
    const { series } = await ledger.series({ ...query, metric: "tokens", by: "kind" });
    expect(series.map(({ name, values }) => [name, values])).toEqual([
      ["input", [976, null]],
      ["cacheRead", [0, null]],
      ["cacheWrite", [0, null]],
      ["output", [200, null]],
      ["reasoning", [1, null]],
    ]);
  });

  it("of errors has their classes, what was cut, and deviations", async () => {
    const ledger = await ledgerOf([...calls, { ...minute(0), diagnostics: ["U2"] }]);
    const { series } = await ledger.series({ ...query, metric: "errors", by: "kind", top: 8 });
    expect(series).toEqual([
      { name: "Boom", label: null, values: [0, 1] },
      { name: "cut", label: null, values: [1, 0] },
      { name: "deviations", label: null, values: [1, 0] },
    ]);
  });

  it("puts each call into its day where clocks are changed, to the last digit", async () => {
    const hours = Array.from(
      { length: 24 * 5 },
      (_, n) => Date.parse("2026-10-23T00:30:00Z") + n * 3_600_000,
    );
    const ledger = await ledgerOf(
      hours.map((time) => ({ started: time * 1000, cost: "0.000000000000000000000001" })),
    );
    const { t, series } = await ledger.series({ ...query, filter: {}, step: "1d", zone: "Europe/Berlin" });
    expect(t.map((time) => new Date(time * 1000).toISOString().slice(0, 13))).toEqual(
      [
        "2026-10-22T22",
        "2026-10-23T22",
        "2026-10-24T22",
        "2026-10-25T23",
        "2026-10-26T23",
        "2026-10-27T23",
      ].slice(0, t.length),
    );
    // The first day lacks two hours; the one on which clocks go back has 25.
    expect(series[0]?.values.map((value) => Number(String(value).slice(2)))).toEqual(
      [22, 24, 25, 24, 24, 1].slice(0, t.length),
    );
  });

  it("of an empty ledger has no points", async () => {
    const ledger = await testLedger();
    expect(await ledger.series({ ...query, filter: {} })).toEqual({ t: [], series: [], other: null });
  });

  it.each([
    ["kinds of money", { by: "kind" as const }],
    ["more series than colours", { top: 9 }],
  ])("refuses %s", async (_, members) => {
    const ledger = await testLedger();
    await expect(ledger.series({ ...query, ...members })).rejects.toMatchObject({ code: "bad-query" });
  });
});

describe("distributions and quantiles", () => {
  it("count every call once: in a bin, below, above, or as missing", async () => {
    const times = [0, 9_999, 10_000, 12_000, 13_000, 999_999_000, 2_000_000_000, null];
    const ledger = await ledgerOf(times.map((ttft) => ({ ttft })));
    const found = await ledger.distribution({ filter: {}, metric: "ttft" });
    expect(found).toMatchObject({ below: 2, above: 1, missing: 1, n: 7, p50: 12 });
    expect(found.counts.map((count, bin) => [bin, count]).filter(([, count]) => count)).toEqual([
      [0, 2],
      [1, 1],
      [49, 1],
    ]);
    expect(found.edges).toHaveLength(51);
    expect([found.edges[0], found.edges.at(-1)]).toEqual([10, 1_000_000]);
  });

  it("by time leave gaps where nothing is known", async () => {
    const ledger = await ledgerOf([
      { started: NOON * 1e6, total: 1_000_000 },
      { started: (NOON + 3600) * 1e6, total: null },
      { started: (NOON + 7200) * 1e6, total: 3_000_000 },
    ]);
    expect(await ledger.quantiles({ filter: {}, metric: "total", step: "1h" })).toMatchObject({
      p50: [1000, null, 3000],
      n: [1, 0, 1],
    });
  });
});

describe("facets, keys and spans", () => {
  const key = (id: string, alias: string): LedgerRecord["caller"] => ({ id, alias, lastFour: null });

  it("count by value, most first, and say when there are more", async () => {
    const ledger = await ledgerOf([
      { tags: ["b%", "a"], cost: "1" },
      { tags: ["b%"], cost: "2" },
      { tags: ["B_"], cost: null },
    ]);
    expect(await ledger.facets({ filter: {}, field: "tag", limit: 2 })).toEqual({
      values: [
        { value: "b%", label: null, calls: 2, spend: "3" },
        { value: "B_", label: null, calls: 1, spend: null },
      ],
      more: true,
    });
    const begun = await ledger.facets({ filter: {}, field: "tag", prefix: "B" });
    expect(begun.values.map(({ value }) => value)).toEqual(["b%", "B_"]);
    expect((await ledger.facets({ filter: {}, field: "tag", prefix: "%" })).values).toEqual([]);
  });

  it("find keys by alias, and what they have spent since a time", async () => {
    const ledger = await ledgerOf([
      { caller: key("h1", "docs-bot"), cost: "0.1", tokens: tokens(10) },
      { caller: key("h1", "docs-bot"), cost: "0.2", tokens: tokens(20) },
      { caller: key("h2", "search"), cost: null },
      { caller: null, cost: "7" },
    ]);
    const { values } = await ledger.facets({ filter: {}, field: "key", prefix: "DOCS" });
    expect(values).toEqual([{ value: "h1", label: "docs-bot", calls: 2, spend: "0.3" }]);
    expect(await ledger.spentByKey({ from: (NOON + 1) * 1000 })).toEqual([
      { keyId: "h1", spent: "0.2", calls: 1, unpriced: 0 },
      { keyId: "h2", spent: "0", calls: 1, unpriced: 1 },
      { keyId: null, spent: "7", calls: 1, unpriced: 0 },
    ]);
    expect(await ledger.outputQuantiles("h1")).toMatchObject({ p50: 15, n: 2 });
    expect(await ledger.outputQuantiles("h3")).toEqual({ p50: null, p95: null, p99: null, n: 0 });
  });

  it("say what is held", async () => {
    const ledger = await testLedger();
    expect(await ledger.span()).toEqual({ calls: 0, oldest: null, newest: null });
    await ledger.append(recordsOf(3).toReversed());
    expect(await ledger.span()).toEqual({
      calls: 3,
      oldest: { id: "call-0", startedAt: "2025-12-17T19:33:20.000Z" },
      newest: { id: "call-2", startedAt: "2025-12-17T19:33:22.000Z" },
    });
  });
});
