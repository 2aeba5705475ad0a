import type { ItemOutcome, StandardLoggingPayload } from "@waybill/core";
import { describe, expect, it } from "vitest";

import { createPipeline } from "../src/index.js";
import { settled } from "./fake-clock.js";
import { accepted, FakeExporter, payloadOf, retry } from "./fake-exporter.js";
import { harness, imbalances, type Harness } from "./harness.js";
import { MemorySpool } from "./memory-spool.js";

/* What a hostile reader broke, once. */

const isPoison = ({ id }: StandardLoggingPayload): boolean => id === "poison";

function hand({ pipeline }: Harness, ...ids: string[]): void {
  for (const id of ids) void pipeline.accept(payloadOf(id));
}

const ids = (count: number, from = 0) => Array.from({ length: count }, (_, at) => `r${at + from}`);

describe("an outcome", () => {
  it.each([0, Number.NaN, -5])(
    "that asks for a pause of %s asks for none, and the next try waits",
    async (ms) => {
      const test = harness({ limits: { lingerMs: 0 } });
      test.exporter.answer = (batch) => ({ items: batch.map(() => retry), pause: { ms, reason: "r" } });
      hand(test, "a");
      await test.clock.advance(1000);
      expect(test.exporter.batches.length).toBeLessThan(5);
    },
  );

  it.each([1e12, Number.POSITIVE_INFINITY])(
    "that puts a part off for %s ms puts it off for a quarter of an hour",
    async (afterMs) => {
      const test = harness();
      test.exporter.answer = (batch, { attempt }) =>
        batch.map((_, at): ItemOutcome =>
          at === 0 && attempt === 1 ? { status: "retry", afterMs } : accepted,
        );
      hand(test, "a", "b");
      await test.pipeline.flush();
      await test.clock.advance(900_000);
      expect(test.exporter.accepted).toEqual(["b", "a"]);
    },
  );

  it.each<[string, (batch: StandardLoggingPayload[]) => unknown]>([
    ["empties the batch and answers for all", (batch) => ({ items: batch.splice(0).map(() => accepted) })],
    ["empties the batch first", (batch) => ({ items: batch.splice(0, 2).slice(2) })],
    ["has a list of holes", (batch) => ({ items: Array(batch.length) })],
  ])("of an exporter that %s is read with care", async (what, answer) => {
    const test = harness();
    let asked = 0;
    test.exporter.export = async (batch) => {
      asked++;
      return (
        asked === 1 ? answer(batch as StandardLoggingPayload[]) : { items: batch.map(() => accepted) }
      ) as never;
    };
    hand(test, "a", "b");
    await test.clock.advance(5000);
    expect(test.pipeline.stats()["fake"]).toMatchObject({ sent: 2 });
    expect(asked).toBe(what.includes("answers for all") ? 1 : 2);
  });
});

describe("one bad record does not keep the others", () => {
  it("when it makes the exporter throw, and was there first", async () => {
    const test = harness();
    test.exporter.answer = (batch) => (batch.some(isPoison) ? "throw" : accepted);
    hand(test, "poison");
    await test.clock.advance(2000);
    hand(test, ...ids(100));
    for (let minute = 0; minute < 60; minute++) await test.clock.advance(60_000);
    expect(new Set(test.exporter.accepted).size).toBe(100);
    expect(test.pipeline.stats()["fake"]).toMatchObject({ sent: 100, rejected: 1, buffered: 0 });
  });

  it("when it is to be sent again for ever", async () => {
    const test = harness();
    test.exporter.answer = (batch) => batch.map((each) => (isPoison(each) ? retry : accepted));
    hand(test, "poison", "good");
    for (let second = 0; second < 600; second++) {
      hand(test, `g${second}`);
      await test.clock.advance(1000);
    }
    expect(test.pipeline.stats()["fake"]).toMatchObject({ dropped: 0, degraded: 0 });
    expect(new Set(test.exporter.accepted).size).toBeGreaterThan(590);
  });

  it("when the other side answers 500 to whatever it is in", async () => {
    const test = harness();
    test.exporter.answer = (batch) => (batch.some(isPoison) ? retry : accepted);
    hand(test, ...ids(25), "poison", ...ids(25, 25));
    await test.clock.advance(5000);
    hand(test, ...ids(100, 50));
    for (let minute = 0; minute < 240; minute++) await test.clock.advance(60_000);
    expect(new Set(test.exporter.accepted).size).toBe(150);
    expect(test.pipeline.stats()["fake"]).toMatchObject({ sent: 150, buffered: 1 });
  });

  it("when it is put off, and others come later: they go in time, and keep the process alive", async () => {
    const test = harness({ limits: { lingerMs: 50 } });
    test.exporter.answer = (batch) =>
      batch.map((each): ItemOutcome => (isPoison(each) ? { status: "retry", afterMs: 600_000 } : accepted));
    hand(test, "poison", "a");
    await test.clock.advance(200);
    hand(test, "b");
    expect(test.clock.vital).toBe(1);
    await test.clock.advance(50);
    expect(test.exporter.accepted).toEqual(["a", "b"]);
  });
});

describe("one exporter that is down", () => {
  it.each(["hang", retry] as const)(
    "(%o) takes no room from the others, also without a spool",
    async (answer) => {
      const [down, fine] = [new FakeExporter("down"), new FakeExporter("fine")];
      down.answer = () => answer;
      const test = harness({ exporters: [down, fine], limits: { memoryRecords: 100, lingerMs: 0 } });
      for (let second = 0; second < 500; second++) {
        hand(test, `r${second}`);
        await test.clock.advance(1000);
      }
      expect(test.pipeline.stats()["fine"]).toMatchObject({ sent: 500, dropped: 0, degraded: 0 });
      const { sent, buffered = 0, inFlight = 0 } = test.pipeline.stats()["down"] ?? {};
      expect([sent, buffered + inFlight]).toEqual([0, 100]);
      expect(imbalances(test.pipeline)).toEqual([]);
    },
  );
});

describe("accept", () => {
  const boom = { enumerable: true, get: () => expect.fail("boom") };

  it.each([
    ["metadata", { metadata: Object.defineProperty({}, "x", boom) }],
    ["response", { response: Object.defineProperty({}, "choices", boom) }],
    ["error_information", { error_information: Object.defineProperty({}, "x", boom) }],
    [
      "waybill",
      { waybill: new Proxy({}, { get: () => expect.fail("boom"), ownKeys: () => expect.fail("boom") }) },
    ],
  ])("never throws, for a large record whose %s does", async (_, more) => {
    const { pipeline } = harness({ limits: { recordBytes: 1000 } });
    const receipt = await pipeline.accept(payloadOf("a", { messages: "y".repeat(2000), ...more }));
    expect(["degraded", "refused"]).toContain(receipt.status);
    expect(imbalances(pipeline)).toEqual([]);
  });

  it("never throws, for options that are null", async () => {
    const { pipeline } = harness();
    expect(await pipeline.accept(payloadOf("a"), null as never)).toMatchObject({ status: "buffered" });
  });

  it("that may wait for room waits until there is enough of it", async () => {
    const test = harness({ limits: { maxBlockMs: 60_000, memoryBytes: 2000, lingerMs: 0 } });
    const releases: (() => void)[] = [];
    test.exporter.export = (batch) =>
      new Promise((resolve) => releases.push(() => resolve({ items: batch.map(() => accepted) })));
    hand(test, "a", "b", "c");
    const large = test.pipeline.accept(payloadOf("large", { model: "x".repeat(1600) }));
    for (let round = 0; round < 3; round++) {
      await test.clock.advance(10);
      releases.shift()?.();
    }
    await test.clock.advance(10);
    expect((await large).status).not.toBe("dropped");
  });
});

describe("flush", () => {
  it("ends under a load that does not", async () => {
    const test = harness({ limits: { batchRecords: 2 } });
    let isOver = false;
    let batches = 0;
    test.exporter.export = async (batch) => {
      await settled();
      if (batches++ < 1000 && !isOver) hand(test, `a${batches}`, `b${batches}`);
      return { items: batch.map(() => accepted) };
    };
    hand(test, ...ids(10));
    await test.pipeline.flush();
    isOver = true;
    expect(batches).toBeLessThan(10);
    await test.pipeline.flush();
    expect(test.pipeline.stats()["fake"]).toMatchObject({ buffered: 0, inFlight: 0 });
  });
});

describe("a listener", () => {
  it("finds every record in a count, whatever it hears of", async () => {
    const wrong: string[] = [];
    const heard = new Set<string>();
    const test = harness({
      spool: true,
      limits: { memoryRecords: 5 },
      onEvent: ({ type }) => {
        heard.add(type);
        wrong.push(...imbalances(test.pipeline));
      },
    });
    test.spool.failure = new Error("disk") as never;
    test.exporter.answer = () => "throw";
    hand(test, ...ids(20));
    await test.clock.advance(30_000);
    expect([...heard].toSorted()).toEqual([
      "circuit-opened",
      "degraded",
      "dropped",
      "misbehaved",
      "spool-failed",
    ]);
    expect(wrong).toEqual([]);
  });

  it("may close the pipeline, and nothing is lost by it", async () => {
    let closing: Promise<unknown> | undefined;
    const test = harness({
      onEvent: ({ type }) => {
        if (type === "misbehaved") closing ??= test.pipeline.close({ deadlineMs: 5000 });
      },
    });
    test.exporter.answer = (_, { attempt }) => (attempt === 1 ? "throw" : accepted);
    hand(test, "a", "b", "c");
    await test.clock.advance(10_000);
    expect(await closing).toMatchObject({ sent: 3, dropped: 0 });
  });

  it("may hand in a record for each that is dropped, also while the pipeline closes", async () => {
    let rounds = 0;
    const test = harness({
      limits: { memoryRecords: 2, maxBlockMs: 60_000 },
      onEvent: ({ type }) => {
        if (type !== "dropped" || ++rounds > 1000) return;
        hand(test, "again");
      },
    });
    test.exporter.answer = () => "hang";
    hand(test, ...ids(10));
    const closing = test.pipeline.close({ deadlineMs: 100 });
    await test.clock.advance(100);
    await closing;
    await settled();
    expect(rounds).toBeLessThan(20);
  });

  it("that rejects later harms nobody", async () => {
    const test = harness({ onEvent: async () => Promise.reject(new Error("later")) });
    test.exporter.answer = () => ({ unattributedRejected: 1 });
    await test.pipeline.accept(payloadOf("a"), { waitUntil: async () => Promise.reject(new Error("too")) });
    await test.pipeline.flush();
    await settled();
    expect(test.pipeline.stats()["fake"]).toMatchObject({ sent: 1 });
  });

  it("is told of so many at a time, and how many it has missed", async () => {
    const counts = new Map<string, number>();
    let missed = 0;
    const test = harness({
      limits: { memoryRecords: 1 },
      onEvent: (event) => {
        counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
        if (event.type === "events-missed") missed += event.count;
      },
    });
    test.exporter.answer = () => "hang";
    hand(test, ...ids(15_001));
    await settled();
    expect([counts.get("dropped"), missed]).toEqual([10_000, 5000]);
  });
});

describe("close", () => {
  it("ends at its deadline also when the disk does not answer", async () => {
    const test = harness({ spool: true });
    test.spool.sync = () => new Promise(() => {});
    hand(test, "a");
    await test.clock.advance(0);
    let isOver = false;
    void test.pipeline.close({ deadlineMs: 100 }).then(() => (isOver = true));
    await test.clock.advance(100);
    expect(isOver).toBe(true);
  });
});

describe("createPipeline", () => {
  it("tells nothing before its caller has the pipeline", async () => {
    const test = harness();
    const spool = new MemorySpool(test.clock);
    spool.failure = new Error("disk") as never;
    const seen: unknown[] = [];
    const pipeline = createPipeline({
      exporters: [test.exporter],
      clock: test.clock,
      spool,
      onEvent: () => seen.push(pipeline.stats()),
    });
    await settled();
    expect(seen).toHaveLength(1);
    await pipeline.close({ deadlineMs: 0 });
  });
});
