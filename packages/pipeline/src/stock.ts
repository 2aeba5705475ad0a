import type { SpooledRecord, SpoolSettlement, StandardLoggingPayload } from "@waybill/core";

import { batchOf, type Batch, type Entry } from "./batch.js";
import { Counters } from "./counters.js";
import type { LaneContext } from "./lane.js";
import { isObject } from "./members.js";
import { Memory, type Item } from "./memory.js";
import { Queue } from "./queue.js";

/** A record that is given up, and why. */
export type Refusal = { entry: Entry; code: string; reason: string };

/** Records that go to the spool in one transaction. */
const GROUP = 256;

/** The records that wait for one exporter, in memory and in the spool. Every record is in one count of `counters` at a time. */
export class Stock {
  readonly counters = new Counters();
  readonly memory: Memory;
  readonly #name: string;
  readonly #context: LaneContext;
  readonly #queue = new Queue<Entry>();
  #queuedBytes = 0;
  /** How many were ever taken from memory and from the spool for the first time. */
  #begun = 0;
  readonly #retries: Batch[] = [];
  #wasSpooled = false;
  /** Whether it is worth asking the spool. */
  mayBeSpooled: boolean;

  constructor(name: string, context: LaneContext) {
    this.#name = name;
    this.#context = context;
    this.memory = new Memory(context.limits);
    this.mayBeSpooled = context.spool !== undefined;
  }

  /** Whether a batch can be filled from memory. */
  get isFull(): boolean {
    const { batchRecords, batchBytes } = this.#context.limits;
    return this.#queue.length >= batchRecords || this.#queuedBytes >= batchBytes;
  }

  /** Whether nothing waits in memory. */
  get isEmpty(): boolean {
    return this.#queue.length === 0 && this.#retries.length === 0;
  }

  /** Whether there is something that was never sent. */
  get hasFresh(): boolean {
    return this.#queue.length > 0;
  }

  /** How many will have been begun when everything that waits now was. */
  get horizon(): number {
    return this.#begun + this.#queue.length + this.counters.spooled;
  }

  /** Whether so many were begun, or no more can be. */
  hasBegun(horizon: number): boolean {
    return this.#begun >= horizon || !(this.hasFresh || this.mayBeSpooled);
  }

  /** Since when the oldest record in memory waits, on the monotonic clock. */
  get oldestSince(): number | undefined {
    const entries = [this.#queue.peek(), ...this.#retries.map((batch) => batch.entries[0])];
    const since = entries.filter((entry) => entry !== undefined).map(({ item }) => item.since);
    return since.length > 0 ? Math.min(...since) : undefined;
  }

  /** Takes a record into memory. Whoever hands it in has counted it as accepted. */
  push(entry: Entry): void {
    this.memory.hold(entry.item);
    this.#enqueue(entry);
    this.counters.buffered++;
  }

  /** Keeps a batch for another try. Its records count as buffered. */
  retry(batch: Batch): void {
    this.#retries.push(batch);
  }

  /** When something can be sent, on the monotonic clock: a retry when it is due, the rest when it has lingered. */
  ripeAt(lingerMs: number): number {
    const head = this.#queue.peek();
    const fresh = this.mayBeSpooled ? 0 : head ? head.item.since + lingerMs : Infinity;
    return Math.min(fresh, ...this.#retries.map(({ dueAt }) => dueAt));
  }

  /**
   * The next batch, if there is one to be sent now. Its records still count as buffered. After a failure what was never sent
   * goes first: if that passes, the trouble is with the batch that failed, and not with the other side.
   */
  next(now: number, lingerMs: number, isFailing: boolean): Batch | undefined {
    const fresh = isFailing ? this.#fresh(now, lingerMs) : undefined;
    return fresh ?? this.#due(now) ?? (isFailing ? undefined : this.#fresh(now, lingerMs));
  }

  /** The retry that was tried the least. */
  #due(now: number): Batch | undefined {
    const due = this.#retries.filter(({ dueAt }) => dueAt <= now);
    const attempts = Math.min(...due.map((batch) => batch.attempts));
    const next = due.find((batch) => batch.attempts === attempts);
    if (next) this.#retries.splice(this.#retries.indexOf(next), 1);
    return next;
  }

  #fresh(now: number, lingerMs: number): Batch | undefined {
    // Neither those in memory nor those in the spool wait for ever: they take turns.
    if (this.isFull && (this.#wasSpooled || !this.mayBeSpooled)) return this.#fromMemory();
    const batch = this.#fromSpool(now);
    if (batch) return batch;
    const head = this.#queue.peek();
    return head && (this.isFull || now - head.item.since >= lingerMs) ? this.#fromMemory() : undefined;
  }

  /** The payloads of a batch, which loses those that are too old, and those that the spool has not kept well. */
  open(batch: Batch): StandardLoggingPayload[] {
    const { clock, limits } = this.#context;
    const oldest = clock.monotonic() - limits.maxAgeMs;
    const payloads: StandardLoggingPayload[] = [];
    const refusals: Refusal[] = [];
    batch.entries = batch.entries.filter((entry) => {
      const isOld = entry.item.since < oldest;
      const payload = isOld ? undefined : parse(entry.item.text);
      const isSound = isObject(payload);
      if (isSound) payloads.push(payload as StandardLoggingPayload);
      else if (isOld)
        refusals.push({ entry, code: "too-old", reason: `not delivered in ${limits.maxAgeMs} ms` });
      else refusals.push({ entry, code: "unreadable", reason: "what the spool holds is not a JSON object" });
      return isSound;
    });
    this.bury(refusals);
    return payloads;
  }

  /** The other side has taken records. They are in no count here. */
  delivered(entries: readonly Entry[]): void {
    this.counters.sent += entries.length;
    this.#settle(entries, ({ key }) => ({ key, status: "done" }));
    for (const { item } of entries) this.memory.release(item);
  }

  /** Gives records up that count as buffered. They are dead letters if there is a spool, and otherwise only counted. */
  bury(refusals: readonly Refusal[]): void {
    const { spool, emit } = this.#context;
    const settlements: SpoolSettlement[] = [];
    for (const { entry, code, reason } of refusals) {
      const { item } = entry;
      const key = entry.key ?? this.#keep([item], [this.#name])[0];
      this.counters.buffered--;
      if (key !== undefined) {
        this.counters.dead++;
        settlements.push({ key, status: "dead", code, reason });
      } else if (code === "too-old") this.drop(item, code);
      else this.counters.rejected.add(code);
      this.memory.release(item);
      if (key !== undefined || code !== "too-old") {
        const type = key === undefined ? "rejected" : "dead";
        emit({ type, exporter: this.#name, id: item.id, code, reason });
      }
    }
    spool?.settle(this.#name, settlements);
  }

  /** Counts a record that is lost. */
  drop({ id }: Item, code: string): void {
    this.counters.dropped.add(code);
    this.#context.emit({ type: "dropped", exporter: this.#name, id, code });
  }

  /**
   * Puts everything that waits in memory into the spool, but for batches that are being halved: what was learned of them
   * would be lost. When a word for it is given, those go too, and what cannot go there is dropped; else it stays.
   */
  evict(reason?: string): void {
    const isHalved = ({ isHalf }: Batch): boolean => isHalf && reason === undefined;
    const retries = this.#retries.splice(0);
    this.#retries.push(...retries.filter(isHalved));
    const batches = retries.filter((batch) => !isHalved(batch));
    const entries = [...batches.flatMap((batch) => batch.entries), ...this.#queue.drain()];
    this.#queuedBytes = 0;
    const known = entries.filter(({ key }) => key !== undefined);
    this.#settle(known, ({ key }) => ({ key, status: "retry", notBefore: 0 }));
    this.#gone(known);
    const unknown = entries.filter(({ key }) => key === undefined);
    for (let at = 0; at < unknown.length; at += GROUP) {
      const some = unknown.slice(at, at + GROUP);
      const keys = this.#keep(
        some.map(({ item }) => item),
        [],
      );
      this.#gone(some.filter((_, place) => keys[place] !== undefined));
      for (const entry of some.filter((_, place) => keys[place] === undefined)) {
        if (reason === undefined) this.#enqueue(entry);
        else this.#lose(entry.item, reason);
      }
    }
  }

  /** Forgets that retries have to wait. */
  hurry(): void {
    for (const batch of this.#retries) batch.dueAt = 0;
  }

  #enqueue(entry: Entry): void {
    this.#queue.push(entry);
    this.#queuedBytes += entry.item.text.length;
  }

  #gone(entries: readonly Entry[]): void {
    this.counters.buffered -= entries.length;
    this.counters.spooled += entries.length;
    if (entries.length > 0) this.mayBeSpooled = true;
    for (const { item } of entries) this.memory.release(item);
  }

  #lose(item: Item, reason: string): void {
    this.counters.buffered--;
    this.drop(item, reason);
    this.memory.release(item);
  }

  #fromMemory(): Batch {
    const { batchRecords, batchBytes } = this.#context.limits;
    this.#wasSpooled = false;
    const entries: Entry[] = [];
    let bytes = 0;
    for (let head = this.#queue.peek(); head && entries.length < batchRecords; head = this.#queue.peek()) {
      if (entries.length > 0 && bytes + head.item.text.length > batchBytes) break;
      bytes += head.item.text.length;
      entries.push(head);
      this.#queue.shift();
    }
    this.#queuedBytes -= bytes;
    this.#begun += entries.length;
    return batchOf(entries);
  }

  #fromSpool(now: number): Batch | undefined {
    const { spool, limits } = this.#context;
    // One batch may be in memory beyond the limit, so that an exporter that hangs does not keep it from the others.
    const maxRecords = Math.min(limits.batchRecords, limits.memoryRecords);
    const records = this.mayBeSpooled ? spool?.claim(this.#name, maxRecords, limits.batchBytes) : undefined;
    if (records && records.length > 0) {
      this.#wasSpooled = true;
      // More than this process has put in: the others are another's, and are this one's from now on.
      const recovered = Math.max(0, records.length - this.counters.spooled);
      this.counters.recovered += recovered;
      this.counters.accepted += recovered;
      this.counters.spooled -= records.length - recovered;
      this.counters.buffered += records.length;
      this.#begun += records.length;
      const entries = records.map((record) => this.#entryOf(record, now));
      return batchOf(entries, records[0]?.attempts ?? 0);
    }
    this.mayBeSpooled = false;
    return undefined;
  }

  #entryOf({ key, id, text, storedAt }: SpooledRecord, now: number): Entry {
    const since = now - Math.max(0, this.#context.clock.now() - storedAt);
    const item: Item = { id, text, since };
    this.memory.hold(item);
    return { item, key };
  }

  /** Keeps records in the spool for this exporter. A key for each that is there. */
  #keep(items: readonly Item[], claimFor: readonly string[]): readonly (string | undefined)[] {
    const sinks = [this.#name];
    const records = items.map(({ id, text }) => ({ id, text, sinks }));
    return this.#context.spool?.append(records, claimFor).keys ?? [];
  }

  #settle(entries: readonly Entry[], settlementOf: (entry: { key: string }) => SpoolSettlement): void {
    const known = entries.filter((entry): entry is Entry & { key: string } => entry.key !== undefined);
    this.#context.spool?.settle(this.#name, known.map(settlementOf));
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
