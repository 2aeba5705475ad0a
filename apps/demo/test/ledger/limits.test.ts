import { describe, expect, it } from "vitest";

import { Database } from "../../server/ledger/duckdb/database.js";
import { recordsOf } from "./calls.js";
import { temporaryPath, testLedger } from "./temporary-ledger.js";

/** Never ends by itself. */
const endless = (): string =>
  "SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE hash(a.range) = hash(b.range, 1)";

async function withDatabase(test: (database: Database) => Promise<void>): Promise<void> {
  const database = await Database.open(temporaryPath(), { memoryLimit: "256MB", threads: 1 });
  try {
    await test(database);
  } finally {
    await database.close();
  }
}

describe("a query", () => {
  it("ends when its time is over, and its connection serves the next one", async () => {
    await withDatabase(async (database) => {
      for (let round = 0; round < 4; round++)
        await expect(database.read(endless, { timeoutMs: 5 })).rejects.toMatchObject({
          code: "query-timeout",
        });
      expect(await database.read(() => "SELECT 1")).toEqual([[1]]);
    });
  });

  it("ends when it is given up", async () => {
    await withDatabase(async (database) => {
      const controller = new AbortController();
      const query = database.read(endless, { signal: controller.signal });
      controller.abort();
      await expect(query).rejects.toMatchObject({ code: "query-aborted" });
      await expect(database.read(endless, { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: "query-aborted",
      });
    });
  });

  it("that waits for a connection can be given up, and lets the next one have its turn", async () => {
    await withDatabase(async (database) => {
      const hold = new AbortController();
      const held = [1, 2, 3].map(async () => database.read(endless, { signal: hold.signal }));
      const waiting = database.read(endless, { timeoutMs: 5 });
      const patient = database.read(() => "SELECT 7");
      await expect(waiting).rejects.toMatchObject({ code: "query-timeout" });
      hold.abort();
      const ends = await Promise.allSettled(held);
      expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
      expect(await patient).toEqual([[7]]);
    });
  });

  it("ends when the ledger is closed, and none begins after that", async () => {
    await withDatabase(async (database) => {
      const query = database.read(endless);
      const closing = database.close();
      await expect(query).rejects.toMatchObject({ code: "ledger-closed" });
      await closing;
      await expect(database.read(() => "SELECT 1")).rejects.toMatchObject({ code: "ledger-closed" });
      await expect(database.write("write", async () => 1)).rejects.toMatchObject({ code: "ledger-closed" });
    });
  });

  it("goes on while others write", async () => {
    const ledger = await testLedger();
    const records = recordsOf(400);
    const writes = Array.from({ length: 8 }, async (_, n) =>
      ledger.append(records.slice(n * 50, n * 50 + 50)),
    );
    const reads = Array.from({ length: 12 }, async () => ledger.totals({}));
    const seen = (await Promise.all(reads)).map(({ calls }) => calls);
    await Promise.all(writes);
    expect(seen.filter((calls) => calls % 50 !== 0)).toEqual([]);
    expect((await ledger.totals({})).calls).toBe(400);
  });
});

describe("a ledger that is closed", () => {
  it("has written what was asked for before, and is not writable", async () => {
    const path = temporaryPath();
    const ledger = await testLedger(path);
    const writing = ledger.append(recordsOf(10));
    expect(await ledger.isWritable()).toBe(true);
    await Promise.all([ledger.close(), ledger.close()]);
    expect(await writing).toHaveLength(10);
    expect(await ledger.isWritable()).toBe(false);
    await expect(ledger.append(recordsOf(1))).rejects.toMatchObject({ code: "ledger-closed" });
    expect((await (await testLedger(path)).span()).calls).toBe(10);
  });
});
