import type { SpoolStore } from "@waybill/core";
import type { ExporterStats, Health, Stats } from "@waybill/pipeline";

import type { DeliveryAnswer, SinkAnswer } from "../api/schemas.js";
import type { DeliveryLog } from "./delivery-log.js";

/** Dead letters of a spool. */
export type DeadLetters = Pick<SpoolStore, "deadLetters" | "revive" | "purge" | "stats">;

export type DeliveryParts = {
  /** Of the pipeline. */
  stats: () => Stats;
  health: () => Health;
  log: Pick<DeliveryLog, "stats" | "problemOf">;
  /** Null without a spool: nothing dead is kept then. */
  spool: DeadLetters | null;
};

/** What every sink is at. `now` is epoch milliseconds. */
export function deliveryAnswer({ stats, health, log, spool }: DeliveryParts, now: number): DeliveryAnswer {
  const sinks = Object.entries(stats()).map(([name, counts]) =>
    sinkAnswer(name, counts, log.problemOf(name), deadOf(spool, name)),
  );
  const { memory, spool: disk, refused } = health();
  return {
    sinks,
    health: { memory: { ...memory }, spool: disk && { ...disk }, refused },
    log: log.stats(),
    asOf: new Date(now).toISOString(),
  };
}

function sinkAnswer(
  name: string,
  counts: ExporterStats,
  problem: ReturnType<DeliveryLog["problemOf"]>,
  deadLetters: number | null,
): SinkAnswer {
  const { accepted, sent, rejected, spooled, buffered, inFlight, dead, dropped } = counts;
  return {
    name,
    state: counts.state,
    accepted,
    sent,
    rejected,
    spooled,
    buffered,
    inFlight,
    dead,
    dropped,
    difference: accepted - (sent + rejected + spooled + buffered + inFlight + dead + dropped),
    retried: counts.retried,
    recovered: counts.recovered,
    degraded: counts.degraded,
    unattributedRejected: counts.unattributedRejected,
    droppedBy: { ...counts.droppedBy },
    rejectedBy: { ...counts.rejectedBy },
    // Clocks are put back, too.
    oldestAgeMs: counts.oldestAgeMs === null ? null : Math.max(0, counts.oldestAgeMs),
    deadLetters,
    lastProblem: problem && { ...problem, at: new Date(problem.at).toISOString() },
  };
}

/** Null also when the spool cannot be read now: that is unknown, and not none. */
function deadOf(spool: DeadLetters | null, name: string): number | null {
  try {
    return spool ? spool.stats(name).dead : null;
  } catch {
    return null;
  }
}
