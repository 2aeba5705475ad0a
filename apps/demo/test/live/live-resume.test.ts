import { describe, expect, it } from "vitest";

import { liveCall } from "../api/api-harness.js";
import { recordOf, recordsOf } from "../ledger/calls.js";
import { EventReader, named } from "./events.js";
import { endsOf, heard, list, opened, pass, watch } from "./watch.js";

describe("who connects again", () => {
  it("is told the ends since the last one, once, and then those that follow", async () => {
    const test = await opened();
    await test.add(recordsOf(30));
    await test.ledger.noteDeliveries([
      { id: "call-29", sink: "otlp", at: 0, attempt: 1, state: "delivered", code: null, reason: null },
    ]);
    const reader = watch(test, list("", { lastSeq: 27 }));
    await test.add([recordOf({ id: "late" })]);
    const seqs: number[] = [];
    while (seqs.length < 4) seqs.push(...(await heard(test, reader, endsOf)).map(({ seq }) => seq));
    expect(seqs).toEqual([28, 29, 30, 31]);
  });

  it.each<[string, number, { from: number; to: number }]>([
    ["misses too many and is told which", 5, { from: 6, to: 250 }],
    ["comes from another ledger and is told to begin anew", 900, { from: 1, to: 250 }],
  ])("%s", async (_, lastSeq, gap) => {
    const test = await opened();
    await test.add(recordsOf(250));
    const reader = watch(test, list("", { lastSeq }));
    expect(await heard(test, reader, (events) => named(events, "gap"))).toEqual([
      { ...gap, reason: "missed" },
    ]);
    await test.add([recordOf({ id: "late" })]);
    await pass(test, 100);
    expect(named(await reader.drain(), "calls").flatMap(({ end }) => end.map(({ id }) => id))).toEqual([
      "late",
    ]);
  });

  it("has missed nothing when the ledger was ahead of what is told", async () => {
    const test = await opened();
    await test.ledger.append(recordsOf(3));
    const reader = watch(test, list("", { lastSeq: 3 }));
    test.feed.appended(await test.ledger.since(0, 10));
    expect((await heard(test, reader, endsOf)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(reader.text).not.toContain("event: gap");
  });

  it("with filters misses only what passes them", async () => {
    const test = await opened();
    await test.add(recordsOf(250, (n) => (n % 100 === 0 ? { status: "failure", errorMessage: "no" } : {})));
    const reader = watch(test, list("status=failure", { lastSeq: 5 }));
    const ends = await heard(test, reader, endsOf);
    expect(ends.map(({ id }) => id)).toEqual(["call-100", "call-200"]);
  });

  it("is told of a gap when the ledger does not answer", async () => {
    const test = await opened();
    await test.add(recordsOf(3));
    test.ledger.page = async () => {
      throw new Error("busy");
    };
    const reader = watch(test, list("", { lastSeq: 1 }));
    await pass(test, 100);
    expect(named(await reader.drain(), "gap")).toEqual([{ from: 2, to: 3, reason: "missed" }]);
  });

  it("does so by the header that browsers send, or by a parameter", async () => {
    const test = await opened();
    await test.add(recordsOf(3));
    for (const [path, init] of [
      ["/api/live", { headers: { "last-event-id": "2" } }],
      ["/api/live?since=2", {}],
    ] as const) {
      const response = await test.api.request(`http://127.0.0.1${path}`, init);
      expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
      const reader = new EventReader(response.body as ReadableStream<Uint8Array>);
      expect((await heard(test, reader, endsOf)).map(({ seq }) => seq)).toEqual([3]);
      await reader.cancel();
    }
  });
});

describe("a client that does not read", () => {
  it("never has more waiting than the limit: what is said is merged, and ends become a gap", async () => {
    const test = await opened();
    const call = liveCall("live-1");
    test.calls.start(call);
    const reader = watch(test);
    await reader.drain();
    const preview = "x".repeat(240);
    let said = 0;
    for (let n = 0; n < 10; n++) {
      await test.add(
        recordsOf(60, (m) => ({ id: `call-${n}-${m}`, key: `${n}-${m}`, preview, tags: [preview] })),
      );
      for (let m = 0; m < 30; m++) call.say("y".repeat(10));
      said += 300;
      await test.clock.advance(100);
    }
    const events = await reader.drain();
    expect(reader.text.length).toBeLessThan(2 * 256 * 1024);
    const seqs = named(events, "calls").flatMap(({ end }) => end.map(({ seq }) => seq));
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, n) => n + 1));
    expect(seqs.length).toBeLessThan(600);
    await test.clock.advance(100);
    const later = await reader.drain();
    expect(named(later, "gap")).toEqual([{ from: seqs.length + 1, to: 600, reason: "slow" }]);
    const patches = [...named(events, "calls"), ...named(later, "calls")].flatMap(({ patch }) => patch);
    const told = patches.reduce((sum, [, { append, skipped }]) => sum + append.length + skipped, 0);
    expect(told).toBe(said);
    await test.add([recordOf({ id: "late" })]);
    await test.clock.advance(100);
    expect(named(await reader.drain(), "calls").flatMap(({ end }) => end.map(({ id }) => id))).toEqual([
      "late",
    ]);
  });

  it("is cut off after fifteen seconds, and nobody else is", async () => {
    const test = await opened();
    let cuts = 0;
    const stalled = watch(test, list("", { cut: () => cuts++ }));
    const other = watch(test);
    await other.drain();
    await test.add([recordOf({ id: "a" })]);
    for (let n = 0; n < 149; n++) {
      await test.clock.advance(100);
      await other.drain();
    }
    expect([cuts, test.feed.streams]).toEqual([0, 2]);
    await test.clock.advance(200);
    expect([cuts, test.feed.streams]).toEqual([1, 1]);
    expect([await stalled.drain(), stalled.isOver]).toEqual([[], true]);
  });

  it("is told of a row that is larger than all it may have as a gap", async () => {
    const test = await opened();
    const reader = watch(test);
    await reader.drain();
    const tags = Array.from({ length: 300 }, (_, n) => `${n}${"x".repeat(990)}`);
    await test.add([recordOf({ id: "a" }), recordOf({ id: "b", tags }), recordOf({ id: "c" })]);
    await pass(test, 100);
    const events = await reader.drain();
    expect(named(events, "calls").flatMap(({ end }) => end.map(({ id }) => id))).toEqual(["a"]);
    await pass(test, 100);
    expect(named([...events, ...(await reader.drain())], "gap")).toEqual([
      { from: 2, to: 3, reason: "slow" },
    ]);
  });
});
