import { unlinkSync } from "node:fs";

import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";

import { toLedgerRecord } from "../../server/ledger/record.js";
import { NOON, payloadOf, recordsOf } from "./calls.js";
import { temporaryPath, testLedger } from "./temporary-ledger.js";

const caller = { id: "h1", alias: null, lastFour: null };
const DAY = 86_400;
const dayOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);

describe("what a budget was charged", () => {
  it("for a call without a cost stands in its record, and is spent", async () => {
    const payload = payloadOf();
    const unknown = {
      ...payload,
      waybill: { ...payload.waybill, cost: { ...payload.waybill.cost, exact: null } },
    };
    const charged = (text: unknown) =>
      toLedgerRecord({
        ...unknown,
        metadata: { ...payload.metadata, spend_logs_metadata: { waybill_charged: text } },
      });
    expect(charged("0.250")).toMatchObject({ record: { cost: null, charged: "0.25" } });
    for (const odd of ["-1", "many", 5, null, "1e999"])
      expect(charged(odd)).toMatchObject({ record: { charged: null } });
    const path = temporaryPath();
    const ledger = await testLedger(path);
    const members = [{ cost: "0.1" }, { cost: null, charged: "0.25" }, { cost: null, charged: null }];
    await ledger.append(recordsOf(3, (n) => ({ caller, ...members[n] })));
    await ledger.close();
    const again = await testLedger(path);
    expect(await again.spentByKey({})).toEqual([{ keyId: "h1", spent: "0.35", calls: 3, unpriced: 2 }]);
  });

  it("stays spent when the calls are forgotten, also of absurd amounts", async () => {
    const ledger = await testLedger();
    const costs = ["0.1", "99999999999999", "99999999999999"];
    await ledger.append(
      recordsOf(4, (n) => ({
        caller,
        started: (NOON + n * DAY) * 1e6,
        cost: costs[n] ?? null,
        charged: n === 3 ? "0.5" : null,
      })),
    );
    const before = await ledger.spentByKey({});
    expect(before).toEqual([{ keyId: "h1", spent: "199999999999998.6", calls: 4, unpriced: 1 }]);
    for (const days of [1, 3, 9]) {
      await ledger.prune(dayOf(NOON + days * DAY));
      expect(await ledger.spentByKey({})).toEqual(before);
    }
    expect((await ledger.span()).calls).toBe(0);
    expect(await ledger.spentByKey({ from: (NOON + 3 * DAY) * 1000 })).toMatchObject([{ spent: "0.5" }]);
  });
});

describe("a ledger of version 1", () => {
  it("opens, keeps its calls and takes new ones", async () => {
    const path = temporaryPath();
    const ledger = await testLedger(path);
    await ledger.append(recordsOf(2, () => ({ caller, cost: "1" })));
    await ledger.close();
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    await connection.run(
      "ALTER TABLE calls DROP COLUMN charged; DROP TABLE spent_before; UPDATE waybill_ledger SET version = 1",
    );
    connection.closeSync();
    instance.closeSync();
    for (let turn = 0; turn < 2; turn++) {
      const again = await testLedger(path);
      expect(again.recovered).toBeNull();
      await again.append(recordsOf(3, () => ({ caller, cost: null, charged: "0.5" })));
      expect(await again.spentByKey({})).toMatchObject([{ spent: "2.5", calls: 3 }]);
      await again.close();
    }
  });
});

describe("a ledger whose file was removed", () => {
  it("says that it takes nothing", async () => {
    const path = temporaryPath();
    const ledger = await testLedger(path);
    expect(await ledger.isWritable()).toBe(true);
    unlinkSync(path);
    expect(await ledger.isWritable()).toBe(false);
  });
});
