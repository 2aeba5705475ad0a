import { WaybillError, type ItemOutcome } from "@waybill/core";
import fc from "fast-check";
import { expect, it } from "vitest";

import { createPipeline, type Clock, type Durability, type Pipeline } from "../src/index.js";
import { FakeClock, settled } from "./fake-clock.js";
import { accepted, FakeExporter, payloadOf, rejected, retry } from "./fake-exporter.js";
import { imbalances } from "./harness.js";
import { MemorySpool } from "./memory-spool.js";

type Step =
  | { do: "accept"; count: number }
  | { do: "answer"; exporter: 0 | 1; how: "ok" | "fail" | "some" | "refuse" | "throw" | "hang" | "pause" }
  | { do: "advance"; ms: number }
  | { do: "jump"; ms: number }
  | { do: "break" | "repair" | "flush" | "crash" | "close" };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("accept" as const), count: fc.integer({ min: 1, max: 40 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("answer" as const),
      exporter: fc.constantFrom(0 as const, 1 as const),
      how: fc.constantFrom("ok", "fail", "some", "refuse", "throw", "hang", "pause"),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("advance" as const),
      ms: fc.constantFrom(0, 1, 500, 1000, 31_000, 700_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("jump" as const), ms: fc.constantFrom(-86_400_000, 86_400_000) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("break", "repair", "flush", "crash", "close") }) },
);

/** The timers of one process. They are gone with it. */
class MortalClock implements Clock {
  readonly #clock: FakeClock;
  isAlive = true;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(ms: number, call: () => void, isVital: boolean): () => void {
    return this.#clock.after(ms, () => (this.isAlive ? call() : undefined), isVital);
  }
}

/** A pipeline and its sinks in a world where everything may fail. */
class World {
  readonly clock = new FakeClock();
  readonly spool: MemorySpool | undefined;
  readonly exporters = [new FakeExporter("a"), new FakeExporter("b")] as const;
  readonly #durability: Durability;
  pipeline: Pipeline;
  accepted = 0;
  /** Ids whose receipt said that they survive, or would have. */
  readonly durable = new Set<string>();
  readonly refused = new Set<string>();
  #pipelines = 0;
  #process = new MortalClock(this.clock);

  constructor(durability: Durability, hasSpool: boolean) {
    this.#durability = hasSpool ? durability : "memory";
    this.spool = hasSpool ? new MemorySpool(this.clock) : undefined;
    this.pipeline = this.#start();
  }

  #start(): Pipeline {
    this.#process = new MortalClock(this.clock);
    const owner = `pipeline-${this.#pipelines++}`;
    return createPipeline({
      exporters: this.exporters,
      spool: this.spool,
      durability: this.#durability,
      clock: this.#process,
      newId: () => owner,
      random: () => 0.5,
      limits: { memoryRecords: 50, batchRecords: 8, exportTimeoutMs: 5000 },
    });
  }

  async run(step: Step): Promise<void> {
    switch (step.do) {
      case "accept":
        for (let at = 0; at < step.count; at++) {
          const id = `r${this.accepted++}`;
          void this.pipeline.accept(payloadOf(id)).then(({ durability }) => {
            if (durability === "flushed" || durability === "durable") this.durable.add(id);
          });
        }
        break;
      case "answer":
        this.exporters[step.exporter].answer = (batch) => {
          if (step.how === "throw" || step.how === "hang") return step.how;
          const one = step.how === "refuse" ? rejected : step.how === "ok" ? accepted : retry;
          const items: ItemOutcome[] = batch.map((_, at) =>
            step.how === "some" && at % 2 === 0 ? accepted : one,
          );
          for (const [at, item] of items.entries())
            if (item.status === "rejected") this.refused.add(`${step.exporter} ${batch[at]?.id ?? ""}`);
          return step.how === "pause" ? { items, pause: { ms: 60_000, reason: "429" } } : items;
        };
        break;
      case "advance":
        await this.clock.advance(step.ms);
        break;
      case "jump":
        this.clock.offset += step.ms;
        break;
      case "break":
        if (this.spool) this.spool.failure = new WaybillError("disk-full", "full");
        break;
      case "repair":
        if (this.spool) this.spool.failure = undefined;
        break;
      case "flush":
        void this.pipeline.flush();
        break;
      case "crash":
        // The process is gone: nothing of it moves any more, and only the spool is left.
        await settled();
        for (const exporter of this.exporters) exporter.answer = () => "hang";
        this.#process.isAlive = false;
        this.pipeline = this.#start();
        break;
      case "close": {
        const closing = this.pipeline.close({ deadlineMs: 100 });
        await this.clock.advance(200);
        await closing;
        this.pipeline = this.#start();
        break;
      }
    }
    await settled();
  }

  /** Everything works again, for as long as it takes. */
  async recover(): Promise<void> {
    if (this.spool) this.spool.failure = undefined;
    for (const exporter of this.exporters) exporter.answer = () => accepted;
    for (let hour = 0; hour < 6; hour++) await this.clock.advance(3_600_000);
  }
}

const runs = Number(process.env["WAYBILL_MODEL_RUNS"] ?? 150);

it("never loses count of a record, whatever happens", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyStep, { minLength: 1, maxLength: 25 }),
      fc.constantFrom<Durability>("durable", "flushed", "memory"),
      fc.boolean(),
      async (steps, durability, hasSpool) => {
        const world = new World(durability, hasSpool);
        for (const each of steps) {
          await world.run(each);
          expect(imbalances(world.pipeline)).toEqual([]);
        }
        await world.recover();
        expect(imbalances(world.pipeline)).toEqual([]);
        const stats = world.pipeline.stats();
        for (const name of ["a", "b"])
          expect(stats[name]).toMatchObject({ buffered: 0, inFlight: 0, oldestAgeMs: null });
        expect(world.pipeline.health().memory).toMatchObject({ records: 0, bytes: 0 });
        // What was promised to survive has arrived, or was refused by the other side; nothing else has.
        world.exporters.forEach((exporter, at) => {
          const arrived = new Set(exporter.accepted);
          const lost = [...world.durable].filter(
            (id) => !arrived.has(id) && !world.refused.has(`${at} ${id}`),
          );
          expect(lost).toEqual([]);
          expect([...arrived].filter((id) => Number(id.slice(1)) >= world.accepted)).toEqual([]);
        });
      },
    ),
    { numRuns: runs },
  );
}, 120_000);
