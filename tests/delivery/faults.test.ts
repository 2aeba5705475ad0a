import type { Exporter } from "@waybill/core";
import { langfuseExporter } from "@waybill/exporter-langfuse";
import { otlpExporter } from "@waybill/exporter-otlp";
import {
  createPipeline,
  type Clock,
  type ExporterStats,
  type Pipeline,
  type PipelineEvent,
} from "@waybill/pipeline";
import { startLangfuseStub, startOtlpCollectorStub, type Faults, type LoopbackFault } from "@waybill/testkit";
import { afterEach, describe, expect, it } from "vitest";

import { numbers, payloadOf } from "./calls.js";
import { scaledClock } from "./scaled-clock.js";

/* What is lost when the other side fails: nothing. Ten seconds of an outage are a tenth of one here. */

const open: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

/** What the tests need of a stub, whatever it speaks. */
type Receiver = {
  exporter: Exporter;
  stub: { faults: Faults<LoopbackFault>; requests: readonly { text: string }[]; close(): Promise<void> };
  /** How many different records it has, and how often they were stored. */
  distinct(): number;
  rows(): number;
};

type Settings = { clock: Clock; maxBodyBytes?: number };

const transports: Record<string, (settings: Settings) => Promise<Receiver>> = {
  async otlp({ clock, ...options }) {
    const stub = await startOtlpCollectorStub(options);
    const exporter = otlpExporter({ endpoint: stub.endpoint, content: "attributes", now: () => clock.now() });
    const rows = (): number => stub.spans.length;
    return { stub: stub as Receiver["stub"], exporter, distinct: () => stub.collapsed().size, rows };
  },
  "langfuse otlp": async (settings) => langfuse("otlp", settings),
  "langfuse batch": async (settings) => langfuse("batch", settings),
};

async function langfuse(transport: "otlp" | "batch", { clock, ...options }: Settings): Promise<Receiver> {
  const stub = await startLangfuseStub(options);
  const { baseUrl, publicKey, secretKey } = stub;
  const exporter = langfuseExporter({ baseUrl, publicKey, secretKey, transport, now: () => clock.now() });
  return {
    stub: stub as Receiver["stub"],
    exporter,
    distinct: () => stub.stored.observations().size,
    rows: () => (transport === "otlp" ? stub.stored.rows.length : sum([...stub.stored.sends.values()]) / 2),
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

type World = Receiver & { pipeline: Pipeline; clock: Clock; events: PipelineEvent[]; transport: string };

async function world(
  transport: string,
  options: { maxBodyBytes?: number; factor?: number } = {},
): Promise<World> {
  const { factor = 100, ...settings } = options;
  const clock = scaledClock(factor);
  const receiver = await (transports[transport] as (settings: Settings) => Promise<Receiver>)({
    clock,
    ...settings,
  });
  const events: PipelineEvent[] = [];
  const pipeline = createPipeline({
    exporters: [receiver.exporter],
    clock,
    // Two seconds here, for a machine that has other things to do.
    limits: { exportTimeoutMs: 2000 * factor, batchRecords: 50 },
    onEvent: (event) => events.push(event),
  });
  open.push(receiver.stub, { close: () => pipeline.close({ deadlineMs: 0 }) });
  return { ...receiver, pipeline, clock, events, transport };
}

function statsOf({ pipeline, exporter }: World): ExporterStats | undefined {
  return pipeline.stats()[exporter.name];
}

/** Hands in records, and waits until the receiver has them all. */
async function deliver(test: World, count: number): Promise<void> {
  const receipts = await Promise.all(
    numbers(count).map(async (number) => test.pipeline.accept(payloadOf(number))),
  );
  expect(new Set(receipts.map(({ status }) => status))).toEqual(new Set(["buffered"]));
  const done = (): boolean => {
    const { accepted = 0, sent = 0, rejected = 0, dropped = 0 } = statsOf(test) ?? {};
    return sent + rejected + dropped === accepted;
  };
  await expect.poll(done, { timeout: 50_000, interval: 20 }).toBe(true);
}

const COUNT = 300;

describe.each(Object.keys(transports))(
  "nothing is lost, and everything counted, when a receiver of %s",
  (transport) => {
    const forTenSeconds = (fault: LoopbackFault) => (clock: Clock) => {
      const start = clock.monotonic();
      return () => (clock.monotonic() - start < 10_000 ? fault : undefined);
    };

    it.each<[string, (clock: Clock) => () => LoopbackFault | undefined]>([
      ["answers 500 for ten seconds", forTenSeconds({ kind: "status", status: 500 })],
      ["does not answer for ten seconds", forTenSeconds({ kind: "stall" })],
      ["breaks every connection for ten seconds", forTenSeconds({ kind: "reset-before" })],
      [
        "answers pages for ten seconds",
        forTenSeconds({ kind: "status", status: 503, body: "<html>", contentType: "text/html" }),
      ],
    ])("%s", async (_, faultsOf) => {
      const test = await world(transport);
      test.stub.faults = faultsOf(test.clock);
      await deliver(test, COUNT);
      expect(statsOf(test)).toMatchObject({
        accepted: COUNT,
        sent: COUNT,
        dropped: 0,
        rejected: 0,
      });
      expect(test.distinct()).toBe(COUNT);
      expect(test.rows()).toBe(COUNT);
    });

    it("stores and breaks the connection: the same bytes come twice", async () => {
      const test = await world(transport);
      test.stub.faults = [{ kind: "reset-after" }, { kind: "reset-after" }];
      await deliver(test, 40);
      expect(test.stub.requests).toHaveLength(3);
      expect(new Set(test.stub.requests.map(({ text }) => text)).size).toBe(1);
      expect([test.rows(), test.distinct()]).toEqual([120, 40]);
    });

    it.each([
      ["in seconds", () => "7"],
      ["as a date", (clock: Clock) => new Date(Math.ceil(clock.now() / 1000) * 1000 + 7000).toUTCString()],
    ])("asks for seven seconds of patience %s", async (_, retryAfterOf) => {
      const test = await world(transport);
      let refusedAt = 0;
      let acceptedAt = 0;
      test.stub.faults = (request) => {
        if (request > 0) {
          acceptedAt ||= test.clock.monotonic();
          return undefined;
        }
        refusedAt = test.clock.monotonic();
        return { kind: "status", status: 429, retryAfter: retryAfterOf(test.clock) };
      };
      await deliver(test, 10);
      expect(acceptedAt - refusedAt).toBeGreaterThan(6900);
      expect(test.events).toContainEqual(
        expect.objectContaining({ type: "paused", exporter: test.exporter.name }),
      );
      expect(statsOf(test)).toMatchObject({ sent: 10 });
    });

    it("takes small bodies only: batches are split, and nothing else", async () => {
      const test = await world(transport, { maxBodyBytes: 8000 });
      await deliver(test, COUNT);
      expect(statsOf(test)).toMatchObject({ sent: COUNT, degraded: 0 });
      expect(test.distinct()).toBe(COUNT);
    });

    it("refuses one record of a hundred: the others pass, and that one is counted", async () => {
      const test = await world(transport);
      test.stub.faults = (_, __, text) =>
        /chatcmpl-57[^0-9]/.test(text) ? { kind: "status", status: 400, body: "bad span" } : undefined;
      await deliver(test, 100);
      expect(statsOf(test)).toMatchObject({ sent: 99, rejected: 1, rejectedBy: { 400: 1 } });
      expect(test.distinct()).toBe(99);
      expect(test.stub.requests.length).toBeLessThan(20);
    });

    it("refuses the key until it is mended: everything waits meanwhile", async () => {
      const test = await world(transport, { factor: 1000 });
      const start = test.clock.monotonic();
      const repairedAt = start + 400_000;
      test.stub.faults = () =>
        test.clock.monotonic() < repairedAt
          ? { kind: "status", status: 401, body: "Invalid credentials" }
          : undefined;
      await deliver(test, 100);
      expect(test.distinct()).toBe(100);
      expect(statsOf(test)).toMatchObject({ sent: 100, rejected: 0 });
      // A probe every five minutes, not a storm.
      expect(test.stub.requests.length).toBeLessThan(8);
      expect(test.events[0]).toMatchObject({ type: "paused", ms: 300_000 });
    });

    it("redirects: nothing follows", async () => {
      const elsewhere = await startOtlpCollectorStub();
      open.push(elsewhere);
      const test = await world(transport);
      test.stub.faults = [{ kind: "redirect", location: `${elsewhere.endpoint}/v1/traces` }];
      await deliver(test, 5);
      expect(elsewhere.requests).toEqual([]);
      expect(test.distinct()).toBe(5);
    });
  },
);

describe("nothing is lost, and everything counted, when a collector", () => {
  it("refuses some without saying which: they are counted, and nothing is sent twice", async () => {
    const test = await world("otlp");
    test.stub.faults = [{ kind: "partial", rejected: 3 } as never];
    await deliver(test, 40);
    expect(test.rows()).toBe(37);
    expect(statsOf(test)).toMatchObject({ sent: 40, unattributedRejected: 3 });
  });
});
