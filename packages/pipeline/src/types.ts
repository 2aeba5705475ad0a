import type { Issue } from "@waybill/core";

/** What became of a payload that was handed in. */
export type Receipt = {
  /**
   * `durable`: it is in the spool and survives the process. `buffered`: it is in memory. `degraded`: it is kept, but with
   * less in it than was handed in; `issues` say what is missing. `refused`: it is no payload, and the pipeline is strict.
   * `dropped`: there was no room; it is counted.
   */
  status: "durable" | "buffered" | "degraded" | "refused" | "dropped";
  /** What it survives: `durable` a loss of power, `flushed` the death of the process, `memory` neither. */
  durability: Durability | null;
  issues?: Issue[];
};

/**
 * How safe a record is before `accept` resolves. `durable`: on the disk. `flushed`: with the operating system, and on the
 * disk within 500 ms or a mebibyte. `memory`: in this process, and in the spool only when there is no room.
 */
export type Durability = "durable" | "flushed" | "memory";

/** Counts of records since the pipeline was made, over all of its exporters. */
export type FlushReport = {
  /** Taken by the other side. */
  sent: number;
  /** Refused by the other side for good, and not kept. */
  rejected: number;
  /** In the spool, for later or for another process. */
  spooled: number;
  /** In memory, still to be sent. */
  buffered: number;
  /** Refused for good or too old, and kept as dead letters in the spool. */
  dead: number;
  /** Lost, each with a reason in `stats`. */
  dropped: number;
};

/** Whether an exporter gets anything, and why not. */
export type ExporterState = "sending" | "backing-off" | "paused" | "open" | "probing" | "closed";

/**
 * The counts of one exporter since the pipeline was made. At any time
 * `accepted = sent + rejected + spooled + buffered + inFlight + dead + dropped`.
 */
export type ExporterStats = FlushReport & {
  accepted: number;
  /** Being sent. */
  inFlight: number;
  /** How often a record was sent again. */
  retried: number;
  /** Of `accepted`: found in the spool, left there by an earlier or another process. */
  recovered: number;
  /** Of `accepted`: delivered with less in it than was handed in. */
  degraded: number;
  /** Refused by the other side without saying which; they count as sent. */
  unattributedRejected: number;
  droppedBy: Readonly<Record<string, number>>;
  rejectedBy: Readonly<Record<string, number>>;
  /** Age of the oldest record that waits, in milliseconds; null when none does. */
  oldestAgeMs: number | null;
  state: ExporterState;
};

/** The counts of every exporter, by name. */
export type Stats = Record<string, ExporterStats>;

/** What the pipeline itself is like. */
export type Health = {
  /** The memory of the exporter that has the most. */
  memory: { records: number; bytes: number; limitRecords: number; limitBytes: number };
  /** null without a spool. */
  spool: { bytes: number; limitBytes: number; state: "ok" | "failing" } | null;
  /** Payloads that were refused because the pipeline is strict, or closed. They count nowhere else. */
  refused: number;
};

/** Something that a person may want to know. */
export type PipelineEvent =
  | { type: "paused" | "circuit-opened"; exporter: string; ms: number; reason: string }
  | { type: "circuit-closed"; exporter: string }
  /** An exporter threw, hung or answered what makes no sense. */
  | { type: "misbehaved"; exporter: string; code: string; reason: string }
  | { type: "rejected" | "dead"; exporter: string; id: string; code: string; reason: string }
  | { type: "unattributed-rejected"; exporter: string; count: number }
  | { type: "dropped"; exporter: string; id: string; code: string }
  | { type: "degraded" | "refused"; id: string; issues: Issue[] }
  | { type: "spool-failed"; code: string; reason: string }
  | { type: "spool-recovered" }
  /** So many events came at once that these could not be told. */
  | { type: "events-missed"; count: number };
