import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRateLimiter, type RateLimits } from "../../server/access/rate-limit.js";

function world(limits: RateLimits = {}) {
  const clock = { at: 0 };
  return { clock, limiter: createRateLimiter(limits, () => clock.at) };
}

describe("requests", () => {
  it("are 60 in ten seconds, and the next one when the first of them is ten seconds ago", () => {
    const { clock, limiter } = world();
    for (let count = 0; count < 60; count++) {
      clock.at = count * 100;
      expect(limiter.take("a")).toEqual({ ok: true });
    }
    expect(limiter.take("a")).toEqual({ ok: false, afterMs: 4100 });
    expect(limiter.take("b")).toEqual({ ok: true });
    clock.at = 9999;
    expect(limiter.take("a")).toEqual({ ok: false, afterMs: 1 });
    clock.at = 10_000;
    expect(limiter.take("a")).toEqual({ ok: true });
  });

  it("are never more in any span than allowed, and are not refused without need", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 80 }), (gaps) => {
        const { clock, limiter } = world({ requests: 5, spanMs: 1000 });
        const taken: number[] = [];
        for (const gap of gaps) {
          clock.at += gap;
          const within = taken.filter((moment) => clock.at - moment < 1000).length;
          expect(limiter.take("a").ok).toBe(within < 5);
          if (within < 5) taken.push(clock.at);
        }
      }),
    );
  });
});

describe("queries", () => {
  it("are four at once, each ended once", () => {
    const { limiter } = world();
    const leave = Array.from({ length: 4 }, () => limiter.enter("a"));
    expect(limiter.enter("a")).toBeUndefined();
    expect(limiter.enter("b")).toBeTypeOf("function");
    leave[0]?.();
    leave[0]?.();
    expect(limiter.enter("a")).toBeTypeOf("function");
    expect(limiter.enter("a")).toBeUndefined();
  });
});

describe("clients", () => {
  it("without end share one account, so that many names gain nothing", () => {
    const { limiter } = world({ maxClients: 10, requests: 5 });
    for (let index = 0; index < 10; index++) expect(limiter.take(`known ${index}`).ok).toBe(true);
    const strangers = Array.from({ length: 100 }, (_, index) => limiter.take(`stranger ${index}`).ok);
    expect(strangers.filter(Boolean)).toHaveLength(5);
    expect(limiter.take("known 3").ok).toBe(true);
    expect(limiter.size).toBeLessThanOrEqual(11);
  });

  it("that were quiet make room", () => {
    const { clock, limiter } = world({ maxClients: 10 });
    for (let index = 0; index < 10; index++) limiter.take(`old ${index}`);
    clock.at = 20_000;
    for (let index = 0; index < 10; index++) expect(limiter.take(`new ${index}`).ok).toBe(true);
    expect(limiter.size).toBeLessThanOrEqual(10);
  });

  it("with a query under way are not forgotten", () => {
    const { clock, limiter } = world({ maxClients: 2, concurrent: 1 });
    const leave = limiter.enter("a");
    clock.at = 60_000;
    for (const name of ["b", "c", "d"]) limiter.take(name);
    expect(limiter.enter("a")).toBeUndefined();
    leave?.();
    expect(limiter.enter("a")).toBeTypeOf("function");
  });

  it("may have any name", () => {
    const { limiter } = world({ requests: 1 });
    for (const name of ["__proto__", "constructor", "", "\ud800"]) {
      expect(limiter.take(name).ok).toBe(true);
      expect(limiter.take(name).ok).toBe(false);
    }
  });
});
