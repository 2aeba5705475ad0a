import {
  WaybillError,
  type SpooledRecord,
  type SpoolRecord,
  type SpoolSettlement,
  type SpoolStore,
} from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";

import type { Clock } from "./clock.js";
import type { PipelineEvent } from "./types.js";

/** How long a lease lasts; it is renewed three times in that time. */
const LEASE = 30_000;

/** After a failure the disk is left alone for so long. */
const RETEST_AFTER = 10_000;

/** Records are on the disk after so many milliseconds or bytes at the latest. */
const SYNC_AFTER = 500;
const SYNC_BYTES = 1024 * 1024;

/** A pipeline's spool: what it cannot do at the moment does not stop the pipeline. */
export class SpoolLink {
  readonly #store: SpoolStore;
  readonly #owner: string;
  readonly #clock: Clock;
  readonly #emit: (event: PipelineEvent) => void;
  #failedAt: number | undefined;
  #pressure: number | undefined;
  /** The word for the last failure. */
  #failure = "spool-io";
  /** Outcomes that could not be noted; by exporter. */
  readonly #owed = new Map<string, SpoolSettlement[]>();
  #leases = 0;
  #cancelRenewal: (() => void) | undefined;
  #unsynced = 0;
  #cancelSync: (() => void) | undefined;
  #currentSync: Promise<boolean> | undefined;
  #nextSync: Promise<boolean> | undefined;

  constructor(store: SpoolStore, owner: string, clock: Clock, emit: (event: PipelineEvent) => void) {
    this.#store = store;
    this.#owner = owner;
    this.#clock = clock;
    this.#emit = emit;
  }

  get state(): "ok" | "failing" {
    return this.#failedAt === undefined ? "ok" : "failing";
  }

  /** Whether it is worth trying: it works, or its failure is a while ago. */
  get isUsable(): boolean {
    return this.#failedAt === undefined || this.#clock.monotonic() - this.#failedAt >= RETEST_AFTER;
  }

  /** How full it was after the last change, from 0 to 1. Asking the disk for every record would take longer than the rest. */
  get pressure(): number {
    this.#pressure ??= this.#measure();
    return this.#pressure;
  }

  #measure(): number {
    const { bytes, limitBytes } = this.usage();
    return limitBytes > 0 ? bytes / limitBytes : 0;
  }

  usage(): { bytes: number; limitBytes: number } {
    return this.#try(() => this.#store.usage()) ?? { bytes: 0, limitBytes: 0 };
  }

  /** Keeps records, and takes them at once for some exporters. */
  append(records: readonly SpoolRecord[], sinks: readonly string[]): Kept {
    if (!this.isUsable) return noneOf(records, this.#failure);
    try {
      const claim = { owner: this.#owner, leaseMs: LEASE, sinks };
      const keys = this.#store.append(records, sinks.length > 0 ? claim : undefined);
      this.#recovered();
      this.#pressure = undefined;
      this.#leases += sinks.length * records.length;
      this.#keepLeases();
      this.#unsynced += records.reduce((sum, { text }) => sum + text.length, 0);
      this.#scheduleSync();
      return { keys, failure: "" };
    } catch (error) {
      const code = codeOf(error);
      // A record that the spool does not take must not keep the others out.
      if (ofTheRecord.has(code) && records.length > 1) return this.#appendEach(records, sinks);
      // A full spool is as it should be: only the disk's own troubles are a failure.
      if (code !== "spool-full" && !ofTheRecord.has(code)) this.#failed(error);
      return noneOf(records, code);
    }
  }

  #appendEach(records: readonly SpoolRecord[], sinks: readonly string[]): Kept {
    const each = records.map((record) => this.append([record], sinks));
    const failure = each.find((kept) => kept.failure !== "")?.failure ?? "";
    return { keys: each.map(({ keys: [key] }) => key), failure };
  }

  /** Takes records that wait for an exporter; none when it cannot be done now. */
  claim(sink: string, maxRecords: number, maxBytes: number): SpooledRecord[] {
    if (!this.isUsable) return [];
    this.#payDebts();
    const claim = { owner: this.#owner, leaseMs: LEASE, maxRecords, maxBytes };
    const records = this.#try(() => this.#store.claim(sink, claim));
    if (!records) return [];
    this.#recovered();
    this.#leases += records.length;
    this.#keepLeases();
    return records;
  }

  /** Notes what became of records. What cannot be noted now is noted later: at worst a record is sent once more. */
  settle(sink: string, settlements: readonly SpoolSettlement[]): void {
    if (settlements.length === 0) return;
    this.#leases -= settlements.length;
    this.#pressure = undefined;
    const owed = [...(this.#owed.get(sink) ?? []), ...settlements];
    const isNoted =
      this.isUsable && this.#try(() => this.#store.settle(sink, this.#owner, owed)) !== undefined;
    if (isNoted) this.#owed.delete(sink);
    else this.#owed.set(sink, owed);
  }

  /** When the oldest record of an exporter was kept, in epoch milliseconds; null when none waits. */
  oldestAt(sink: string): number | null {
    return this.#try(() => this.#store.stats(sink).oldestAt) ?? null;
  }

  /** Resolves to whether everything that was kept until now is on the disk. */
  sync(): Promise<boolean> {
    // What was kept after a flush began is not in it: the next one serves all who ask meanwhile.
    this.#nextSync ??= this.#syncAfter(this.#currentSync);
    return this.#nextSync;
  }

  async #syncAfter(before: Promise<boolean> | undefined): Promise<boolean> {
    await before;
    this.#currentSync = this.#nextSync;
    this.#nextSync = undefined;
    this.#unsynced = 0;
    this.#cancelSync?.();
    this.#cancelSync = undefined;
    try {
      await this.#store.sync();
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  /** Gives back everything that was taken, and stops all timers. Resolves when all is on the disk. */
  async end(): Promise<void> {
    this.#payDebts();
    this.#try(() => this.#store.release(this.#owner));
    this.#leases = 0;
    this.#cancelRenewal?.();
    this.#cancelRenewal = undefined;
    if (this.#unsynced > 0) await this.sync();
  }

  #payDebts(): void {
    for (const sink of this.#owed.keys()) {
      const owed = this.#owed.get(sink) ?? [];
      if (this.#try(() => this.#store.settle(sink, this.#owner, owed)) !== undefined) this.#owed.delete(sink);
    }
  }

  #keepLeases(): void {
    if (this.#leases <= 0 || this.#cancelRenewal) return;
    this.#cancelRenewal = this.#clock.after(
      LEASE / 3,
      () => {
        this.#cancelRenewal = undefined;
        if (this.#leases <= 0) return;
        this.#try(() => this.#store.renew({ owner: this.#owner, leaseMs: LEASE }));
        this.#payDebts();
        this.#keepLeases();
      },
      false,
    );
  }

  #scheduleSync(): void {
    if (this.#unsynced >= SYNC_BYTES) {
      void this.sync();
      return;
    }
    this.#cancelSync ??= this.#clock.after(
      SYNC_AFTER,
      () => {
        this.#cancelSync = undefined;
        void this.sync();
      },
      false,
    );
  }

  #try<T>(call: () => T): T | undefined {
    try {
      return call();
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  #failed(error: unknown): void {
    const isNews = this.#failedAt === undefined;
    this.#failedAt = this.#clock.monotonic();
    this.#failure = codeOf(error);
    if (isNews) this.#emit({ type: "spool-failed", code: this.#failure, reason: wordsOf(error) });
  }

  #recovered(): void {
    if (this.#failedAt === undefined) return;
    this.#failedAt = undefined;
    this.#emit({ type: "spool-recovered" });
  }
}

/** What became of records: a key for each that the spool has, and the word for why it does not have the others. */
export type Kept = { keys: readonly (string | undefined)[]; failure: string };

/** Failures that are a record's own. */
const ofTheRecord: ReadonlySet<string> = new Set(["record-too-large", "bad-record"]);

function noneOf(records: readonly SpoolRecord[], failure: string): Kept {
  return { keys: records.map(() => undefined), failure };
}

function codeOf(error: unknown): string {
  return WaybillError.isInstance(error) ? error.code : "spool-io";
}
