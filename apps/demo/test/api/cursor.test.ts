import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";

import { readCursor, writeCursor } from "../../server/api/cursor.js";
import { CallsAnswerSchema, type CallsAnswer } from "../../server/api/schemas.js";
import type { SortColumn } from "../../server/ledger/ledger-store.js";
import { recordsOf } from "../ledger/calls.js";
import { harness, type Harness } from "./api-harness.js";

const open: Harness[] = [];
afterEach(async () => {
  for (const test of open.splice(0)) await test.close();
});

async function opened(): Promise<Harness> {
  const test = await harness();
  open.push(test);
  return test;
}

const sorts = ["seq", "cost", "total", "ttft"] as const satisfies SortColumn[];

describe("walking a list", () => {
  it("meets every row once, whichever the order, and the same ones on the way back", async () => {
    const amount = fc.option(fc.constantFrom("0", "0.5", "0.000000000000000001", "12.25"), { nil: null });
    const duration = fc.option(fc.constantFrom(0, 1, 1500, 2_000_000), { nil: null });
    const members = fc.record({ cost: amount, total: duration, ttft: duration });
    await fc.assert(
      fc.asyncProperty(
        fc.array(members, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(...sorts),
        fc.integer({ min: 1, max: 5 }),
        async (values, sort, limit) => {
          const test = await harness();
          try {
            await test.add(recordsOf(values.length, (n) => values[n] ?? {}));
            const base = `/api/calls?sort=${sort}&limit=${limit}`;
            const there = await walk(test, base, undefined, "next");
            expect(there.ids).toHaveLength(values.length);
            expect(new Set(there.ids).size).toBe(values.length);
            const back = await walk(test, base, there.lastPrev, "prev");
            expect([...back.ids, ...there.lastPage]).toEqual(there.ids);
          } finally {
            await test.close();
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  it("of all calls goes from the newest to the oldest", async () => {
    const test = await opened();
    await test.add(recordsOf(5));
    const { ids } = await walk(test, "/api/calls?limit=2", undefined, "next");
    expect(ids).toEqual(["call-4", "call-3", "call-2", "call-1", "call-0"]);
  });

  it("is not disturbed by calls that end meanwhile", async () => {
    const test = await opened();
    await test.add(recordsOf(4));
    const first = await test.read<CallsAnswer>("/api/calls?limit=2", CallsAnswerSchema);
    await test.add(recordsOf(3, (n) => ({ id: `late-${n}`, key: `late-${n}` })));
    const second = await test.read<CallsAnswer>(`/api/calls?limit=2&cursor=${first.next}`, CallsAnswerSchema);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([
      "call-3",
      "call-2",
      "call-1",
      "call-0",
    ]);
    expect([first.watermark, second.watermark]).toEqual([4, 7]);
  });

  it("goes on where an answer had no room for all rows", async () => {
    const test = await opened();
    const tags = Array.from({ length: 55 }, (_, n) => `${n}-${"x".repeat(990)}`);
    await test.add(recordsOf(60, () => ({ tags })));
    const { ids, pages } = await walk(test, "/api/calls?limit=200", undefined, "next");
    expect(ids).toEqual(Array.from({ length: 60 }, (_, n) => `call-${59 - n}`));
    expect(pages).toBeGreaterThan(1);
    const cost = await walk(test, "/api/calls?limit=200&sort=total", undefined, "next");
    expect(new Set(cost.ids).size).toBe(60);
  });
});

async function walk(
  test: Harness,
  base: string,
  from: string | undefined,
  direction: "next" | "prev",
): Promise<{ ids: string[]; lastPage: string[]; lastPrev: string | undefined; pages: number }> {
  let [ids, lastPage]: [string[], string[]] = [[], []];
  let cursor = from;
  let pages = 0;
  let lastPrev: string | undefined;
  if (direction === "prev" && from === undefined) return { ids, lastPage, lastPrev, pages };
  do {
    const answer = await test.read<CallsAnswer>(
      cursor ? `${base}&cursor=${cursor}` : base,
      CallsAnswerSchema,
    );
    lastPage = answer.items.map(({ id }) => id);
    ids = direction === "next" ? [...ids, ...lastPage] : [...lastPage, ...ids];
    lastPrev = answer.prev;
    cursor = answer[direction];
    pages++;
  } while (cursor !== undefined);
  return { ids, lastPage, lastPrev, pages };
}

describe("a row that is larger than a list has room for", () => {
  it("says how many of its tags are not shown, and the others of the list are there", async () => {
    const test = await opened();
    const tags = Array.from({ length: 3000 }, (_, n) => `${n}-${"x".repeat(990)}`);
    await test.add(recordsOf(3, (n) => (n === 1 ? { tags } : {})));
    const { items } = await test.read<CallsAnswer>("/api/calls", CallsAnswerSchema);
    expect(items.map(({ tags: shown }) => shown.length)).toEqual([1, 21, 1]);
    expect(items[1]?.tags.at(-1)).toBe("and 2980 more");
  });
});

describe("a cursor", () => {
  it("is what was written, whatever the place", () => {
    const places = fc.oneof(
      fc
        .record({ sort: fc.constant("seq" as const), seq: fc.nat() })
        .map(({ sort, seq }) => ({ sort, value: seq, seq })),
      fc.record({
        sort: fc.constant("cost" as const),
        value: fc.constantFrom(null, "0", "-0.5", "12345678901234.123456789012345678901234"),
        seq: fc.nat(),
      }),
      fc.record({
        sort: fc.constantFrom("total" as const, "ttft" as const),
        value: fc.option(fc.maxSafeNat(), { nil: null }),
        seq: fc.nat(),
      }),
    );
    fc.assert(
      fc.property(
        places,
        fc.constantFrom("next" as const, "prev" as const),
        ({ sort, value, seq }, direction) => {
          const cursor = { position: [value, seq] as const, direction };
          expect(readCursor(writeCursor(cursor, sort, "hash"), sort, "hash")).toEqual(cursor);
        },
      ),
    );
  });

  it("of garbage is refused, and nothing else happens", () => {
    const code = (text: string): string => {
      try {
        readCursor(text, "seq", "hash");
        return "read";
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    const json = fc.json().map((text) => Buffer.from(text).toString("base64url"));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), json), (text) => code(text) === "bad_cursor"),
    );
  });

  it.each<[string, unknown]>([
    ["a number that is none", ["seq", "1", "1", "hash", "next"]],
    ["a number below zero", ["seq", -1, -1, "hash", "next"]],
    ["two numbers that differ", ["seq", 1, 2, "hash", "next"]],
    ["a direction that there is not", ["seq", 1, 1, "hash", "up"]],
    ["no direction", ["seq", 1, 1, "hash"]],
    ["an object", { 0: "seq", length: 5 }],
  ])("with %s is bad", (_, parts) => {
    const text = Buffer.from(JSON.stringify(parts)).toString("base64url");
    expect(() => readCursor(text, "seq", "hash")).toThrow(expect.objectContaining({ code: "bad_cursor" }));
  });

  it.each<[string, string]>([
    ["other filters", "/api/calls?limit=1&model=gpt-4o"],
    ["another order", "/api/calls?limit=1&sort=cost"],
  ])("of a list with %s is a mismatch", async (_, path) => {
    const test = await opened();
    await test.add(recordsOf(3));
    const { next } = await test.read<CallsAnswer>("/api/calls?limit=1", CallsAnswerSchema);
    expect(await test.refusal(`${path}&cursor=${next}`)).toMatchObject({
      status: 400,
      code: "cursor_mismatch",
    });
  });

  it("goes with the same filters in another order, and another size of page", async () => {
    const test = await opened();
    await test.add(recordsOf(3));
    const path = "/api/calls?tag=demo&tag=other&limit=1";
    const { next } = await test.read<CallsAnswer>(path, CallsAnswerSchema);
    const again = await test.read<CallsAnswer>(
      `/api/calls?cursor=${next}&tag=other&limit=9&tag=demo`,
      CallsAnswerSchema,
    );
    expect(again.items.map(({ id }) => id)).toEqual(["call-1", "call-0"]);
  });
});
