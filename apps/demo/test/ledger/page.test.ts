import { compareExact } from "@waybill/cost";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { CallFilter } from "../../server/ledger/call-filter.js";
import type { LedgerRecord } from "../../server/ledger/ledger-record.js";
import type { LedgerRow } from "../../server/ledger/ledger-row.js";
import type { LedgerStore, Position, SortColumn } from "../../server/ledger/ledger-store.js";
import { recordsOf } from "./calls.js";
import { testLedger } from "./temporary-ledger.js";

const sorts = ["seq", "cost", "total", "ttft"] as const;

/** Few values, so that many rows are equal in what they are sorted by. */
const members = fc.record({
  cost: fc.constantFrom(null, "0", "0.1", "0.10000000000000000000001", "2"),
  total: fc.constantFrom(null, 0, 5, 5000),
  ttft: fc.constantFrom(null, 1, 2),
  model: fc.constantFrom("a", "b"),
});

const filters = fc.constantFrom<CallFilter>(
  {},
  { model: ["a"] },
  { costGte: "0.1" },
  { not: { model: ["a"] } },
);

/** The order that a list promises, said once more. */
function ordered(rows: LedgerRow[], sort: SortColumn): number[] {
  const valueOf = ({ cost, totalMs, ttftMs }: LedgerRow): string | null =>
    ({
      seq: null,
      cost,
      total: totalMs === null ? null : String(totalMs),
      ttft: ttftMs === null ? null : String(ttftMs),
    })[sort];
  const byValue = (left: string | null, right: string | null): number => {
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return compareExact(right, left);
  };
  return rows
    .toSorted((left, right) => byValue(valueOf(left), valueOf(right)) || right.seq - left.seq)
    .map(({ seq }) => seq);
}

async function walk(
  ledger: LedgerStore,
  filter: CallFilter,
  sort: SortColumn,
  limit: number,
): Promise<number[][]> {
  const pages: number[][] = [];
  let after: Position | null | undefined;
  while (after !== null) {
    const page = await ledger.page({ filter, sort, limit, ...(after ? { after } : {}) });
    pages.push(page.items.map(({ seq }) => seq));
    after = page.next;
  }
  return pages;
}

describe("a list in pages", () => {
  it("neither skips nor repeats, there and back, whatever it is sorted and filtered by", async () => {
    const calls = fc.array(members, { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(calls, filters, fc.integer({ min: 1, max: 7 }), async (given, filter, limit) => {
        const ledger = await testLedger();
        await ledger.append(recordsOf(given.length, (n) => given[n] as Partial<LedgerRecord>));
        const { items } = await ledger.page({ filter, limit: 100 });
        for (const sort of sorts) {
          const pages = await walk(ledger, filter, sort, limit);
          expect(pages.flat()).toEqual(ordered(items, sort));
          const back: number[][] = [];
          let before: Position | null = (await ledger.page({ filter, sort, limit: 100 })).items.length
            ? await lastPosition(ledger, filter, sort)
            : null;
          while (before) {
            const page = await ledger.page({ filter, sort, limit, before });
            back.unshift(page.items.map(({ seq }) => seq));
            before = page.prev;
          }
          // The row that was begun from is not before itself.
          expect(back.flat()).toEqual(ordered(items, sort).slice(0, -1));
        }
        await ledger.close();
      }),
      { numRuns: 12 },
    );
  });

  it("stays where it is when calls enter meanwhile", async () => {
    const ledger = await testLedger();
    const records = recordsOf(20);
    await ledger.append(records.slice(0, 10));
    const first = await ledger.page({ filter: {}, limit: 4 });
    await ledger.append(records.slice(10));
    const second = await ledger.page({ filter: {}, limit: 4, ...(first.next ? { after: first.next } : {}) });
    expect([...first.items, ...second.items].map(({ seq }) => seq)).toEqual([10, 9, 8, 7, 6, 5, 4, 3]);
    expect(second.prev).toEqual([6, 6]);
    expect(await ledger.countSince(10)).toBe(10);
    expect((await ledger.since(10, 3)).map(({ seq }) => seq)).toEqual([11, 12, 13]);
    expect(ledger.newestSeq()).toBe(20);
  });

  it.each<[what: string, query: object]>([
    ["a limit of none", { limit: 0 }],
    ["a place that is both", { limit: 5, after: [1, 1], before: [1, 1] }],
    ["a place by cost that is a double", { limit: 5, sort: "cost", after: [0.1, 1] }],
    [
      "a place by cost that is finer than any",
      { limit: 5, sort: "cost", after: [`0.${"0".repeat(30)}1`, 1] },
    ],
    ["a place by time that is text", { limit: 5, sort: "total", after: ["1; DROP TABLE calls", 1] }],
    ["a place whose seq is none", { limit: 5, after: [1, 1.5] }],
  ])("refuses %s", async (_, query) => {
    const ledger = await testLedger();
    const asked = ledger.page({ filter: {}, ...query } as Parameters<LedgerStore["page"]>[0]);
    await expect(asked).rejects.toMatchObject({ code: "bad-query" });
  });
});

async function lastPosition(
  ledger: LedgerStore,
  filter: CallFilter,
  sort: SortColumn,
): Promise<Position | null> {
  let after: Position | undefined;
  for (;;) {
    const page = await ledger.page({ filter, sort, limit: 1, ...(after ? { after } : {}) });
    if (page.next) after = page.next;
    else {
      const [row] = page.items;
      if (!row) return null;
      const micro = (ms: number | null): number | null => (ms === null ? null : Math.round(ms * 1000));
      return [
        { seq: row.seq, cost: row.cost, total: micro(row.totalMs), ttft: micro(row.ttftMs) }[sort],
        row.seq,
      ];
    }
  }
}

describe("an export", () => {
  it("has every call that passes, in the order of entering, and stops at its limit", async () => {
    const ledger = await testLedger();
    await ledger.append(recordsOf(11_000, (n) => ({ model: n % 2 === 0 ? "a" : "b" })));
    const all: number[] = [];
    for await (const { seq } of ledger.export({ model: ["a"] })) all.push(seq);
    expect(all).toEqual(Array.from({ length: 5500 }, (_, n) => n * 2 + 1));
    let count = 0;
    for await (const row of ledger.export({}, { max: 7000 })) count += Math.sign(row.seq);
    expect(count).toBe(7000);
  });

  it("does not have calls that enter meanwhile, and ends when it is given up", async () => {
    const ledger = await testLedger();
    await ledger.append(recordsOf(10));
    const seqs: number[] = [];
    for await (const { seq } of ledger.export({})) {
      if (seqs.push(seq) === 1) await ledger.append(recordsOf(20).slice(10));
    }
    expect(seqs).toHaveLength(10);
    const given = (async () => {
      for await (const row of ledger.export({}, { signal: AbortSignal.abort() })) seqs.push(row.seq);
    })();
    await expect(given).rejects.toMatchObject({ code: "query-aborted" });
  });
});
