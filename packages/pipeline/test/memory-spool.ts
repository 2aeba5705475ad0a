import {
  WaybillError,
  type DeadLetter,
  type SpoolClaim,
  type SpooledRecord,
  type SpoolRecord,
  type SpoolSettlement,
  type SpoolSinkStats,
  type SpoolStore,
} from "@waybill/core";

import type { Clock } from "../src/index.js";

type Row = SpooledRecord & {
  sink: string;
  owner: string | undefined;
  dueAt: number;
  death?: { code: string; reason: string; diedAt: number };
};

/** A spool in memory that can be told to fail. It survives the pipelines that use it, as a disk does. */
export class MemorySpool implements SpoolStore {
  readonly #clock: Clock;
  readonly #limitBytes: number;
  #rows: Row[] = [];
  readonly #leases = new Map<string, { until: number; leaseMs: number }>();
  #next = 0;
  /** Thrown by everything that writes. */
  failure: WaybillError | undefined;
  syncs = 0;
  transactions = 0;

  constructor(clock: Clock, limitBytes = 1_000_000_000) {
    this.#clock = clock;
    this.#limitBytes = limitBytes;
  }

  append(
    records: readonly SpoolRecord[],
    claim?: SpoolClaim & { sinks?: readonly string[] | undefined },
  ): string[] {
    this.#write();
    const size = records.reduce((sum, { text }) => sum + text.length, 0);
    if (this.usage().bytes + size > this.#limitBytes)
      throw new WaybillError("spool-full", "the spool is full");
    if (claim) this.renew(claim);
    return records.map(({ id, text, sinks }) => {
      const key = String(this.#next++).padStart(12, "0");
      for (const sink of sinks) {
        const owner = claim && (claim.sinks ?? sinks).includes(sink) ? claim.owner : undefined;
        this.#rows.push({ key, id, text, sink, owner, storedAt: this.#clock.now(), attempts: 0, dueAt: 0 });
      }
      return key;
    });
  }

  async sync(): Promise<void> {
    this.#write();
    this.syncs++;
  }

  claim(sink: string, claim: SpoolClaim & { maxRecords: number; maxBytes: number }): SpooledRecord[] {
    this.#write();
    this.renew(claim);
    const now = this.#clock.now();
    const taken: Row[] = [];
    let bytes = 0;
    for (const row of this.#rows) {
      if (row.sink !== sink || row.death || row.dueAt > now || this.#isLeased(row)) continue;
      if (taken.length === claim.maxRecords || (taken.length > 0 && bytes + row.text.length > claim.maxBytes))
        break;
      bytes += row.text.length;
      row.owner = claim.owner;
      taken.push(row);
    }
    return taken.map(({ key, id, text, storedAt, attempts }) => ({ key, id, text, storedAt, attempts }));
  }

  renew({ owner, leaseMs }: SpoolClaim): void {
    this.#leases.set(owner, { until: this.#clock.now() + leaseMs, leaseMs });
  }

  settle(sink: string, _owner: string, settlements: readonly SpoolSettlement[]): number {
    this.#write();
    let found = 0;
    for (const settlement of settlements) {
      const row = this.#rows.find((each) => each.key === settlement.key && each.sink === sink && !each.death);
      if (!row) continue;
      found++;
      if (settlement.status === "done") this.#rows = this.#rows.filter((each) => each !== row);
      else if (settlement.status === "retry") {
        row.owner = undefined;
        row.attempts++;
        row.dueAt = settlement.notBefore;
      } else row.death = { code: settlement.code, reason: settlement.reason, diedAt: this.#clock.now() };
    }
    return found;
  }

  release(owner: string): void {
    this.#leases.delete(owner);
  }

  usage(): { bytes: number; limitBytes: number } {
    const texts = new Map(this.#rows.map(({ key, text }) => [key, text.length]));
    return { bytes: [...texts.values()].reduce((sum, size) => sum + size, 0), limitBytes: this.#limitBytes };
  }

  stats(sink: string): SpoolSinkStats {
    const rows = this.#rows.filter((row) => row.sink === sink);
    const waiting = rows.filter(({ death }) => !death);
    const dead = rows.filter(({ death }) => death);
    return {
      records: waiting.length,
      oldestAt: waiting.length > 0 ? Math.min(...waiting.map(({ storedAt }) => storedAt)) : null,
      dead: dead.length,
      deadBytes: dead.reduce((sum, { text }) => sum + text.length, 0),
    };
  }

  sinks(): string[] {
    return [...new Set(this.#rows.map(({ sink }) => sink))];
  }

  deadLetters(sink: string): DeadLetter[] {
    return this.#rows.flatMap(({ death, key, id, text, storedAt, attempts, sink: own }) =>
      death && own === sink ? [{ key, id, text, storedAt, attempts, sink, ...death }] : [],
    );
  }

  revive(sink: string): number {
    const dead = this.#rows.filter((row) => row.sink === sink && row.death);
    for (const row of dead) {
      delete row.death;
      row.owner = undefined;
    }
    return dead.length;
  }

  purge(): number {
    throw new Error("not needed here");
  }

  async close(): Promise<void> {}

  /** Ids that wait for an exporter. */
  waiting(sink: string): string[] {
    return this.#rows.filter((row) => row.sink === sink && !row.death).map(({ id }) => id);
  }

  #isLeased({ owner }: Row): boolean {
    const lease = owner === undefined ? undefined : this.#leases.get(owner);
    const left = (lease?.until ?? 0) - this.#clock.now();
    // A lease that has more left than it was taken for is one of a clock that went back.
    return lease !== undefined && left > 0 && left <= lease.leaseMs;
  }

  #write(): void {
    this.transactions++;
    if (this.failure) throw this.failure;
  }
}
