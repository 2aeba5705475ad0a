import { WaybillError, type ItemOutcome } from "@waybill/core";
import { describe, expect, it } from "vitest";

import { createPipeline } from "../src/index.js";
import { settled } from "./fake-clock.js";
import { accepted, FakeExporter, payloadOf, rejected, retry } from "./fake-exporter.js";
import { harness, imbalances, type Harness } from "./harness.js";

const fake = ({ pipeline }: Harness) => {
  expect(imbalances(pipeline)).toEqual([]);
  return pipeline.stats()["fake"];
};

async function acceptAll({ pipeline, clock }: Harness, count: number) {
  const receipts = Promise.all(
    Array.from({ length: count }, async (_, at) => pipeline.accept(payloadOf(`r${at}`))),
  );
  await clock.advance(0);
  return receipts;
}

describe("a batch", () => {
  it("goes when it is full, and otherwise when its oldest record has lingered", async () => {
    const test = harness({ limits: { batchRecords: 3 } });
    await acceptAll(test, 4);
    await settled();
    expect(test.exporter.batches).toEqual([["r0", "r1", "r2"]]);
    await test.clock.advance(999);
    expect(test.exporter.batches).toHaveLength(1);
    await test.clock.advance(1);
    expect(test.exporter.batches[1]).toEqual(["r3"]);
    expect(fake(test)).toMatchObject({ accepted: 4, sent: 4, buffered: 0, inFlight: 0, state: "sending" });
  });

  it("is bounded in bytes, and a record that is larger goes alone", async () => {
    const test = harness({ limits: { batchBytes: 1000 } });
    const large = "x".repeat(2000);
    for (const id of ["a", "b", "c"]) void test.pipeline.accept(payloadOf(id, { messages: large }));
    await test.pipeline.flush();
    expect(test.exporter.batches).toEqual([["a"], ["b"], ["c"]]);
  });

  it("is what was handed in, whatever the caller does to its objects afterwards", async () => {
    const test = harness();
    const messages = [{ role: "user", content: "one" }];
    const receipt = test.pipeline.accept(payloadOf("a", { messages }));
    messages.push({ role: "assistant", content: "two" });
    await receipt;
    await test.pipeline.flush();
    expect(test.exporter.texts[0]).toContain("one");
    expect(test.exporter.texts[0]).not.toContain("two");
  });

  it("is sent again as it was, byte for byte, until it is accepted", async () => {
    const test = harness();
    test.exporter.answer = (_, { attempt }) => (attempt < 4 ? retry : accepted);
    await acceptAll(test, 5);
    await test.clock.advance(1000);
    await test.clock.advance(10_000);
    expect(test.exporter.texts).toHaveLength(4);
    expect(new Set(test.exporter.texts).size).toBe(1);
    expect(fake(test)).toMatchObject({ sent: 5, retried: 15, state: "sending" });
  });

  it("goes on with those that failed when only some of it did", async () => {
    const test = harness();
    test.exporter.answer = (batch) =>
      batch.map(({ id }) => (id === "r1" && test.exporter.batches.length < 3 ? retry : accepted));
    await acceptAll(test, 3);
    await test.clock.advance(10_000);
    expect(test.exporter.batches).toEqual([["r0", "r1", "r2"], ["r1"], ["r1"]]);
    expect(test.exporter.accepted.toSorted()).toEqual(["r0", "r1", "r2"]);
  });
});

describe("an exporter that fails", () => {
  it("is asked after 0.5, 1, 2 and 4 seconds at the latest, and then left alone for 30, 60, ... 600", async () => {
    const test = harness();
    const times: number[] = [];
    test.exporter.answer = () => {
      times.push(test.clock.monotonic());
      return retry;
    };
    await acceptAll(test, 1);
    await test.clock.advance(1000);
    await test.clock.advance(3_600_000);
    const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    expect(gaps.slice(0, 10)).toEqual([
      500, 1000, 2000, 4000, 30_000, 60_000, 120_000, 240_000, 480_000, 600_000,
    ]);
    expect(fake(test)).toMatchObject({ sent: 0, buffered: 1, state: "open" });
    expect(test.events.filter(({ type }) => type === "circuit-opened")).toHaveLength(times.length - 4);
  });

  it("gets one batch when its circuit may close, and everything after that has passed", async () => {
    const test = harness({ limits: { batchRecords: 1, concurrency: 4 } });
    let isDown = true;
    test.exporter.answer = () => (isDown ? retry : accepted);
    await acceptAll(test, 10);
    await test.clock.advance(20_000);
    expect(fake(test)?.state).toBe("open");
    const before = test.exporter.batches.length;
    isDown = false;
    let atOnce = 0;
    test.exporter.answer = () => {
      atOnce = Math.max(atOnce, fake(test)?.inFlight ?? 0);
      return accepted;
    };
    await test.clock.advance(15_000);
    expect(test.exporter.batches.length).toBe(before + 10);
    expect(fake(test)).toMatchObject({ sent: 10, state: "sending" });
    expect(test.events.at(-1)).toEqual({ type: "circuit-closed", exporter: "fake" });
  });

  it.each([
    [2000, 2000],
    [24 * 3_600_000, 900_000],
  ])(
    "is asked again after %i ms when it says so, but at most after a quarter of an hour",
    async (afterMs, waits) => {
      const test = harness();
      test.exporter.answer = (_, { attempt }) => (attempt === 1 ? { status: "retry", afterMs } : accepted);
      await acceptAll(test, 2);
      await test.pipeline.flush();
      await test.clock.advance(waits - 1);
      expect(test.exporter.batches).toHaveLength(1);
      await test.clock.advance(1);
      expect(fake(test)).toMatchObject({ sent: 2 });
    },
  );

  it("that asks for a pause gets it, and its records wait", async () => {
    const test = harness();
    const items: ItemOutcome[] = [retry, retry];
    test.exporter.answer = (_, { attempt }) =>
      attempt === 1 ? { items, pause: { ms: 300_000, reason: "401" } } : accepted;
    await acceptAll(test, 2);
    await test.pipeline.flush();
    expect(fake(test)).toMatchObject({ buffered: 2, state: "paused" });
    expect(test.events).toEqual([{ type: "paused", exporter: "fake", ms: 300_000, reason: "401" }]);
    await test.clock.advance(299_999);
    expect(test.exporter.batches).toHaveLength(1);
    await test.clock.advance(1);
    expect(fake(test)).toMatchObject({ sent: 2, state: "sending" });
  });

  it("never stops the others", async () => {
    const exporters = ["throws", "hangs", "lies", "fine"].map((name) => new FakeExporter(name));
    const [throws, hangs, lies, fine] = exporters as [FakeExporter, FakeExporter, FakeExporter, FakeExporter];
    throws.answer = () => "throw";
    hangs.answer = () => "hang";
    lies.answer = () => ({ items: "yes" as never });
    const test = harness({ exporters });
    await acceptAll(test, 3);
    await test.clock.advance(100_000);
    expect(fine.accepted).toEqual(["r0", "r1", "r2"]);
    expect(imbalances(test.pipeline)).toEqual([]);
    const codes = test.events.flatMap((event) =>
      event.type === "misbehaved" ? [`${event.exporter} ${event.code}`] : [],
    );
    expect([...new Set(codes)].toSorted()).toEqual(["hangs timeout", "lies nonsense", "throws threw"]);
    expect(hangs.signals[0]?.aborted).toBe(true);
    for (const name of ["throws", "hangs", "lies"])
      expect(test.pipeline.stats()[name]).toMatchObject({ sent: 0 });
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["no list", { items: {} }],
    ["a list that is too short", { items: [accepted] }],
    ["a list that is too long", { items: [accepted, accepted, accepted] }],
    ["an unknown status", { items: [accepted, { status: "ok" }] }],
    ["a hole", { items: [accepted, null] }],
    ["what throws when it is read", Object.defineProperty({}, "items", { get: () => expect.fail("read") })],
  ])("that answers %s has its batch sent again", async (_, outcome) => {
    const test = harness();
    let asked = 0;
    const { exporter } = test;
    exporter.export = async (batch) =>
      asked++ === 0 ? (outcome as never) : { items: batch.map(() => accepted) };
    await acceptAll(test, 2);
    await test.clock.advance(5000);
    expect(fake(test)).toMatchObject({ sent: 2, retried: 2 });
    expect(test.events[0]).toMatchObject({ type: "misbehaved", code: "nonsense" });
  });
});

describe("a record that cannot be delivered", () => {
  it("is found among a hundred by halving, and given up when the others have passed", async () => {
    const test = harness({ spool: true });
    test.exporter.answer = (batch) => (batch.some(({ id }) => id === "r57") ? "throw" : accepted);
    await acceptAll(test, 100);
    for (let minute = 0; minute < 240; minute++) await test.clock.advance(60_000);
    expect(fake(test)).toMatchObject({ sent: 99, dead: 1, buffered: 0, spooled: 0 });
    expect(test.spool.deadLetters("fake")).toMatchObject([
      { id: "r57", code: "threw", reason: "fetch failed" },
    ]);
  });

  it("is not given up when nothing else passes either", async () => {
    const test = harness();
    test.exporter.answer = () => "throw";
    await acceptAll(test, 1);
    await test.clock.advance(24 * 3_600_000);
    expect(fake(test)).toMatchObject({ buffered: 1, dead: 0, rejected: 0, dropped: 0 });
    test.exporter.answer = () => accepted;
    await test.clock.advance(600_000);
    expect(fake(test)).toMatchObject({ sent: 1 });
  });

  it("is a dead letter with a spool, and counted by its code without", async () => {
    for (const spool of [true, false]) {
      const test = harness({ spool });
      test.exporter.answer = (batch) => batch.map(({ id }) => (id === "r1" ? rejected : accepted));
      await acceptAll(test, 3);
      await test.pipeline.flush();
      expect(fake(test)).toMatchObject(
        spool ? { sent: 2, dead: 1, rejected: 0 } : { sent: 2, dead: 0, rejected: 1, rejectedBy: { 400: 1 } },
      );
      const type = spool ? "dead" : "rejected";
      expect(test.events).toEqual([{ type, exporter: "fake", id: "r1", code: "400", reason: "no" }]);
      expect(test.spool.deadLetters("fake").map(({ id }) => id)).toEqual(spool ? ["r1"] : []);
    }
  });

  it("is given up after seven days, whatever the time of day says", async () => {
    const test = harness();
    test.exporter.answer = () => retry;
    await acceptAll(test, 1);
    test.clock.offset += 30 * 24 * 3_600_000;
    await test.clock.advance(6 * 24 * 3_600_000);
    expect(fake(test)).toMatchObject({ buffered: 1 });
    await test.clock.advance(2 * 24 * 3_600_000);
    expect(fake(test)).toMatchObject({ dropped: 1, droppedBy: { "too-old": 1 }, oldestAgeMs: null });
  });
});

describe("records that were refused without saying which", () => {
  it("are counted, and not sent again", async () => {
    const test = harness();
    test.exporter.answer = () => ({ unattributedRejected: 2 });
    await acceptAll(test, 3);
    await test.pipeline.flush();
    expect(fake(test)).toMatchObject({ sent: 3, unattributedRejected: 2 });
    expect(test.events).toEqual([{ type: "unattributed-rejected", exporter: "fake", count: 2 }]);
  });
});

describe("memory", () => {
  it("is bounded in records: what comes late is dropped, and counted", async () => {
    const test = harness({ limits: { memoryRecords: 10 } });
    test.exporter.answer = () => "hang";
    const receipts = await acceptAll(test, 15);
    expect(receipts.slice(10)).toEqual(
      Array.from({ length: 5 }, () => ({
        status: "dropped",
        durability: null,
        issues: [{ path: "", code: "memory-full", message: expect.stringContaining("no room") as string }],
      })),
    );
    expect(fake(test)).toMatchObject({ accepted: 15, dropped: 5, droppedBy: { "memory-full": 5 } });
    expect(test.pipeline.health().memory).toMatchObject({ records: 10, limitRecords: 10 });
  });

  it("is bounded in bytes", async () => {
    const test = harness({ limits: { memoryBytes: 10_000 } });
    test.exporter.answer = () => "hang";
    for (let at = 0; at < 20; at++)
      void test.pipeline.accept(payloadOf(`r${at}`, { model: "x".repeat(900) }));
    expect(test.pipeline.health().memory.bytes).toBeLessThanOrEqual(10_000);
    expect(fake(test)?.dropped).toBeGreaterThan(0);
  });

  it("loses content before it loses records", async () => {
    const test = harness({ limits: { memoryRecords: 10 } });
    const receipts = await acceptAll(test, 9);
    expect(receipts.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 8 }, () => "buffered"),
      "degraded",
    ]);
    expect(receipts[8]?.issues).toMatchObject([{ code: "content" }]);
    await test.pipeline.flush();
    expect(test.exporter.texts[0]?.match(/Saturn/g)).toHaveLength(8);
    expect(test.exporter.texts[0]).toContain('"degraded":"content"');
    expect(fake(test)).toMatchObject({ sent: 9, degraded: 1 });
  });

  it("lets whoever may wait have the room that comes free", async () => {
    const test = harness({ limits: { memoryRecords: 2, maxBlockMs: 5000, batchRecords: 2 } });
    let release = (): void => {};
    test.exporter.export = (batch) =>
      new Promise((resolve) => {
        release = () => resolve({ items: batch.map(() => accepted) });
      });
    await acceptAll(test, 2);
    const waits = test.pipeline.accept(payloadOf("late"));
    expect(fake(test)).toMatchObject({ accepted: 3, dropped: 0 });
    release();
    expect(await waits).toMatchObject({ status: "buffered" });
    const gives = [test.pipeline.accept(payloadOf("x")), test.pipeline.accept(payloadOf("y"))];
    await test.clock.advance(5000);
    expect((await Promise.all(gives)).map(({ status }) => status)).toContain("dropped");
    expect(imbalances(test.pipeline)).toEqual([]);
  });

  it("is free again after everything is delivered", async () => {
    const test = harness({ exporters: [new FakeExporter("a"), new FakeExporter("b")] });
    await acceptAll(test, 100);
    expect(test.pipeline.health().memory.records).toBe(100);
    await test.pipeline.flush();
    expect(test.pipeline.health().memory).toMatchObject({ records: 0, bytes: 0 });
    expect(test.clock.timers).toBe(0);
  });
});

describe("a payload that is none", () => {
  const cyclic: Record<string, unknown> = { ...payloadOf("c") };
  cyclic["self"] = cyclic;
  const deep = JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`) as unknown;

  it.each<[string, unknown]>([
    ["undefined", undefined],
    ["text", "hello"],
    ["a list", [1]],
    ["an object without an id", { status: "success" }],
    ["an unknown status", { ...payloadOf("a"), status: "maybe" }],
    ["a count that is text", { ...payloadOf("a"), total_tokens: "10" }],
    ["a circle", cyclic],
    ["a depth of 5000", { ...payloadOf("a"), response: deep }],
    ["a bigint", { ...payloadOf("a"), total_tokens: 10n }],
    [
      "a getter that throws",
      Object.defineProperty({ ...payloadOf("a") }, "x", { enumerable: true, get: () => expect.fail("no") }),
    ],
    ["a proxy that throws", new Proxy({}, { ownKeys: () => expect.fail("no") })],
  ])("%s is refused when strict, and delivered as a record that says so otherwise", async (_, value) => {
    const strict = harness({ strict: true });
    const refused = await strict.pipeline.accept(value as never);
    expect(refused).toMatchObject({ status: "refused", durability: null });
    expect(refused.issues?.length).toBeGreaterThan(0);
    expect(fake(strict)).toMatchObject({ accepted: 0 });
    expect(strict.pipeline.health().refused).toBe(1);

    const lenient = harness();
    const receipt = await lenient.pipeline.accept(value as never);
    expect(receipt.status).toBe("degraded");
    expect(receipt.issues?.length).toBeGreaterThan(0);
    await lenient.pipeline.flush();
    expect(fake(lenient)).toMatchObject({ sent: 1, degraded: 1 });
    expect(lenient.exporter.texts[0]).toMatch(
      /"degraded":"(?:refused by the schema|members that are not JSON)/,
    );
  });

  it("keeps what can be read of it", async () => {
    const test = harness();
    await test.pipeline.accept({ ...payloadOf("a"), total_tokens: "10", response_cost: 0.5 } as never);
    await test.pipeline.flush();
    const [sent] = JSON.parse(test.exporter.texts[0] ?? "[]") as Record<string, unknown>[];
    expect(sent).toMatchObject({ id: "a", response_cost: 0.5, status: "success" });
    expect(sent).not.toHaveProperty("total_tokens");
    expect(sent?.["waybill"]).toEqual({ degraded: "refused by the schema: /total_tokens wrong-type" });
  });

  it("loses its content when it is too large, also when strict", async () => {
    const test = harness({ strict: true, limits: { recordBytes: 10_000 } });
    const receipt = await test.pipeline.accept(
      payloadOf("a", { messages: "x".repeat(20_000), response_cost: 1 }),
    );
    expect(receipt).toMatchObject({ status: "degraded", issues: [{ code: "too-large" }] });
    const hopeless = await test.pipeline.accept(payloadOf("b", { model: "x".repeat(20_000) }));
    expect(hopeless).toMatchObject({ status: "refused", issues: [{ code: "too-large" }] });
    await test.pipeline.flush();
    expect(JSON.parse(test.exporter.texts[0] ?? "")).toMatchObject([
      { id: "a", messages: null, response_cost: 1 },
    ]);
  });
});

describe("close", () => {
  it("sends what is there and takes nothing more", async () => {
    const test = harness();
    void acceptAll(test, 3);
    const report = await test.pipeline.close();
    expect(report).toEqual({ sent: 3, rejected: 0, spooled: 0, buffered: 0, dead: 0, dropped: 0 });
    expect(await test.pipeline.accept(payloadOf("late"))).toMatchObject({
      status: "dropped",
      issues: [{ code: "closed" }],
    });
    expect(test.pipeline.health().refused).toBe(1);
    expect(await test.pipeline.close()).toEqual(report);
    expect(fake(test)?.state).toBe("closed");
    expect(test.clock.timers).toBe(0);
  });

  it("goes on until the deadline when a server is down, and then counts what is lost", async () => {
    const test = harness();
    test.exporter.answer = () => retry;
    await acceptAll(test, 3);
    let report: unknown;
    void test.pipeline.close({ deadlineMs: 5000 }).then((each) => (report = each));
    await test.clock.advance(4999);
    expect(report).toBeUndefined();
    await test.clock.advance(1);
    expect(report).toMatchObject({ sent: 0, dropped: 3 });
    expect(fake(test)).toMatchObject({ droppedBy: { closed: 3 } });
    expect(test.exporter.batches.length).toBeGreaterThan(2);
    expect(test.clock.timers).toBe(0);
  });

  it("delivers when the server is back before the deadline", async () => {
    const test = harness();
    test.exporter.answer = () => (test.clock.monotonic() < 4000 ? retry : accepted);
    await acceptAll(test, 3);
    const closing = test.pipeline.close({ deadlineMs: 10_000 });
    await test.clock.advance(10_000);
    expect(await closing).toMatchObject({ sent: 3, dropped: 0 });
  });

  it("stops an exporter that hangs", async () => {
    const test = harness();
    test.exporter.answer = () => "hang";
    await acceptAll(test, 2);
    const closing = test.pipeline.close({ deadlineMs: 100 });
    await test.clock.advance(100);
    expect(await closing).toMatchObject({ dropped: 2 });
    expect(test.exporter.signals[0]?.aborted).toBe(true);
  });
});

describe("timers", () => {
  it("keep a program alive until records were tried, and not for retries", async () => {
    const test = harness();
    test.exporter.answer = () => retry;
    await acceptAll(test, 1);
    expect(test.clock.vital).toBe(1);
    await test.clock.advance(1000);
    expect(fake(test)).toMatchObject({ buffered: 1 });
    expect([test.clock.vital, test.clock.timers]).toEqual([0, 1]);
  });
});

describe("waitUntil", () => {
  it("gets a promise that ends when the record was tried", async () => {
    const test = harness();
    const promises: Promise<unknown>[] = [];
    await test.pipeline.accept(payloadOf("a"), { waitUntil: (promise) => promises.push(promise) });
    await Promise.all(promises);
    expect(promises).toHaveLength(1);
    expect(test.exporter.accepted).toEqual(["a"]);
  });
});

describe("createPipeline", () => {
  it.each([
    ["two exporters of one name", { exporters: [new FakeExporter(), new FakeExporter()] }, "two are called"],
    ["an exporter without a name", { exporters: [new FakeExporter("")] }, "each has a name"],
    ["an unknown limit", { exporters: [], limits: { memory: 1 } as {} }, "there is no such limit"],
    ["a limit that is none", { exporters: [], limits: { batchRecords: 0 } }, "a number from 1"],
    ["durability without a spool", { exporters: [], durability: "durable" as const }, "needs a spool"],
  ])("refuses %s", (_, options, message) => {
    expect(() => createPipeline(options)).toThrow(
      expect.objectContaining({ code: "bad-option", message: expect.stringContaining(message) as string }),
    );
    expect(() => createPipeline(options)).toThrow(WaybillError);
  });

  it("does nothing without exporters, and says so by its counts", async () => {
    const pipeline = createPipeline({ exporters: [] });
    expect(await pipeline.accept(payloadOf("a"))).toMatchObject({ status: "buffered" });
    expect(pipeline.health().memory.records).toBe(0);
    expect(await pipeline.close()).toMatchObject({ sent: 0, dropped: 0 });
  });

  it("survives listeners that throw", async () => {
    const test = harness({ onEvent: () => expect.fail("listener") });
    test.exporter.answer = () => rejected;
    await acceptAll(test, 1);
    await test.pipeline.flush();
    expect(fake(test)).toMatchObject({ rejected: 1 });
  });
});
