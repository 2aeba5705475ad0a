import type { Exporter, ExportOutcome, ItemOutcome } from "@waybill/core";
import { createPipeline } from "@waybill/pipeline";
import { describe, expect, it } from "vitest";

import { idInText } from "../../server/delivery/call-id.js";
import { DeliveryLog } from "../../server/delivery/delivery-log.js";
import { watchedExporter } from "../../server/delivery/watched-exporter.js";
import type { DeliveryEvent } from "../../server/ledger/ledger-store.js";
import { NOON, payloadOf } from "../ledger/calls.js";
import { FakeClock } from "../live/fake-clock.js";

/** A ledger that keeps the events it is given, or fails. */
function ledger() {
  const kept: DeliveryEvent[] = [];
  const batches: number[] = [];
  return {
    kept,
    batches,
    isFailing: false,
    async noteDeliveries(events: readonly DeliveryEvent[]) {
      if (this.isFailing) throw new Error("the disk is gone");
      batches.push(events.length);
      kept.push(...events);
    },
  };
}

function logOf(change: ConstructorParameters<typeof DeliveryLog>[1] = {}) {
  const [store, clock] = [ledger(), new FakeClock(NOON * 1000)];
  const failures: string[] = [];
  const log = new DeliveryLog(store, { clock, onFailed: (reason) => failures.push(reason), ...change });
  return { store, clock, log, failures };
}

const short = ({ id, sink, attempt, state, code, reason }: DeliveryEvent) => [
  id,
  sink,
  attempt,
  state,
  code,
  reason,
];

describe("an exporter that is watched", () => {
  const exporterOf = (outcome: () => ExportOutcome): Exporter => ({
    name: "sink",
    export: async () => outcome(),
  });
  const context = { signal: new AbortController().signal, attempt: 1 };
  const batch = [payloadOf({ id: "a" }), payloadOf({ id: "b" }), payloadOf({ id: "c" })];

  it("has a note of every record and every try", async () => {
    const { log, store } = logOf();
    const answers: ItemOutcome[][] = [
      [
        { status: "accepted" },
        { status: "retry", reason: "503" },
        { status: "rejected", code: "400", reason: "no" },
      ],
      [{ status: "retry" }],
      [{ status: "accepted" }],
    ];
    const watched = watchedExporter(
      exporterOf(() => ({ items: answers.shift() ?? [] })),
      log,
    );
    const first = await watched.export(batch, context);
    expect(first.items.map(({ status }) => status)).toEqual(["accepted", "retry", "rejected"]);
    await watched.export(batch.slice(1, 2), { ...context, attempt: 2 });
    // A batch that is made anew begins to count anew; its record does not.
    await watched.export(batch.slice(1, 2), { ...context, attempt: 1 });
    await log.flush();
    expect(store.kept.map(short)).toEqual([
      ["a", "sink", 1, "delivered", null, null],
      ["b", "sink", 1, "retry", null, "503"],
      ["c", "sink", 1, "rejected", "400", "no"],
      ["b", "sink", 2, "retry", null, null],
      ["b", "sink", 3, "delivered", null, null],
    ]);
    expect(log.latest("b")).toEqual({ sink: "delivered" });
  });

  it("throws what it throws, which is a try, too", async () => {
    const { log, store } = logOf();
    const watched = watchedExporter({ name: "sink", export: () => Promise.reject(new Error("boom")) }, log);
    await expect(watched.export(batch, context)).rejects.toThrow("boom");
    await log.flush();
    expect(store.kept.map(({ state, reason }) => [state, reason])).toEqual(
      batch.map(() => ["retry", "boom"]),
    );
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["no list", { items: "all" }],
    ["too few", { items: [{ status: "accepted" }] }],
    ["holes", { items: Array(3) }],
    ["words of its own", { items: batch.map(() => ({ status: "perhaps" })) }],
  ])("that answers %s is handed on, and nothing is noted that was not said", async (_, outcome) => {
    const { log } = logOf();
    const watched = watchedExporter(
      exporterOf(() => outcome as ExportOutcome),
      log,
    );
    expect(await watched.export(batch, context)).toBe(outcome);
    expect(log.stats().noted).toBe(0);
  });

  it("may empty the list that it was given", async () => {
    const { log } = logOf();
    const greedy: Exporter = {
      name: "sink",
      export: async (records) => ({
        items: (records as unknown[]).splice(0).map(() => ({ status: "accepted" as const })),
      }),
    };
    await watchedExporter(greedy, log).export([...batch], context);
    expect(["a", "b", "c"].map((id) => log.latest(id))).toEqual(batch.map(() => ({ sink: "delivered" })));
  });
});

describe("what the pipeline does itself", () => {
  it("is noted: dead and dropped records; a rejection once, whoever tells of it", async () => {
    const { log, store } = logOf({ without: ["ledger"] });
    log.tried("a", "sink", "rejected", 1, { code: "400", reason: "no" });
    log.onPipelineEvent({ type: "rejected", exporter: "sink", id: "a", code: "400", reason: "no" });
    log.onPipelineEvent({ type: "dead", exporter: "sink", id: "a", code: "400", reason: "no" });
    log.onPipelineEvent({ type: "rejected", exporter: "sink", id: "b", code: "threw", reason: "boom" });
    log.onPipelineEvent({ type: "dropped", exporter: "sink", id: "c", code: "no-room" });
    log.onPipelineEvent({ type: "dead", exporter: "ledger", id: "d", code: "no-id", reason: "no" });
    log.onPipelineEvent({ type: "spool-recovered" });
    await log.flush();
    expect(store.kept.map(short)).toEqual([
      ["a", "sink", 1, "rejected", "400", "no"],
      ["a", "sink", null, "dead", "400", "no"],
      ["b", "sink", null, "rejected", "threw", "boom"],
      ["c", "sink", null, "dropped", "no-room", null],
    ]);
  });

  it("about a sink as a whole is its last problem", () => {
    const { log } = logOf();
    expect(log.problemOf("sink")).toBeNull();
    log.onPipelineEvent({ type: "circuit-opened", exporter: "sink", ms: 1000, reason: "x".repeat(600) });
    expect(log.problemOf("sink")).toEqual({
      at: NOON * 1000,
      code: "circuit-opened",
      reason: "x".repeat(512),
    });
    log.tried("a", "sink", "delivered", 1);
    expect(log.problemOf("sink")?.code).toBe("circuit-opened");
  });

  it("comes out the same through a real pipeline", async () => {
    const { log, store } = logOf();
    const outcomes: Record<string, ItemOutcome> = {
      a: { status: "accepted" },
      b: { status: "rejected", code: "400", reason: "no" },
    };
    const exporter: Exporter = {
      name: "sink",
      export: async (records) => ({
        items: records.map(({ id }) => outcomes[id ?? ""] ?? { status: "accepted" }),
      }),
    };
    const pipeline = createPipeline({
      exporters: [watchedExporter(exporter, log)],
      onEvent: (event) => log.onPipelineEvent(event),
    });
    for (const id of ["a", "b"]) await pipeline.accept(payloadOf({ id }));
    await pipeline.close();
    await new Promise<void>((resolve) => setImmediate(resolve));
    await log.flush();
    expect(store.kept.map(({ id, state }) => [id, state])).toEqual([
      ["a", "delivered"],
      ["b", "rejected"],
    ]);
  });
});

describe("a record that is dropped before it was ever tried", () => {
  it("is noted under the id of its call, when it was seen being handed in", () => {
    const { log } = logOf();
    const payload = payloadOf({ id: "a" });
    log.knows(payload);
    log.onPipelineEvent({
      type: "dropped",
      exporter: "sink",
      id: payload.waybill.idempotencyKey,
      code: "no-room",
    });
    expect(log.latest("a")).toEqual({ sink: "dropped" });
  });

  it.each<[string, string, string | null]>([
    ["as Waybill writes it", JSON.stringify(payloadOf({ id: 'a"\\b' })), 'a"\\b'],
    ["in another order", '{"model":"x","litellm_call_id":"c"}', "c"],
    ["that is no JSON", '{"id":', null],
    ["without one", "[]", null],
    ["that is too long to be read", `{"x":"${"y".repeat(300_000)}","id":"a"}`, null],
  ])("has its id found in a text %s", (_, text, id) => {
    expect(idInText(text)).toBe(id);
  });
});

describe("events of deliveries", () => {
  it("are written a quarter of a second later, together", async () => {
    const { log, store, clock } = logOf();
    for (let n = 0; n < 30; n++) log.tried(`call-${n}`, "sink", "delivered", 1);
    await clock.advance(249);
    expect(store.batches).toEqual([]);
    await clock.advance(1);
    expect(store.batches).toEqual([30]);
    expect([log.stats(), clock.timers]).toEqual([{ noted: 30, written: 30, waiting: 0, lost: 0 }, 0]);
  });

  it("are written in batches of five hundred, all of them", async () => {
    const { log, store, clock } = logOf();
    for (let n = 0; n < 1200; n++) log.tried(`call-${n}`, "sink", "delivered", 1);
    await clock.advance(250);
    expect(store.batches).toEqual([500, 500, 200]);
    expect(store.kept.map(({ id }) => id)).toEqual(Array.from({ length: 1200 }, (_, n) => `call-${n}`));
  });

  it("wait while the ledger fails, and are written in order when it does not", async () => {
    const { log, store, clock, failures } = logOf();
    store.isFailing = true;
    log.tried("a", "sink", "retry", 1);
    await clock.advance(5000);
    log.tried("a", "sink", "delivered", 2);
    expect(failures).toEqual(["the disk is gone", "the disk is gone", "the disk is gone"]);
    store.isFailing = false;
    await clock.advance(2000);
    expect(store.kept.map(({ state }) => state)).toEqual(["retry", "delivered"]);
  });

  it("beyond what may wait are lost, the oldest first, and counted", async () => {
    const { log, store } = logOf({ mostWaiting: 100 });
    store.isFailing = true;
    for (let n = 0; n < 250; n++) log.tried(`call-${n}`, "sink", "delivered", 1);
    const { noted, lost, waiting } = log.stats();
    expect([noted, lost + waiting, waiting <= 100]).toEqual([250, 250, true]);
    store.isFailing = false;
    await log.flush();
    expect(store.kept.at(-1)?.id).toBe("call-249");
    expect(store.kept).toHaveLength(waiting);
  });

  it("do not fill the memory with what is remembered of them", () => {
    const { log } = logOf();
    for (let n = 0; n < 6000; n++) log.tried(`call-${n}`, "__proto__", "delivered", 1);
    expect([Object.entries(log.latest("call-0")), Object.entries(log.latest("call-5999"))]).toEqual([
      [],
      [["__proto__", "delivered"]],
    ]);
  });

  it("that are flushed while the ledger fails do not keep whoever waits", async () => {
    const { log, store } = logOf();
    store.isFailing = true;
    log.tried("a", "sink", "delivered", 1);
    await log.flush();
    expect(log.stats()).toMatchObject({ waiting: 1, written: 0 });
  });
});
