import { random } from "@waybill/testkit";
import { describe, expect, it } from "vitest";

import { bundledRecordings } from "../../server/upstream/bundled-recordings.js";
import { createBundledUpstream } from "../../server/upstream/bundled-upstream.js";
import { systemClock, type Clock } from "../../server/upstream/clock.js";
import { naturalPace } from "../../server/upstream/pace.js";

const body = JSON.stringify({
  model: "gpt-4o",
  stream: true,
  messages: [{ role: "user", content: "Which planet has rings?" }],
});

const chance = (seed: number) => {
  const source = random(seed);
  return () => source.next();
};

function ask(clock: Clock, signal?: AbortSignal) {
  const upstream = createBundledUpstream({ recordings: bundledRecordings(), clock, random: chance(3) });
  return upstream("http://upstream.invalid/v1/chat/completions", {
    method: "POST",
    body,
    ...(signal ? { signal } : {}),
  });
}

describe("the natural pace", () => {
  const paces = Array.from({ length: 20_000 }, (_, seed) => naturalPace(chance(seed * 7919)));
  const firsts = paces.map(({ headers, gapBefore }) => headers + gapBefore(0)).toSorted((a, b) => a - b);
  const at = (share: number) => firsts[Math.floor(share * firsts.length)] ?? 0;

  it("has first tokens around 0.4 s, log-normal with sigma 0.6", () => {
    expect(at(0.5) / 400).toBeCloseTo(1, 1);
    expect(Math.log(at(0.8413) / at(0.5))).toBeCloseTo(0.6, 1);
    expect(Math.log(at(0.5) / at(0.1587))).toBeCloseTo(0.6, 1);
  });

  it("has gaps around 25 ms, and one stall of 0.5 to 3 s in two of a hundred streams", () => {
    const gaps = paces.map(({ gapBefore }) => Array.from({ length: 40 }, (_, event) => gapBefore(event + 1)));
    const stalls = gaps.map((own) => own.filter((gap) => gap > 100));
    expect(stalls.filter(({ length }) => length > 1)).toEqual([]);
    const all = stalls.flat();
    expect(all.length / paces.length).toBeCloseTo(0.02, 2);
    expect([Math.min(...all) >= 500, Math.max(...all) <= 3000]).toEqual([true, true]);
    const plain = gaps.flat().filter((gap) => gap <= 100);
    expect(plain.reduce((sum, gap) => sum + gap, 0) / plain.length).toBeCloseTo(25, 0);
  });
});

describe("a paced answer", () => {
  it("waits for its headers and before each event, and for nothing else", async () => {
    const waits: number[] = [];
    const response = await ask({ now: () => 0, wait: async (milliseconds) => void waits.push(milliseconds) });
    expect(waits).toHaveLength(1);
    const events = (await response.text()).split("\n\n").length - 1;
    expect(waits).toHaveLength(1 + events);
    expect(Math.min(...waits)).toBeGreaterThan(5);
  });

  it("ends in the middle of a wait when it is aborted", async () => {
    const leaving = new AbortController();
    let waits = 0;
    const clock: Clock = {
      now: () => 0,
      wait: (_, signal) =>
        ++waits < 5
          ? Promise.resolve()
          : new Promise((resolve) => {
              signal?.addEventListener("abort", () => resolve(), { once: true });
              leaving.abort(new DOMException("gone", "AbortError"));
            }),
    };
    const response = await ask(clock, leaving.signal);
    await expect(response.text()).rejects.toThrow("gone");
    expect(waits).toBe(5);
  });

  it("is not begun for who has left before the headers, and not waited for by who stops reading", async () => {
    await expect(ask(systemClock, AbortSignal.abort(new Error("left")))).rejects.toThrow("left");
    let waits = 0;
    let isEnded = false;
    let begun = (): void => {};
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    const response = await ask({
      now: () => 0,
      wait: (_, signal) => {
        if (++waits < 3) return Promise.resolve();
        begun();
        return new Promise((resolve) => {
          signal?.addEventListener("abort", () => resolve(void (isEnded = true)), { once: true });
        });
      },
    });
    const reader = response.body!.getReader();
    await reader.read();
    const pending = reader.read();
    await hasBegun;
    await reader.cancel();
    expect([(await pending).done, isEnded]).toEqual([true, true]);
  });
});
