import type { StandardLoggingPayload } from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";
import { systemClock, type Clock, type PipelineEvent } from "@waybill/pipeline";

import type { DeliveryState } from "../ledger/call-filter.js";
import type { DeliveryEvent, LedgerStore } from "../ledger/ledger-store.js";
import { membersOf, textOf } from "../ledger/members.js";
import { idOf } from "./call-id.js";
import { emptyStates } from "./latest-states.js";

export type DeliveryLogOptions = {
  clock?: Clock;
  /** Events that wait to be written; beyond it the oldest are lost, and counted. */
  mostWaiting?: number;
  /** Names of exporters that are not watched, such as the ledger's own. */
  without?: readonly string[];
  /** Told what a failed write said; writes to standard error by default. */
  onFailed?: (reason: string) => void;
};

export type DeliveryLogStats = { noted: number; written: number; waiting: number; lost: number };

/** What went wrong at a sink the last time. `at` is epoch milliseconds. */
export type SinkProblem = { at: number; code: string | null; reason: string };

/** What is known of one record, by sink. */
type Known = Record<string, { state: DeliveryState; tries: number }>;

const BATCH = 500;
const LINGER_MS = 250;
const RETRY_MS = 2000;
/** Records whose ids are remembered by the names that the pipeline has for them. */
const MOST_NAMES = 20_000;
/** Calls whose latest states are remembered, for rows that are told before anything of them is written. */
const MOST_REMEMBERED = 5000;

/**
 * Notes what becomes of records at their sinks, and writes it into the ledger in batches. It never stands in the way of a
 * delivery: what the ledger does not take in time is lost, and counted.
 */
export class DeliveryLog {
  readonly #ledger: Pick<LedgerStore, "noteDeliveries">;
  readonly #clock: Clock;
  readonly #mostWaiting: number;
  readonly #without: ReadonlySet<string>;
  readonly #onFailed: (reason: string) => void;
  #waiting: DeliveryEvent[] = [];
  readonly #latest = new Map<string, Known>();
  readonly #ids = new Map<string, string>();
  readonly #problems = new Map<string, SinkProblem>();
  #stop: (() => void) | undefined;
  #writing: Promise<void> | undefined;
  #inFlight = 0;
  readonly #counts = { noted: 0, written: 0, lost: 0 };

  constructor(ledger: Pick<LedgerStore, "noteDeliveries">, options: DeliveryLogOptions = {}) {
    const { clock = systemClock, mostWaiting = 20_000, without = [], onFailed = report } = options;
    this.#ledger = ledger;
    this.#clock = clock;
    this.#mostWaiting = mostWaiting;
    this.#without = new Set(without);
    this.#onFailed = onFailed;
  }

  stats(): DeliveryLogStats {
    return { ...this.#counts, waiting: this.#waiting.length + this.#inFlight };
  }

  /** The latest states of a call's record, as far as they are remembered. */
  latest(id: string): Record<string, DeliveryState> {
    const states = emptyStates();
    for (const [sink, { state }] of Object.entries(this.#latest.get(id) ?? {})) states[sink] = state;
    return states;
  }

  /** What went wrong at a sink the last time; null when nothing did since the start. */
  problemOf(sink: string): SinkProblem | null {
    return this.#problems.get(sink) ?? null;
  }

  /**
   * Takes note of a record that is handed to the pipeline, which names it by its idempotency key in what it tells. Whoever
   * watches an exporter does so, too; without it nobody knows whose record was dropped before it was ever tried.
   */
  knows(payload: StandardLoggingPayload): void {
    const id = idOf(payload);
    const key = textOf(membersOf(membersOf(payload).waybill).idempotencyKey);
    if (id === null || key === null || key === id) return;
    this.#ids.set(key, id);
    if (this.#ids.size > MOST_NAMES) dropOldest(this.#ids);
  }

  /** One try at one record has ended. `attempt` is at least what the exporter was told. */
  tried(
    id: string,
    sink: string,
    state: DeliveryState,
    attempt: number,
    why?: { code?: string; reason?: string },
  ): void {
    const tries = Math.max(attempt, (this.#latest.get(id)?.[sink]?.tries ?? 0) + 1);
    this.#note(
      { id, sink, state, attempt: tries, code: why?.code ?? null, reason: why?.reason ?? null },
      tries,
    );
  }

  /** What the pipeline itself did: the listener for its `onEvent`. */
  onPipelineEvent(event: PipelineEvent): void {
    switch (event.type) {
      case "dead":
      case "rejected":
      case "dropped": {
        const { type: state, exporter: sink, code } = event;
        const id = this.#ids.get(event.id) ?? event.id;
        const known = this.#latest.get(id)?.[sink];
        // Its exporter has said so already.
        if (this.#without.has(sink) || (state === "rejected" && known?.state === "rejected")) return;
        const reason = "reason" in event ? event.reason : null;
        this.#note({ id, sink, state, attempt: null, code, reason }, known?.tries ?? 0);
        return;
      }
      case "paused":
      case "circuit-opened":
        this.#trouble(event.exporter, event.type, event.reason);
        return;
      case "misbehaved":
        this.#trouble(event.exporter, event.code, event.reason);
        return;
      default:
    }
  }

  /** Writes what waits. Resolves when it is written, or was not taken. */
  async flush(): Promise<void> {
    this.#stop?.();
    this.#stop = undefined;
    for (let rounds = Math.ceil(this.#waiting.length / BATCH) + 1; rounds > 0; rounds--) {
      await this.#writing;
      if (this.#waiting.length === 0) return;
      if (!(await this.#write())) return;
    }
  }

  #note(event: Omit<DeliveryEvent, "at">, tries: number): void {
    this.#counts.noted++;
    const { id, sink, state, code, reason } = event;
    this.#remember(id, sink, state, tries);
    if (state !== "delivered") this.#trouble(sink, code, reason ?? state);
    this.#waiting.push({ ...event, at: this.#clock.now() });
    if (this.#waiting.length > this.#mostWaiting) {
      // A tenth at a time: taking one off the front of a long list is slow.
      const lost = Math.ceil(this.#mostWaiting / 10);
      this.#waiting.splice(0, lost);
      this.#counts.lost += lost;
    }
    this.#schedule(this.#waiting.length >= BATCH ? 0 : LINGER_MS);
  }

  #remember(id: string, sink: string, state: DeliveryState, tries: number): void {
    const states = this.#latest.get(id) ?? (Object.create(null) as Known);
    states[sink] = { state, tries };
    this.#latest.delete(id);
    this.#latest.set(id, states);
    if (this.#latest.size > MOST_REMEMBERED) dropOldest(this.#latest);
  }

  #trouble(sink: string, code: string | null, reason: string): void {
    this.#problems.set(sink, { at: this.#clock.now(), code, reason: reason.slice(0, 512) });
  }

  #schedule(ms: number): void {
    if (this.#stop || this.#writing) return;
    this.#stop = this.#clock.after(
      ms,
      () => {
        this.#stop = undefined;
        void this.#write();
      },
      false,
    );
  }

  /** Writes one batch, and whatever more there is by and by. Answers whether it was taken. */
  async #write(): Promise<boolean> {
    const batch = this.#waiting.splice(0, BATCH);
    if (batch.length === 0) return true;
    let isTaken = true;
    this.#inFlight = batch.length;
    const writing = this.#ledger.noteDeliveries(batch).then(
      () => {
        this.#counts.written += batch.length;
      },
      (error: unknown) => {
        isTaken = false;
        this.#onFailed(wordsOf(error));
        this.#waiting = [...batch, ...this.#waiting];
      },
    );
    this.#writing = writing;
    await writing;
    this.#writing = undefined;
    this.#inFlight = 0;
    if (this.#waiting.length > 0) this.#schedule(isTaken ? 0 : RETRY_MS);
    return isTaken;
  }
}

function dropOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

function report(reason: string): void {
  console.error(`deliveries could not be noted: ${reason}`);
}
