import { WaybillError } from "@waybill/core";
import { describe, expect, it } from "vitest";

import { createPipeline } from "../src/index.js";
import { FakeClock, settled } from "./fake-clock.js";
import { accepted, FakeExporter, payloadOf, retry } from "./fake-exporter.js";
import { harness, imbalances, type Harness } from "./harness.js";
import { MemorySpool } from "./memory-spool.js";

const fake = ({ pipeline }: Harness) => {
  expect(imbalances(pipeline)).toEqual([]);
  return pipeline.stats()["fake"];
};

const ids = (count: number) => Array.from({ length: count }, (_, at) => `r${at}`);

async function acceptAll({ pipeline, clock }: Harness, count: number) {
  const receipts = Promise.all(ids(count).map(async (id) => pipeline.accept(payloadOf(id))));
  await clock.advance(0);
  return receipts;
}

const diskFull = new WaybillError("disk-full", "no space left on the disk");

describe("a receipt with a spool", () => {
  it.each([
    ["durable", "durable", 1],
    ["flushed", "flushed", 0],
  ] as const)("of a %s pipeline comes when the record is that safe", async (durability, expected, syncs) => {
    const test = harness({ spool: true, durability });
    const pending = test.pipeline.accept(payloadOf("a"));
    expect(test.spool.waiting("fake")).toEqual([]);
    await test.clock.advance(0);
    expect(test.spool.waiting("fake")).toEqual(["a"]);
    expect(await pending).toEqual({ status: "durable", durability: expected });
    expect(test.spool.syncs).toBe(syncs);
    await test.clock.advance(500);
    expect(test.spool.syncs).toBe(1);
  });

  it("of a memory pipeline says so, and nothing is written while there is room", async () => {
    const test = harness({ spool: true, durability: "memory", limits: { memoryRecords: 5 } });
    const before = test.spool.transactions;
    const receipts = await acceptAll(test, 5);
    expect(receipts.map(({ durability }) => durability)).toEqual(Array.from({ length: 5 }, () => "memory"));
    expect(test.spool.transactions).toBe(before);
    const [late] = await acceptAll(test, 1);
    expect(late).toEqual({ status: "durable", durability: "flushed" });
  });

  it("says less when the disk cannot be flushed", async () => {
    const test = harness({ spool: true, durability: "durable" });
    test.spool.sync = async () => Promise.reject(diskFull);
    const [receipt] = await acceptAll(test, 1);
    expect(receipt).toEqual({ status: "durable", durability: "flushed" });
    expect(test.events).toContainEqual({
      type: "spool-failed",
      code: "disk-full",
      reason: "no space left on the disk",
    });
  });
});

describe("records in a spool", () => {
  it("go in by groups, and out when they are delivered", async () => {
    const test = harness({ spool: true });
    const before = test.spool.transactions;
    await acceptAll(test, 1000);
    expect(test.spool.transactions - before).toBeLessThan(10);
    expect(fake(test)).toMatchObject({ accepted: 1000 });
    await test.pipeline.flush();
    expect(fake(test)).toMatchObject({ sent: 1000, spooled: 0, buffered: 0 });
    expect(test.spool.waiting("fake")).toEqual([]);
    expect(test.exporter.accepted.toSorted()).toEqual(ids(1000).toSorted());
  });

  it("take no more memory than is allowed, however many come at once", async () => {
    const test = harness({ spool: true, limits: { memoryRecords: 100 } });
    let most = 0;
    for (const id of ids(5000)) {
      void test.pipeline.accept(payloadOf(id));
      most = Math.max(most, test.pipeline.health().memory.records);
    }
    // A batch that was read back may be there on top.
    expect(most).toBeLessThanOrEqual(200);
    await test.pipeline.flush();
    await test.pipeline.flush();
    expect(fake(test)).toMatchObject({ sent: 5000, dropped: 0, degraded: 0 });
    expect(new Set(test.exporter.accepted).size).toBe(5000);
  });

  it("survive the process, and are delivered by the next one", async () => {
    const clock = new FakeClock();
    const spool = new MemorySpool(clock);
    // Its clock stands still when the process is gone, without a word; its leases run out.
    const first = harness({ spool, clock: new FakeClock() });
    first.exporter.answer = () => "hang";
    await acceptAll(first, 10);
    const second = harness({ spool, clock, newId: () => "another" });
    await settled();
    expect(second.exporter.batches).toEqual([]);
    await clock.advance(61_000);
    expect(second.exporter.accepted.toSorted()).toEqual(ids(10).toSorted());
    expect(fake(second)).toMatchObject({ accepted: 10, recovered: 10, sent: 10, spooled: 0 });
  });

  it("are not taken from a pipeline that is alive", async () => {
    const clock = new FakeClock();
    const spool = new MemorySpool(clock);
    const [first, second] = [harness({ spool, clock }), harness({ spool, clock, newId: () => "another" })];
    first.exporter.answer = () => (clock.monotonic() < 200_000 ? retry : accepted);
    await acceptAll(first, 3);
    await clock.advance(3000);
    expect(second.exporter.batches).toEqual([]);
    expect(fake(first)).toMatchObject({ buffered: 3 });
  });

  it("are in the spool while the exporter is shut, so that others can send them", async () => {
    const test = harness({ spool: true });
    test.exporter.answer = () => retry;
    await acceptAll(test, 3);
    await test.clock.advance(15_000);
    expect(fake(test)).toMatchObject({ state: "open", spooled: 3, buffered: 0 });
    expect(test.pipeline.health().memory.records).toBe(0);
    const [late] = await acceptAll(test, 1);
    expect(late?.status).toBe("durable");
    expect(fake(test)).toMatchObject({ spooled: 4, buffered: 0 });
    test.exporter.answer = () => accepted;
    await test.clock.advance(40_000);
    expect(fake(test)).toMatchObject({ sent: 4, spooled: 0 });
  });

  it("of memory pipelines too", async () => {
    const test = harness({ spool: true, durability: "memory" });
    test.exporter.answer = () => retry;
    await acceptAll(test, 300);
    await test.clock.advance(15_000);
    expect(fake(test)).toMatchObject({ state: "open", spooled: 300, buffered: 0 });
    test.exporter.answer = () => accepted;
    await test.clock.advance(60_000);
    expect(fake(test)).toMatchObject({ sent: 300 });
  });

  it("that are shut for one exporter do not keep those for another in the spool", async () => {
    const [down, up] = [new FakeExporter("down"), new FakeExporter("up")];
    down.answer = () => retry;
    const test = harness({ spool: true, exporters: [down, up], limits: { memoryRecords: 10, lingerMs: 0 } });
    for (let round = 0; round < 50; round++) {
      await acceptAll(test, 10);
      await test.clock.advance(1000);
    }
    expect(test.pipeline.stats()).toMatchObject({
      down: { sent: 0, dropped: 0 },
      up: { sent: 500, recovered: 0 },
    });
    down.answer = () => accepted;
    await test.clock.advance(120_000);
    expect(test.pipeline.stats()["down"]).toMatchObject({ sent: 500, dropped: 0, degraded: 0 });
    expect(imbalances(test.pipeline)).toEqual([]);
  });

  it("that are no JSON are dead letters", async () => {
    const clock = new FakeClock();
    const spool = new MemorySpool(clock);
    spool.append([
      { id: "a", text: "{", sinks: ["fake"] },
      { id: "b", text: "[]", sinks: ["fake"] },
      { id: "c", text: JSON.stringify(payloadOf("c")), sinks: ["fake"] },
    ]);
    const test = harness({ spool, clock });
    await settled();
    expect(fake(test)).toMatchObject({ recovered: 3, sent: 1, dead: 2 });
    expect(spool.deadLetters("fake").map(({ id, code }) => `${id} ${code}`)).toEqual([
      "a unreadable",
      "b unreadable",
    ]);
    expect(test.pipeline.health().memory.records).toBe(0);
  });
});

describe("a spool that fails", () => {
  it("leaves the memory, and is tried again after ten seconds", async () => {
    const test = harness({ spool: true });
    await settled();
    test.spool.failure = diskFull;
    const [receipt] = await acceptAll(test, 3);
    expect(receipt).toEqual({ status: "buffered", durability: "memory" });
    expect(test.pipeline.health().spool?.state).toBe("failing");
    test.spool.failure = undefined;
    expect((await acceptAll(test, 1))[0]?.durability).toBe("memory");
    await test.clock.advance(10_000);
    expect((await acceptAll(test, 1))[0]?.durability).toBe("flushed");
    await test.pipeline.flush();
    expect(fake(test)).toMatchObject({ sent: 5, dropped: 0 });
    const types = test.events.map(({ type }) => type);
    expect(types).toEqual(["spool-failed", "spool-recovered"]);
  });

  it("and a memory that is full lose records, which are counted by what failed", async () => {
    const test = harness({ spool: true, limits: { memoryRecords: 2 } });
    await settled();
    test.exporter.answer = () => "hang";
    test.spool.failure = diskFull;
    const receipts = await acceptAll(test, 5);
    expect(receipts.map(({ status }) => status).filter((status) => status === "dropped")).toHaveLength(3);
    expect(fake(test)).toMatchObject({ dropped: 3, droppedBy: { "disk-full": 3 } });
  });

  it("does not take one record for what it is keeps the others, and is no failure", async () => {
    const test = harness({ spool: true });
    const append = test.spool.append.bind(test.spool);
    test.spool.append = (records, claim) => {
      if (records.some(({ id }) => id === "r1")) throw new WaybillError("record-too-large", "too large");
      return append(records, claim);
    };
    const receipts = await acceptAll(test, 3);
    expect(receipts.map(({ durability }) => durability)).toEqual(["flushed", "memory", "flushed"]);
    expect(test.pipeline.health().spool?.state).toBe("ok");
    await test.pipeline.flush();
    expect(fake(test)).toMatchObject({ sent: 3 });
  });

  it("after a delivery sends it once more at worst, and notes it when it can", async () => {
    const test = harness({ spool: true });
    await acceptAll(test, 3);
    test.spool.failure = diskFull;
    await test.pipeline.flush();
    expect(fake(test)).toMatchObject({ sent: 3 });
    expect(test.spool.waiting("fake")).toHaveLength(3);
    test.spool.failure = undefined;
    await test.clock.advance(30_000);
    expect(test.spool.waiting("fake")).toHaveLength(0);
    expect(test.exporter.accepted).toHaveLength(3);
  });

  it("that is full takes records without their content from seven tenths on, and then none", async () => {
    const clock = new FakeClock();
    const spool = new MemorySpool(clock, 10_000);
    const test = harness({ spool, clock, limits: { memoryRecords: 1 } });
    test.exporter.answer = () => "hang";
    const receipts = [];
    for (const id of ids(60)) {
      const receipt = test.pipeline.accept(payloadOf(id));
      await clock.advance(0);
      receipts.push((await receipt).status);
    }
    const order = [...new Set(receipts)];
    expect(order).toEqual(["durable", "degraded", "dropped"]);
    expect(fake(test)).toMatchObject({
      droppedBy: { "spool-full": receipts.filter((s) => s === "dropped").length },
    });
    expect(test.pipeline.health().spool?.state).toBe("ok");
  });
});

describe("close with a spool", () => {
  it("puts what cannot be sent into the spool, and does not wait for the deadline", async () => {
    const test = harness({ spool: true });
    test.exporter.answer = () => retry;
    await acceptAll(test, 5);
    const closing = test.pipeline.close({ deadlineMs: 5000 });
    await test.clock.advance(500);
    expect(await closing).toEqual({ sent: 0, rejected: 0, spooled: 5, buffered: 0, dead: 0, dropped: 0 });
    expect(test.spool.waiting("fake")).toHaveLength(5);
    expect(test.clock.timers).toBe(0);
    const next = createPipeline({ exporters: [new FakeExporter()], spool: test.spool, clock: test.clock });
    await next.flush();
    expect(next.stats()["fake"]).toMatchObject({ recovered: 5, sent: 5 });
  });

  it("goes on after a connection that was idle for too long", async () => {
    const test = harness({ spool: true });
    test.exporter.answer = (_, { attempt }) => (attempt === 1 ? retry : accepted);
    await acceptAll(test, 5);
    const closing = test.pipeline.close();
    await test.clock.advance(500);
    expect(await closing).toMatchObject({ sent: 5, spooled: 0 });
  });

  it("puts what is only in memory into the spool, too", async () => {
    const test = harness({ spool: true, durability: "memory" });
    test.exporter.answer = () => "hang";
    await acceptAll(test, 5);
    const closing = test.pipeline.close({ deadlineMs: 100 });
    await test.clock.advance(100);
    expect(await closing).toMatchObject({ spooled: 5, dropped: 0 });
    expect(test.spool.waiting("fake")).toHaveLength(5);
  });

  it("takes along what waits for its group", async () => {
    const test = harness({ spool: true });
    const receipt = test.pipeline.accept(payloadOf("a"));
    expect(await test.pipeline.close()).toMatchObject({ sent: 1 });
    expect(await receipt).toMatchObject({ status: "durable" });
  });
});
