import { rmSync } from "node:fs";

import type { SpoolRecord, SpooledRecord, SpoolSettlement, SpoolStore } from "@waybill/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { openSpoolIn } from "../src/open-spool.js";
import type { FolderSpool } from "../src/store/spool.js";
import { MemorySpool } from "./memory-spool.js";
import { brokenIn, segmentsIn, temporaryFolder } from "./spool-folder.js";

const sinks = ["a", "b"];
const owners = ["one", "two"];

const anySink = fc.constantFrom(...sinks);
const anyOwner = fc.constantFrom(...owners);
const leaseMs = fc.constantFrom(50, 1000, 30_000);

const anyRecord = fc.record({
  size: fc.constantFrom(10, 500, 1990, 4100, 30_000),
  sinks: fc.constantFrom(["a"], ["b"], ["a", "b"], []),
});

/** Which of the records that an owner took are meant: every so manieth. */
const part = fc.record({ from: fc.nat(3), step: fc.integer({ min: 1, max: 3 }) });

const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("append" as const),
      records: fc.array(anyRecord, { maxLength: 12 }),
      owner: fc.option(anyOwner),
      leased: fc.constantFrom(undefined, [], ["a"], ["a", "b"]),
      leaseMs,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("claim" as const),
      sink: anySink,
      owner: anyOwner,
      leaseMs,
      maxRecords: fc.integer({ min: 1, max: 20 }),
      maxBytes: fc.constantFrom(1, 5000, 1e9),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      sink: anySink,
      owner: anyOwner,
      part,
      status: fc.constantFrom("done" as const, "done" as const, "retry" as const, "dead" as const),
      delay: fc.constantFrom(-5, 0, 100, 5000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("renew" as const), owner: anyOwner, leaseMs }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("release" as const), owner: anyOwner }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(1, 60, 1001, 40_000, 86_400_000, -500, -86_400_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reopen" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("sync" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("revive" as const), sink: anySink, part: fc.option(part) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("purge" as const), sink: anySink, part: fc.option(part) }),
  },
);

type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;

/** The real spool, open in two places at a time, beside the model. */
class Pair {
  readonly clock = { time: 1_700_000_000_000 };
  readonly model = new MemorySpool(() => this.clock.time);
  readonly dir = temporaryFolder();
  readonly problems: unknown[] = [];
  spools: FolderSpool[] = [];
  readonly #taken = new Map<string, SpooledRecord[]>();
  #count = 0;

  async open(): Promise<FolderSpool> {
    const limits = { now: () => this.clock.time, segmentBytes: 65_536, flushAfterMs: 2 ** 31 - 1 };
    return openSpoolIn(
      this.dir,
      { ...limits, onProblem: (problem) => void this.problems.push(problem) },
      "this-run",
    );
  }

  both<T>(at: number, call: (spool: SpoolStore) => T): T {
    const expected = call(this.model);
    const spool = this.spools[at];
    if (!spool) throw new Error("it is not open");
    expectSame(call(spool), expected);
    return expected;
  }

  async run(step: Action, at: number): Promise<void> {
    switch (step.do) {
      case "append": {
        const records = step.records.map((each): SpoolRecord => {
          const id = `r${this.#count++}`;
          return { id, text: JSON.stringify({ id, pad: "é".repeat(each.size / 2) }), sinks: each.sinks };
        });
        const claim =
          step.owner === null ? undefined : { owner: step.owner, leaseMs: step.leaseMs, sinks: step.leased };
        const keys = this.both(at, (spool) => spool.append(records, claim));
        if (claim) {
          const taken = records.map(({ id, text }, index) => ({
            key: keys[index] ?? "",
            id,
            text,
            storedAt: 0,
            attempts: 0,
          }));
          for (const sink of sinks) this.#remember(sink, claim.owner, taken);
        }
        return;
      }
      case "claim":
        this.#remember(
          step.sink,
          step.owner,
          this.both(at, (spool) => spool.claim(step.sink, step)),
        );
        return;
      case "settle": {
        const taken = this.#taken.get(`${step.sink} ${step.owner}`) ?? [];
        const settlements = partOf(taken, step.part).map(({ key }): SpoolSettlement => {
          if (step.status === "done") return { key, status: "done" };
          if (step.status === "dead") return { key, status: "dead", code: "bad", reason: `no ${key}` };
          return { key, status: "retry", notBefore: this.clock.time + step.delay };
        });
        this.both(at, (spool) => spool.settle(step.sink, step.owner, settlements));
        return;
      }
      case "renew":
        this.both(at, (spool) => spool.renew(step));
        return;
      case "release":
        this.both(at, (spool) => spool.release(step.owner));
        return;
      case "wait":
        this.clock.time += step.ms;
        // Somebody looks at the clock before it moves again.
        this.both(at, (spool) => spool.renew({ owner: "nobody", leaseMs: 1 }));
        return;
      case "sync":
        await this.spools[at]?.sync();
        return;
      case "reopen":
        await this.spools[at]?.close();
        this.spools[at] = await this.open();
        return;
      case "revive":
      case "purge": {
        const letters = this.model.deadLetters(step.sink);
        const keys = step.part === null ? undefined : partOf(letters, step.part).map(({ key }) => key);
        this.both(at, (spool) => spool[step.do](step.sink, keys));
      }
    }
  }

  compare(at: number): void {
    this.both(at, (spool) => spool.sinks());
    for (const sink of sinks) {
      this.both(at, (spool) => ({ ...spool.stats(sink), deadBytes: 0 }));
      this.both(at, (spool) => spool.deadLetters(sink));
    }
    const { bytes } = this.spools[at]?.usage() ?? { bytes: -1 };
    const texts = this.model.usage().bytes;
    expectSame([bytes === 0, bytes >= texts, this.problems], [texts === 0, true, []]);
  }

  async close(): Promise<void> {
    await Promise.all(this.spools.map(async (spool) => spool.close()));
  }

  #remember(sink: string, owner: string, taken: SpooledRecord[]): void {
    const key = `${sink} ${owner}`;
    this.#taken.set(key, [...(this.#taken.get(key) ?? []), ...taken].slice(-40));
  }
}

function expectSame(actual: unknown, expected: unknown): void {
  expect(actual).toEqual(expected);
}

function partOf<T>(list: readonly T[], { from, step }: { from: number; step: number }): T[] {
  return list.filter((_, index) => index >= from && (index - from) % step === 0);
}

const runs = Number(process.env["WAYBILL_MODEL_RUNS"] ?? 60);

describe("a spool and a plain list", () => {
  it("do the same, whatever two processes ask of them", async () => {
    const steps = fc.array(fc.tuple(action, fc.nat(1)), { minLength: 1, maxLength: 120, size: "max" });
    const seen = { segments: 0 };
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const pair = new Pair();
        try {
          pair.spools = [await pair.open(), await pair.open()];
          for (const [step, at] of list) {
            await pair.run(step, at);
            pair.compare(1 - at);
            seen.segments = Math.max(seen.segments, segmentsIn(pair.dir).length);
          }
          expect(brokenIn(pair.dir)).toEqual([]);
        } finally {
          await pair.close();
          rmSync(pair.dir, { recursive: true, force: true });
        }
      }),
      { numRuns: runs },
    );
    // Otherwise it did not try what it is there for.
    expect(seen.segments).toBeGreaterThan(2);
  });
});
