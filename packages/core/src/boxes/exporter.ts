import type { StandardLoggingPayload } from "../schemas/standard-logging-payload.js";

/** What became of one payload of a batch. */
export type ItemOutcome =
  | { status: "accepted" }
  /** Try again, after `afterMs` milliseconds when the other side named a time. */
  | { status: "retry"; afterMs?: number; reason?: string }
  /** Will never be accepted. */
  | { status: "rejected"; code: string; reason: string };

/** What became of a batch: one outcome for each payload, in order. */
export type ExportOutcome = {
  items: ItemOutcome[];
  /** Payloads the other side refused without saying which. */
  unattributedRejected?: number;
  /** Send nothing for a while. */
  pause?: { ms: number; reason: string };
};

/** What an exporter is told about this try. */
export type ExportContext = {
  signal: AbortSignal;
  /** 1 for the first try of this batch. */
  attempt: number;
};

/** Delivers payloads somewhere. Does not retry and does not throw: the outcome says what to do. */
export interface Exporter {
  readonly name: string;
  export(batch: readonly StandardLoggingPayload[], context: ExportContext): Promise<ExportOutcome>;
}
