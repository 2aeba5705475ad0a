import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { planTraffic, type TrafficCall } from "../../server/traffic/plan-traffic.js";
import { keyShares, kindShares } from "../../server/traffic/traffic-kinds.js";
import { bundledRecordings } from "../../server/upstream/bundled-recordings.js";

const recordings = bundledRecordings();

function plan(seed: number, count: number, ratePerMinute?: number): TrafficCall[] {
  const calls: TrafficCall[] = [];
  for (const call of planTraffic(seed, { recordings, ratePerMinute })) {
    calls.push(call);
    if (calls.length === count) break;
  }
  return calls;
}

const seeds = fc.integer({ min: 0, max: 0xffff_ffff });

describe("planned traffic", () => {
  it("is the same for the same seed, and another for another", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(plan(seed, 50)).toEqual(plan(seed, 50));
        expect(plan(seed, 50)).not.toEqual(plan((seed + 1) % 2 ** 32, 50));
      }),
      { numRuns: 20 },
    );
  });

  it("has its shares of kinds and keys within two points, whatever the seed", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const calls = plan(seed, 10_000);
        for (const [kind, share] of kindShares) {
          const count = calls.filter((call) => call.kind === kind).length;
          expect(Math.abs(count / 100 - share), kind).toBeLessThan(2);
          expect(count, kind).toBeGreaterThan(0);
        }
        for (const [key, share] of keyShares) {
          const count = calls.filter((call) => call.key === key).length;
          expect(Math.abs(count / 100 - share), key).toBeLessThan(2);
        }
      }),
      { numRuns: 10 },
    );
    expect(kindShares.reduce((sum, [, share]) => sum + share, 0)).toBe(100);
  });

  it("has in order of time a stream, a tool call, a failure and a mismatch within 15 seconds", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const calls = plan(seed, 200);
        const times = calls.map(({ at }) => at);
        expect(times).toEqual(times.toSorted((left, right) => left - right));
        const early = calls.filter(({ at }) => at < 15_000).map(({ kind }) => kind);
        for (const kind of ["stream", "tool", "failed", "mismatch"]) expect(early).toContain(kind);
      }),
      { numRuns: 30 },
    );
  });

  it("arrives as often as asked for, with a burst of eight every three minutes", () => {
    const calls = plan(1, 10_000);
    const minutes = (calls.at(-1)?.at ?? 0) / 60_000;
    // 14 a minute, and 8 in three minutes.
    expect(10_000 / minutes / (14 + 8 / 3)).toBeCloseTo(1, 1);
    for (let burst = 1; burst < 50; burst++) {
      const near = calls.filter(({ at }) => at >= burst * 180_000 && at < burst * 180_000 + 1000);
      expect(near.length).toBeGreaterThanOrEqual(8);
    }
    const slow = plan(1, 1000, 1);
    expect((slow.at(-1)?.at ?? 0) / 60_000).toBeGreaterThan(200);
  });

  it("tags every call, and tells the upstream what is to go wrong", () => {
    for (const { id, kind, headers, path, body, leavesAfter } of plan(7, 2000)) {
      expect(headers["x-waybill-tags"]).toBe(`demo,${kind}`);
      const fault = { retried: `429; ${id}`, failed: "500", cut: "cut" }[kind as string];
      expect(headers["x-waybill-demo-fault"]).toBe(fault);
      expect(leavesAfter !== undefined).toBe(kind === "leaves");
      expect(["/chat/completions", "/embeddings", "/responses"]).toContain(path);
      expect(body).toHaveProperty("model");
    }
  });

  it.each([0, -1, NaN, Infinity])("refuses a rate of %d", (ratePerMinute) => {
    expect(() => plan(1, 1, ratePerMinute)).toThrow("ratePerMinute");
  });

  it("needs recordings of every kind", () => {
    expect(() => planTraffic(1, { recordings: [] }).next()).toThrow("no recording is of the kind stream");
  });
});
