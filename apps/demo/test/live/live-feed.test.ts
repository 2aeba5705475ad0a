import { afterEach, describe, expect, it } from "vitest";

import { filterNames, readFilters } from "../../server/api/filters.js";
import { Query } from "../../server/api/query.js";
import type { LiveRequest } from "../../server/live/live-feed.js";
import { harness, liveCall, type Harness } from "../api/api-harness.js";
import { recordOf, recordsOf } from "../ledger/calls.js";
import { EventReader, named } from "./events.js";
import { settled } from "./fake-clock.js";

const open: Harness[] = [];
afterEach(async () => {
  for (const test of open.splice(0)) await test.close();
});

async function opened(): Promise<Harness> {
  const test = await harness();
  open.push(test);
  return test;
}

function list(search = "", more: { lastSeq?: number; cut?: () => void } = {}): LiveRequest {
  return { filters: readFilters(new Query(new URLSearchParams(search), filterNames), "UTC"), ...more };
}

function watch(test: Harness, request: LiveRequest = list()): EventReader {
  const stream = test.feed.open(request);
  if (!stream) throw new Error("there are too many streams");
  return new EventReader(stream);
}

/** Time passes, and queries that were begun in it end. */
async function pass(test: Harness, ms: number): Promise<void> {
  await test.clock.advance(ms);
  for (let turns = 0; turns < 20; turns++) await settled();
}

describe("a stream", () => {
  it("begins with where the ledger is, and with what is going on", async () => {
    const test = await opened();
    await test.add(recordsOf(3));
    test.calls.start(liveCall("live-1", { text: "Saturn has " }));
    const reader = watch(test);
    await test.ledger.totals({});
    const events = await reader.drain();
    expect(reader.text).toMatch(/^retry: 2000\n\nevent: hello\n/);
    expect(events.map(({ name }) => name).slice(0, 3)).toEqual(["hello", "delivery", "calls"]);
    expect(named(events, "hello")[0]).toMatchObject({ seq: 3, limits: { rows: 50, text: 240 } });
    expect(named(events, "calls")[0]).toMatchObject({
      start: [{ id: "live-1", text: "Saturn has ", status: "streaming" }],
    });
  });

  it("tells the totals of its filters, again when calls have entered, at most every two seconds", async () => {
    const test = await opened();
    await test.add(recordsOf(3));
    const reader = watch(test, list("status=complete"));
    await expect
      .poll(async () => named(await reader.drain(), "totals").map(({ calls }) => calls))
      .toEqual([3]);
    for (let n = 0; n < 5; n++) await test.add([recordOf({ id: `late-${n}` })]);
    await pass(test, 1900);
    expect(named(await reader.drain(), "totals")).toEqual([]);
    await pass(test, 100);
    await expect
      .poll(async () => named(await reader.drain(), "totals").map(({ calls }) => calls))
      .toEqual([8]);
    await pass(test, 20_000);
    expect(named(await reader.drain(), "totals")).toEqual([]);
  });

  it("tells what the sinks are at when that has changed", async () => {
    const test = await opened();
    const reader = watch(test);
    await pass(test, 4000);
    await reader.drain();
    await pass(test, 4000);
    expect(named(await reader.drain(), "delivery")).toEqual([]);
    test.log.tried("a", "otlp", "rejected", 1, { code: "400", reason: "no" });
    await pass(test, 2000);
    const [delivery] = named(await reader.drain(), "delivery");
    expect(delivery?.sinks.map(({ lastProblem }) => lastProblem?.reason ?? null)).toEqual([null, "no"]);
  });

  it("has a comment each fifteen seconds, so that nobody takes it for dead", async () => {
    const test = await opened();
    // Nothing else is to come in between.
    test.ledger.totals = async () => {
      throw new Error("busy");
    };
    const reader = watch(test);
    await pass(test, 14_900);
    await reader.drain();
    const before = reader.text;
    await pass(test, 100);
    await reader.drain();
    expect(reader.text).toBe(`${before}:\n\n`);
  });

  it("runs a timer only while somebody listens", async () => {
    const test = await opened();
    expect(test.clock.timers).toBe(0);
    const reader = watch(test);
    expect(test.clock.timers).toBe(1);
    await reader.cancel();
    expect([test.clock.timers, test.feed.streams]).toEqual([0, 0]);
  });

  it("ends with a goodbye when the server does", async () => {
    const test = await opened();
    const reader = watch(test);
    test.feed.close();
    expect(named(await reader.drain(), "bye")).toEqual([{ reason: "shutdown", retryMs: 2000 }]);
    expect([reader.isOver, test.clock.timers]).toEqual([true, 0]);
  });

  it("is one of twenty; the next one hears what to do", async () => {
    const test = await opened();
    for (let n = 0; n < 20; n++) watch(test);
    expect(await test.refusal("/api/live")).toMatchObject({ status: 503, code: "too_many_streams" });
    expect(test.feed.streams).toBe(20);
  });
});

describe("calls that are under way", () => {
  it("are told in one event for all that was said since the last", async () => {
    const test = await opened();
    const call = liveCall("live-1");
    const reader = watch(test);
    test.calls.start(call);
    await pass(test, 100);
    for (let n = 0; n < 40; n++) call.say(`w${n} `);
    await pass(test, 100);
    await pass(test, 300);
    const events = named(await reader.drain(), "calls");
    expect(events.map(({ start, patch }) => [start.length, patch.length])).toEqual([
      [1, 0],
      [0, 1],
    ]);
    const [, patch] = events[1]?.patch[0] ?? [];
    expect(patch).toMatchObject({ skipped: 0, ttftMs: 120, estimated: true });
    expect(patch?.append.endsWith("w38 w39 ")).toBe(true);
  });

  it("that say more than a row shows are told their end, and how much is not", async () => {
    const test = await opened();
    const call = liveCall("live-1", { text: "a" });
    test.calls.start(call);
    const reader = watch(test);
    await reader.drain();
    call.say("b".repeat(1000));
    await pass(test, 100);
    const [event] = named(await reader.drain(), "calls");
    expect(event?.patch[0]?.[1]).toMatchObject({ append: "b".repeat(240), skipped: 760 });
  });

  it("have fifty rows, the first that began, and the others are counted", async () => {
    const test = await opened();
    for (let n = 0; n < 60; n++) test.calls.start(liveCall(`live-${n}`));
    const reader = watch(test);
    const [first] = named(await reader.drain(), "calls");
    expect([first?.start.length, first?.start[0]?.id, first?.hidden]).toEqual([50, "live-0", 10]);
    await test.add([recordOf({ id: "live-0" }), recordOf({ id: "live-7" })]);
    await pass(test, 100);
    const events = named(await reader.drain(), "calls");
    expect(events.flatMap(({ end }) => end.map(({ id }) => id))).toEqual(["live-0", "live-7"]);
    expect(events.flatMap(({ start }) => start.map(({ id }) => id))).toEqual(["live-50", "live-51"]);
    expect(events.at(-1)?.hidden).toBe(8);
  });

  it("are looked at fifty at a time, and all of them in turn, however many pages show others", async () => {
    const test = await opened();
    let looks = 0;
    const say: ((text: string) => void)[] = [];
    for (let n = 0; n < 120; n++) {
      const call = liveCall(`live-${n}`, { request: { model: `model-${n % 3}`, messages: [] } });
      const { progress } = call;
      test.calls.start({ ...call, progress: () => (looks++, progress()) });
      say.push(call.say);
    }
    const readers = [0, 1, 2].map((n) => watch(test, list(`model=model-${n}`)));
    const texts = new Map<string, string>();
    const read = async (): Promise<void> => {
      for (const reader of readers)
        for (const event of named(await reader.drain(), "calls")) {
          for (const { id, text } of event.start) texts.set(id, text);
          for (const [id, { append }] of event.patch) texts.set(id, (texts.get(id) ?? "") + append);
        }
    };
    for (let n = 0; n < 30; n++) {
      looks = 0;
      await test.clock.advance(100);
      expect(looks).toBeLessThanOrEqual(50);
      await read();
    }
    expect(texts.size).toBe(120);
    for (const each of say) each("hello");
    for (let n = 0; n < 10; n++) {
      await test.clock.advance(100);
      await read();
    }
    expect([...texts.values()].every((text) => text === "hello")).toBe(true);
  });

  it("are gone when they end without passing the filters, or without a record", async () => {
    const test = await opened();
    for (const id of ["live-1", "live-2", "live-3"]) test.calls.start(liveCall(id));
    const reader = watch(test, list("-status=failure"));
    await reader.drain();
    for (const id of ["live-1", "live-2"]) test.calls.end(id);
    await pass(test, 200);
    expect(named(await reader.drain(), "calls")).toEqual([]);
    await test.add([recordOf({ id: "live-1", status: "failure", errorMessage: "no" })]);
    await pass(test, 100);
    expect(named(await reader.drain(), "calls")).toMatchObject([{ end: [], gone: ["live-1"] }]);
    const gone: string[] = [];
    for (let second = 0; second < 31; second++) {
      await test.clock.advance(1000);
      for (const event of named(await reader.drain(), "calls")) gone.push(...event.gone);
    }
    expect(gone).toEqual(["live-2"]);
  });

  it("that end between two looks are told as ended alone", async () => {
    const test = await opened();
    const reader = watch(test);
    await reader.drain();
    test.calls.start(liveCall("live-1"));
    test.calls.end("live-1");
    await test.add([recordOf({ id: "live-1" })]);
    await pass(test, 100);
    expect(named(await reader.drain(), "calls")).toMatchObject([
      { start: [], end: [{ id: "live-1" }], gone: [] },
    ]);
  });
});

describe("calls that have ended", () => {
  it("are told in the order of entering, and only then has an event an id", async () => {
    const test = await opened();
    const reader = watch(test);
    await test.add(recordsOf(120));
    await pass(test, 100);
    const events = await reader.drain();
    const ends = named(events, "calls").flatMap(({ end }) => end.map(({ seq }) => seq));
    expect(ends).toEqual(Array.from({ length: 120 }, (_, n) => n + 1));
    expect(events.flatMap(({ name, id }) => (id === null ? [] : [[name, id]]))).toEqual([
      ["calls", "50"],
      ["calls", "100"],
      ["calls", "120"],
    ]);
  });

  it("are told to those alone whose filters they pass, with what became of their records so far", async () => {
    const test = await opened();
    const [all, failed] = [watch(test), watch(test, list("status=failure"))];
    test.log.tried("call-1", "langfuse", "delivered", 1);
    await test.add(recordsOf(2, (n) => (n === 0 ? { status: "failure", errorMessage: "no" } : {})));
    await pass(test, 100);
    const rows = async (reader: EventReader) =>
      named(await reader.drain(), "calls").flatMap(({ end }) => end);
    expect((await rows(all)).map(({ id, delivery }) => [id, delivery])).toEqual([
      ["call-0", {}],
      ["call-1", { langfuse: "delivered" }],
    ]);
    expect((await rows(failed)).map(({ id }) => id)).toEqual(["call-0"]);
  });
});

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
    await expect
      .poll(async () => {
        await test.clock.advance(100);
        for (const { end } of named(await reader.drain(), "calls")) seqs.push(...end.map(({ seq }) => seq));
        return seqs;
      })
      .toEqual([28, 29, 30, 31]);
  });

  it.each<[string, number, { from: number; to: number }]>([
    ["misses too many and is told which", 5, { from: 6, to: 250 }],
    ["comes from another ledger and is told to begin anew", 900, { from: 1, to: 250 }],
  ])("%s", async (_, lastSeq, gap) => {
    const test = await opened();
    await test.add(recordsOf(250));
    const reader = watch(test, list("", { lastSeq }));
    await expect
      .poll(async () => {
        await test.clock.advance(100);
        return named(await reader.drain(), "gap");
      })
      .toEqual([{ ...gap, reason: "missed" }]);
    await test.add([recordOf({ id: "late" })]);
    await pass(test, 100);
    expect(named(await reader.drain(), "calls").flatMap(({ end }) => end.map(({ id }) => id))).toEqual([
      "late",
    ]);
  });

  it("with filters misses only what passes them", async () => {
    const test = await opened();
    await test.add(recordsOf(250, (n) => (n % 100 === 0 ? { status: "failure", errorMessage: "no" } : {})));
    const reader = watch(test, list("status=failure", { lastSeq: 5 }));
    const ids: string[] = [];
    await expect
      .poll(async () => {
        await test.clock.advance(100);
        for (const { end } of named(await reader.drain(), "calls")) ids.push(...end.map(({ id }) => id));
        return ids;
      })
      .toEqual(["call-100", "call-200"]);
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
      await expect
        .poll(async () => {
          await test.clock.advance(100);
          return named(await reader.drain(), "calls").flatMap(({ end }) => end.map(({ seq }) => seq));
        })
        .toEqual([3]);
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
    await expect(stalled.drain()).rejects.toThrow("not read");
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

describe("the stream of one call", () => {
  it("tells all that is said, twenty times a second, and ends with the call", async () => {
    const test = await opened();
    const call = liveCall("live-1", { text: "Sat" });
    test.calls.start(call);
    const reader = watch(test, { call: "live-1" });
    call.say("urn has ".repeat(200));
    await test.clock.advance(50);
    call.say("rings.");
    await test.clock.advance(50);
    test.calls.end("live-1");
    await test.clock.advance(1000);
    await test.add([recordOf({ id: "live-1" })]);
    await test.clock.advance(50);
    const events = await reader.drain();
    const calls = named(events, "calls");
    const text =
      calls[0]?.start[0]?.text + calls.flatMap(({ patch }) => patch.map(([, { append }]) => append)).join("");
    expect(text).toBe(`Sat${"urn has ".repeat(200)}rings.`);
    expect(calls.map(({ patch }) => patch.length)).toEqual([0, 1, 1, 0]);
    expect(calls.at(-1)?.end.map(({ id }) => id)).toEqual(["live-1"]);
    expect(events.at(-1)).toMatchObject({ name: "bye", data: { reason: "ended" } });
    expect([reader.isOver, test.clock.timers]).toEqual([true, 0]);
  });

  it("that has ended already tells its row, and ends", async () => {
    const test = await opened();
    await test.add([recordOf({ id: "a" })]);
    const response = await test.api.request("http://127.0.0.1/api/live?call=a");
    const events = await new EventReader(response.body as ReadableStream<Uint8Array>).drain();
    expect(events.map(({ name }) => name)).toEqual(["hello", "calls", "bye"]);
    expect(test.feed.streams).toBe(0);
  });

  it("whose record does not come ends all the same", async () => {
    const test = await opened();
    test.calls.start(liveCall("live-1"));
    const reader = watch(test, { call: "live-1" });
    test.calls.end("live-1");
    for (let n = 0; n < 31; n++) {
      await test.clock.advance(1000);
      await reader.drain();
    }
    expect(reader.text).toContain('"gone":["live-1"]');
    expect([reader.isOver, test.feed.streams]).toEqual([true, 0]);
  });
});
