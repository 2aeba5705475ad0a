import { setMaxListeners } from "node:events";

import { systemClock, type Clock } from "../upstream/clock.js";
import { planTraffic, type TrafficCall, type TrafficPlanOptions } from "./plan-traffic.js";

/** How traffic is made. */
export type TrafficOptions = TrafficPlanOptions & {
  /** Makes a call, to the end of its answer; stops when the signal aborts. */
  send: (call: TrafficCall, signal: AbortSignal) => Promise<void>;
  seed: number;
  clock?: Clock | undefined;
  /** Hears of calls that could not be made. */
  onFailure?: ((call: TrafficCall, error: unknown) => void) | undefined;
};

/** What became of the calls so far. */
export type TrafficCounts = {
  sent: number;
  failed: number;
  /** Not sent, since too many were on their way. */
  skipped: number;
};

/** Traffic that runs. */
export type Traffic = {
  counts: () => TrafficCounts;
  /** Stops: calls on their way are aborted, and it resolves when all are over. */
  stop: () => Promise<void>;
};

/** A gateway that does not answer is not to be buried. */
const MOST_AT_ONCE = 64;

/** Behind by more than this, as after a sleep of the machine, the plan goes on from now. */
const MOST_BEHIND_MS = 5000;

/** Makes the calls of a plan, each at its time. */
export function startTraffic(options: TrafficOptions): Traffic {
  const { send, seed, clock = systemClock, onFailure } = options;
  // In advance: a plan that makes no sense is the caller's to know.
  const plan = planTraffic(seed, options);
  let next = plan.next().value;
  const stopping = new AbortController();
  const { signal } = stopping;
  // Every call on its way may listen; that is no leak.
  setMaxListeners(0, signal);
  const running = new Set<Promise<void>>();
  const counts: TrafficCounts = { sent: 0, failed: 0, skipped: 0 };

  async function make(call: TrafficCall): Promise<void> {
    counts.sent++;
    try {
      await send(call, signal);
    } catch (error) {
      if (signal.aborted) return;
      counts.failed++;
      onFailure?.(call, error);
    }
  }

  async function run(): Promise<void> {
    let start = clock.now();
    for (;;) {
      const wait = start + next.at - clock.now();
      if (wait < -MOST_BEHIND_MS) start -= wait;
      else if (wait > 0) await clock.wait(wait, signal);
      if (signal.aborted) return;
      if (running.size >= MOST_AT_ONCE) counts.skipped++;
      else {
        const call = make(next);
        running.add(call);
        void call.then(() => running.delete(call));
      }
      next = plan.next().value;
    }
  }

  const ran = run();
  return {
    counts: () => ({ ...counts }),
    stop: async () => {
      stopping.abort();
      await ran;
      await Promise.all(running);
    },
  };
}
