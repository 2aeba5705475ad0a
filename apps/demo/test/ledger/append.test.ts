import { sumExact } from "@waybill/cost";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { amountText } from "../../server/ledger/amounts.js";
import { rangesOf } from "../../server/ledger/duckdb/append.js";
import { rowOf } from "../../server/ledger/ledger-record.js";
import { isWellFormed } from "../../server/ledger/plain-text.js";
import { toLedgerRecord } from "../../server/ledger/record.js";
import { NOON, payloadOf, recordOf, recordsOf } from "./calls.js";
import { temporaryPath, testLedger } from "./temporary-ledger.js";

const DAY = 86_400_000_000;

describe("records that come more than once", () => {
  it("enter once, however they are cut into batches and repeated", async () => {
    const pieces = fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(pieces, async (batches) => {
        const ledger = await testLedger();
        const seqs = new Map<number, number>();
        for (const batch of batches) {
          const outcomes = await ledger.append(batch.map((n) => recordOf({ id: `call-${n}` })));
          for (const [index, n] of batch.entries()) {
            const seq = seqs.get(n) ?? seqs.size + 1;
            expect(outcomes[index]).toEqual({ seq, added: !seqs.has(n) });
            seqs.set(n, seq);
          }
        }
        const rows = await ledger.since(0, 1000);
        expect(rows.map(({ id, seq }) => [id, seq])).toEqual([...seqs].map(([n, seq]) => [`call-${n}`, seq]));
        const total = batches.flat().length;
        expect(ledger.stats()).toEqual({ added: seqs.size, repeats: total - seqs.size, refusedBy: {} });
        await ledger.close();
      }),
      { numRuns: 15 },
    );
  });

  it("are found long after, when the calls of many days lie between", async () => {
    const ledger = await testLedger();
    const records = recordsOf(40, (n) => ({ started: NOON * 1e6 + n * DAY }));
    await ledger.append(records);
    const again = await ledger.append([records[3], records[30]].filter((each) => each !== undefined));
    expect(again).toEqual([
      { seq: 4, added: false },
      { seq: 31, added: false },
    ]);
  });

  it("are found when the two records of one answer lie on both sides of midnight", async () => {
    const ledger = await testLedger();
    const midnight = Math.ceil((NOON * 1e6) / DAY) * DAY;
    await ledger.append([recordOf({ id: "a", started: midnight - 1 })]);
    expect(await ledger.append([recordOf({ id: "a", started: midnight })])).toEqual([
      { seq: 1, added: false },
    ]);
  });

  it("are found by batches that are written at the same time", async () => {
    const ledger = await testLedger();
    const records = recordsOf(30);
    const all = await Promise.all(
      [records, records.toReversed(), records].map(async (each) => ledger.append(each)),
    );
    expect(all.flat().filter((each) => "added" in each && each.added)).toHaveLength(30);
    expect((await ledger.since(0, 100)).map(({ seq }) => seq)).toEqual(records.map((_, n) => n + 1));
  });

  it("are looked for in ranges of days that hold exactly those days", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 50 })), (days) => {
        const ranges = rangesOf(days);
        const held = ranges.flatMap(([first, last]) =>
          Array.from({ length: last - first + 1 }, (_, n) => first + n),
        );
        expect(held).toEqual(days.toSorted((left, right) => left - right));
      }),
    );
  });
});

describe("amounts", () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 30n }).map(amountText);

  it("sum up to the last digit", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(amount), { maxLength: 60 }), async (costs) => {
        const ledger = await testLedger();
        await ledger.append(recordsOf(costs.length, (n) => ({ cost: costs[n] ?? null })));
        const known = costs.filter((cost) => cost !== null);
        const spend = known.length > 0 || costs.length === 0 ? sumExact(known) : null;
        expect(await ledger.totals({})).toMatchObject({ spend, unpriced: costs.length - known.length });
        const rows = await ledger.since(0, 100);
        expect(rows.map(({ cost }) => cost)).toEqual(costs);
        await ledger.close();
      }),
      { numRuns: 15 },
    );
  });

  it("that would have to be rounded are refused and counted, and the others of the batch go in", async () => {
    const ledger = await testLedger();
    const costs = [
      `0.${"1".repeat(24)}`,
      `0.${"1".repeat(25)}`,
      "99999999999999",
      "100000000000000",
      "1e-25",
      "x",
    ];
    const outcomes = await ledger.append(recordsOf(costs.length, (n) => ({ cost: costs[n] ?? null })));
    expect(outcomes.map((each) => ("refused" in each ? each.refused : each.seq))).toEqual([
      1,
      "amount-too-fine",
      2,
      "amount-too-large",
      "amount-too-fine",
      "bad-amount",
    ]);
    expect(ledger.stats()).toEqual({
      added: 2,
      repeats: 0,
      refusedBy: { "amount-too-fine": 2, "amount-too-large": 1, "bad-amount": 1 },
    });
  });

  it("sum up beyond what one column can hold, by all that is summed up", async () => {
    const ledger = await testLedger();
    const fine = "99999999999999.000000000000000000000001";
    await ledger.append(recordsOf(3, () => ({ cost: fine, saved: fine })));
    const sum = sumExact([fine, fine, fine]);
    expect(await ledger.totals({})).toMatchObject({ spend: sum, saved: sum });
    expect((await ledger.facets({ filter: {}, field: "model" })).values).toMatchObject([{ spend: sum }]);
    expect(await ledger.spentByKey({})).toMatchObject([{ spent: sum }]);
    const { series } = await ledger.series({ filter: {}, metric: "spend", by: "model", step: "1d", top: 1 });
    expect(series).toMatchObject([{ values: [sum] }]);
  });
});

describe("what has entered", () => {
  it("is read as it was told", async () => {
    const ledger = await testLedger();
    const payloads = [
      payloadOf(),
      payloadOf({ id: "b", error: { message: "no", status: 500 }, context: { key: "a".repeat(64) } }),
      { ...payloadOf({ id: "c" }), stream: true, waybill: undefined },
    ];
    const records = payloads.flatMap((payload) => {
      const mapped = toLedgerRecord(payload, { audit: "mismatch" });
      return "record" in mapped ? [mapped.record] : [];
    });
    await ledger.append(records);
    expect(await ledger.since(0, 10)).toEqual(records.map((record, n) => rowOf(record, n + 1)));
    for (const { id, payload } of records) expect(await ledger.payloadText(id)).toBe(payload);
  });

  it("is the same to the last character, whatever the names are", async () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary", minLength: 1 }).filter(isWellFormed),
      fc.constantFrom(
        "'; DROP TABLE calls; --",
        "\0",
        "a\0b",
        "%_\\",
        "$1",
        "\u202Eabc",
        "NULL",
        "[]",
        "__proto__",
        "😀",
      ),
    );
    const members = fc.record({ id: hostile, model: hostile, tags: fc.array(hostile), userId: hostile });
    await fc.assert(
      fc.asyncProperty(members, async (given) => {
        const ledger = await testLedger();
        await ledger.append([recordOf({ ...given, started: NOON * 1e6 })]);
        const { model, userId, tags } = given;
        expect(await ledger.byId(given.id)).toMatchObject({ row: given });
        const asked = { model: [model], q: userId, ...(tags.length > 0 ? { tag: tags } : {}) };
        expect((await ledger.page({ filter: asked, limit: 5 })).items).toMatchObject([given]);
        expect((await ledger.facets({ filter: {}, field: "model" })).values).toMatchObject([
          { value: model },
        ]);
        await ledger.close();
      }),
      { numRuns: 25 },
    );
  });

  it("is found by the newest of calls with the same id", async () => {
    const ledger = await testLedger();
    await ledger.append([
      recordOf({ id: "a", key: "1", payload: "1" }),
      recordOf({ id: "a", key: "2", payload: "2" }),
    ]);
    expect(await ledger.byId("a")).toMatchObject({ row: { seq: 2 }, payload: "2" });
    expect(await ledger.byId("b")).toBeNull();
    expect(await ledger.payloadText("b")).toBeNull();
  });

  it("has numbers that are not given again after everything was forgotten", async () => {
    const path = temporaryPath();
    let ledger = await testLedger(path);
    await ledger.append(recordsOf(5));
    expect(await ledger.prune("2026-01-01")).toEqual({ calls: 5, deliveries: 0 });
    await ledger.close();
    ledger = await testLedger(path);
    expect(await ledger.append([recordOf({ id: "later" })])).toEqual([{ seq: 6, added: true }]);
  });
});
