import { describe, expect, it } from "vitest";

import { liveCall } from "../api/api-harness.js";
import { recordOf, recordsOf } from "../ledger/calls.js";
import { EventReader, named } from "./events.js";
import { heard, list, opened, pass, watch } from "./watch.js";

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
    expect(await heard(test, reader, (events) => named(events, "totals").map(({ calls }) => calls))).toEqual([
      3,
    ]);
    for (let n = 0; n < 5; n++) await test.add([recordOf({ id: `late-${n}` })]);
    await pass(test, 1900);
    expect(named(await reader.drain(), "totals")).toEqual([]);
    await pass(test, 100);
    expect(await heard(test, reader, (events) => named(events, "totals").map(({ calls }) => calls))).toEqual([
      8,
    ]);
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
    const late = watch(test);
    expect((await late.drain()).map(({ name }) => name)).toEqual(["hello", "bye"]);
    expect([late.isOver, test.feed.streams]).toEqual([true, 0]);
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
