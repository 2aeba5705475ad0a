import { WaybillError, type Recording } from "@waybill/core";
import { random, type Random } from "@waybill/testkit";

import { bundledRecordings } from "../upstream/bundled-recordings.js";
import { faultHeader } from "../upstream/demo-fault.js";
import {
  keyShares,
  kindShares,
  recordingsByKind,
  type TrafficKey,
  type TrafficKind,
} from "./traffic-kinds.js";

/** One planned call. */
export type TrafficCall = {
  /** Unique within a plan. */
  id: string;
  /** Milliseconds since the traffic began. */
  at: number;
  kind: TrafficKind;
  key: TrafficKey;
  /** Below the base address: `/chat/completions`. */
  path: string;
  body: object;
  /** Tags, and what is to go wrong. */
  headers: Record<string, string>;
  /** So many events are read before the client leaves; undefined for one that stays. */
  leavesAfter: number | undefined;
};

/** What a plan is made for. */
export type TrafficPlanOptions = {
  /** 14 by default. */
  ratePerMinute?: number | undefined;
  /** Those that are bundled by default. */
  recordings?: readonly Recording[] | undefined;
};

const MINUTE = 60_000;
const BURST = { every: 3 * MINUTE, calls: 8, apart: 120 };

/** What a page has something to show with, soon after its start. */
const opening: readonly (readonly [at: number, kind: TrafficKind])[] = [
  [800, "stream"],
  [3000, "tool"],
  [6500, "failed"],
  [10_000, "mismatch"],
];

/** What only the bundled upstream understands, by kind. */
const faults: Partial<Record<TrafficKind, string>> = { retried: "429", failed: "500", cut: "cut" };

/**
 * The calls of the demo, in the order of their time, without end; the same for the same seed. Calls arrive as people do, at
 * random and independently, with a burst now and then.
 * @throws WaybillError `bad-option`
 */
export function* planTraffic(seed: number, options: TrafficPlanOptions = {}): Generator<TrafficCall, never> {
  const { ratePerMinute = 14, recordings = bundledRecordings() } = options;
  if (!(ratePerMinute > 0 && ratePerMinute <= 6000))
    throw new WaybillError("bad-option", `ratePerMinute is a number up to 6000, not ${ratePerMinute}`);
  const source = random(seed);
  const pools = recordingsByKind(recordings);
  const early = [...opening];
  let number = 0;
  let next = gapOf(source, ratePerMinute);
  let burst = { at: BURST.every, left: BURST.calls };
  for (;;) {
    const [first] = early;
    const at = Math.min(first?.[0] ?? Infinity, next, burst.at);
    let kind: TrafficKind | undefined;
    if (at === first?.[0]) kind = early.shift()?.[1];
    else if (at === next) next += gapOf(source, ratePerMinute);
    else burst = afterBurst(burst);
    yield callOf(source, pools, `traffic-${seed}-${++number}`, at, kind);
  }
}

/** The time between two arrivals of a Poisson process. */
function gapOf(source: Random, ratePerMinute: number): number {
  return (-Math.log(1 - source.next()) * MINUTE) / ratePerMinute;
}

function afterBurst({ at, left }: { at: number; left: number }): { at: number; left: number } {
  if (left > 1) return { at: at + BURST.apart, left: left - 1 };
  return { at: at - (BURST.calls - 1) * BURST.apart + BURST.every, left: BURST.calls };
}

function callOf(
  source: Random,
  pools: ReadonlyMap<TrafficKind, readonly Recording[]>,
  id: string,
  at: number,
  given: TrafficKind | undefined,
): TrafficCall {
  const kind = given ?? drawn(source, kindShares);
  const key = drawn(source, keyShares);
  const pool = pools.get(kind) ?? [];
  if (pool.length === 0) throw new WaybillError("bad-option", `no recording is of the kind ${kind}`);
  const { url, body, payload } = source.pick(pool).request;
  const fault = faults[kind];
  return {
    id,
    at: Math.round(at),
    kind,
    key,
    path: /\/(chat\/completions|[^/]+)$/.exec(url ?? "")?.[0] ?? "",
    body: body ?? payload ?? {},
    headers: {
      "x-waybill-tags": `demo,${kind}`,
      ...(fault === undefined ? {} : { [faultHeader]: fault === "429" ? `429; ${id}` : fault }),
    },
    leavesAfter: kind === "leaves" ? source.integer(3, 12) : undefined,
  };
}

/** One of several, by their shares of a hundred. */
function drawn<Item>(source: Random, shares: readonly (readonly [item: Item, share: number])[]): Item {
  let rest = source.next() * shares.reduce((sum, [, share]) => sum + share, 0);
  for (const [item, share] of shares) {
    rest -= share;
    if (rest < 0) return item;
  }
  throw new RangeError("there is nothing to draw from");
}
