import type { Exporter, ExportOutcome } from "@waybill/core";

import { backoffMs } from "./backoff.js";
import { batchOf, halvesOf, type Batch } from "./batch.js";
import type { Clock } from "./clock.js";
import { Gate } from "./gate.js";
import type { Limits } from "./options.js";
import { sorted } from "./sorted.js";
import type { SpoolLink } from "./spool-link.js";
import { Stock } from "./stock.js";
import type { ExporterStats, PipelineEvent } from "./types.js";
import { ask, type Verdict } from "./verdict.js";
import { Waiting, type Until, type Waiter } from "./waiting.js";

/** After so many failures in a row a batch is halved, and a single record that an exporter cannot stand given up. */
const FAILURES_TO_HALVE = 2;
const FAILURES_TO_GIVE_UP = 5;

/** After so many failures in a row a pipeline that closes leaves the rest to the spool. */
const FAILURES_TO_STOP = 2;

/** How often the spool is asked for what other processes left behind. */
const POLL = 30_000;

/** What the lanes of a pipeline share. */
export type LaneContext = {
  limits: Limits;
  spool: SpoolLink | undefined;
  clock: Clock;
  random: () => number;
  emit: (event: PipelineEvent) => void;
  /** Hears that there may be room again. */
  onRoom: () => void;
};

/** The way to one exporter: takes batches from its stock and sends them, again and again until they are settled. */
export class Lane {
  readonly name: string;
  readonly stock: Stock;
  readonly #exporter: Exporter;
  readonly #context: LaneContext;
  #gate: Gate;
  /** Each with its number, in the order of sending. */
  readonly #inFlight = new Map<Batch, number>();
  #batches = 0;
  readonly #stop = new AbortController();
  #lastSuccess = -1;
  #lingerMs: number;
  #isClosing = false;
  #isClosed = false;
  #timer: { at: number; isVital: boolean; cancel: () => void } | undefined;
  #cancelPoll: (() => void) | undefined;
  readonly #waiting = new Waiting();

  constructor(exporter: Exporter, context: LaneContext) {
    this.name = exporter.name;
    this.stock = new Stock(exporter.name, context);
    this.#exporter = exporter;
    this.#context = context;
    this.#gate = new Gate(context.random);
    this.#lingerMs = context.limits.lingerMs;
  }

  /** Whether its exporter is left alone for a while. */
  get isShut(): boolean {
    return this.#gate.isShut(this.#context.clock.monotonic());
  }

  stats(): ExporterStats {
    const state = this.#isClosed ? "closed" : this.#gate.state(this.#context.clock.monotonic());
    return { ...this.stock.counters.toStats(), oldestAgeMs: this.#oldestAgeMs(), state };
  }

  /** Begins with what an earlier process left in the spool, and looks for that of others from time to time. */
  start(): void {
    this.pump();
    if (!this.#context.spool) return;
    const poll = (): void => {
      this.stock.mayBeSpooled = true;
      this.start();
    };
    this.#cancelPoll = this.#context.clock.after(POLL, poll, false);
  }

  /** Hears that its stock has grown: a full batch goes at once, anything else when it has lingered. */
  wake(): void {
    const now = this.#context.clock.monotonic();
    if (this.#gate.opensAt > now) {
      if (!this.#timer) this.#setTimer();
      return;
    }
    const isReady = this.stock.isFull || this.stock.mayBeSpooled;
    if (isReady && this.#inFlight.size < this.#width) this.pump();
    // A timer for a retry is too late for what has just come, and would not keep the process alive.
    else if (!this.#timer?.isVital || this.#timer.at > this.stock.ripeAt(this.#lingerMs)) this.#setTimer();
  }

  /** Sends everything that may be sent, without waiting for batches to fill. Resolves when nothing more can be done now. */
  flush(): Promise<void> {
    return this.#drain("tried");
  }

  /**
   * Sends what is there, also what would have had to wait. Resolves when nothing is left; with a spool, where it is safe,
   * already when the exporter fails twice: once is what a connection does that was idle for too long.
   */
  close(): Promise<void> {
    this.#isClosing = true;
    this.#cancelPoll?.();
    this.#gate = new Gate(this.#context.random);
    this.stock.hurry();
    return this.#drain(this.#context.spool ? "hopeless" : "empty");
  }

  /** Stops at once. What is left goes to the spool, or is dropped. */
  end(): void {
    this.#isClosed = true;
    this.#cancelPoll?.();
    this.#timer?.cancel();
    const batches = [...this.#inFlight.keys()];
    this.#stop.abort();
    for (const batch of batches) {
      this.#land(batch);
      this.stock.counters.buffered += batch.entries.length;
      this.stock.retry(batch);
    }
    this.stock.evict("closed");
    this.#answerWaiting();
  }

  /** Sends what may be sent now, and sets the clock for the rest. */
  pump(): void {
    const { clock } = this.#context;
    while (!this.#isClosed && this.#inFlight.size < this.#width && this.#gate.opensAt <= clock.monotonic()) {
      const batch = this.stock.next(clock.monotonic(), this.#lingerMs, this.#gate.failures > 0);
      if (!batch) break;
      this.#send(batch);
    }
    this.#setTimer();
    this.#answerWaiting();
    this.#context.onRoom();
  }

  get #width(): number {
    return this.#gate.isProbing ? 1 : this.#context.limits.concurrency;
  }

  #oldestAgeMs(): number | null {
    const { clock, spool } = this.#context;
    const inFlight = [...this.#inFlight.keys()].map((batch) => batch.entries[0]?.item.since);
    const since = [this.stock.oldestSince, ...inFlight].filter((each) => each !== undefined);
    const ages = since.map((each) => clock.monotonic() - each);
    const kept = spool?.oldestAt(this.name) ?? null;
    if (kept !== null) ages.push(Math.max(0, clock.now() - kept));
    return ages.length > 0 ? Math.max(...ages) : null;
  }

  #drain(until: Until): Promise<void> {
    this.#lingerMs = 0;
    // Somebody may have put records there, or dead letters back.
    this.stock.mayBeSpooled = this.#context.spool !== undefined;
    const gone = this.#waiting.join(until, this.stock.horizon);
    this.pump();
    return gone;
  }

  #send(batch: Batch): void {
    const { clock, limits } = this.#context;
    const { counters } = this.stock;
    const payloads = this.stock.open(batch);
    const count = batch.entries.length;
    if (count === 0) return;
    if (batch.attempts > 0) counters.retried += count;
    batch.attempts++;
    counters.buffered -= count;
    counters.inFlight += count;
    this.#inFlight.set(batch, ++this.#batches);
    this.#gate.enter();
    const timing = { timeoutMs: limits.exportTimeoutMs, clock };
    const how = { attempt: batch.attempts, stop: this.#stop.signal, ...timing };
    void ask(this.#exporter, payloads, how).then((verdict) => {
      // It was given back when all stopped.
      if (!this.#inFlight.has(batch)) return;
      this.#land(batch);
      if (verdict.kind === "outcome") this.#judge(batch, verdict.outcome);
      else this.#mishap(batch, verdict);
      this.pump();
    });
  }

  /** The batch has come back, and its records are in no count until they are judged. */
  #land(batch: Batch): void {
    this.#inFlight.delete(batch);
    this.stock.counters.inFlight -= batch.entries.length;
  }

  #judge(batch: Batch, { items, pause, unattributedRejected }: ExportOutcome): void {
    const { emit, random, clock } = this.#context;
    const now = clock.monotonic();
    const { accepted, refused, again, afterMs, reason } = sorted(batch.entries, items);
    this.stock.delivered(accepted);
    this.stock.counters.buffered += refused.length + again.length;
    this.stock.bury(refused);
    if (unattributedRejected !== undefined) {
      this.stock.counters.unattributedRejected += unattributedRejected;
      emit({ type: "unattributed-rejected", exporter: this.name, count: unattributedRejected });
    }
    if (pause) {
      const ms = this.#gate.pause(now, pause.ms);
      emit({ type: "paused", exporter: this.name, ms, reason: pause.reason });
    }
    if (again.length < batch.entries.length) {
      const dueAt = now + Math.max(afterMs, backoffMs(batch.attempts, random));
      if (again.length > 0) this.stock.retry({ ...batchOf(again, batch.attempts), dueAt });
      this.#succeeded(now);
    } else if (pause) this.stock.retry(batch);
    else this.#failed(batch, now, afterMs, reason || "every record is to be sent again");
    if (pause) this.#evict();
  }

  /**
   * An exporter that throws about a batch may be without a network, or met a record that it cannot stand. Halving finds that
   * one; it is given up only when others have passed meanwhile, so that an outage costs nothing.
   */
  #mishap(batch: Batch, { code, reason }: Verdict & { kind: "misbehaved" }): void {
    const now = this.#context.clock.monotonic();
    this.stock.counters.buffered += batch.entries.length;
    this.#context.emit({ type: "misbehaved", exporter: this.name, code, reason });
    const [entry] = batch.entries;
    const isHopeless = batch.failures + 1 >= FAILURES_TO_GIVE_UP && this.#lastSuccess > batch.failingSince;
    if (entry && batch.entries.length === 1 && isHopeless) this.stock.bury([{ entry, code, reason }]);
    else this.#failed(batch, now, 0, reason, true);
  }

  #succeeded(now: number): void {
    this.#lastSuccess = now;
    if (this.#gate.succeeded()) this.#context.emit({ type: "circuit-closed", exporter: this.name });
  }

  /** Nothing of a batch was taken. It waits, in halves if it is likely that only a part of it is to blame. */
  #failed(batch: Batch, now: number, afterMs: number, reason: string, isMishap = false): void {
    if (batch.failures === 0) batch.failingSince = now;
    batch.failures++;
    batch.dueAt = now + Math.max(afterMs, backoffMs(batch.failures, this.#context.random));
    const isSuspect = isMishap || this.#lastSuccess > batch.failingSince;
    const isHalved =
      isSuspect && batch.entries.length > 1 && (batch.isHalf || batch.failures >= FAILURES_TO_HALVE);
    for (const piece of isHalved ? halvesOf(batch) : [batch]) this.stock.retry(piece);
    const { ms, hasOpened } = this.#gate.failed(now, afterMs);
    if (!hasOpened) return;
    this.#context.emit({ type: "circuit-opened", exporter: this.name, ms, reason });
    this.#evict();
  }

  /** While the exporter cannot be reached, its records are safer in the spool, and leave room for those of others. */
  #evict(): void {
    if (this.#context.spool?.isUsable === true && this.isShut && !this.#isClosing) this.stock.evict();
  }

  /** Wakes up when the next batch may be sent. */
  #setTimer(): void {
    const { clock, limits } = this.#context;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#isClosed || this.#inFlight.size >= this.#width) return;
    const ripe = this.stock.ripeAt(this.#lingerMs);
    if (ripe === Infinity) {
      if (!this.#isClosing && this.#inFlight.size === 0) this.#lingerMs = limits.lingerMs;
      return;
    }
    const now = clock.monotonic();
    const at = Math.max(ripe, this.#gate.opensAt);
    // What was never tried keeps the process alive; after failures nobody knows for how long that would be.
    const isVital = this.stock.hasFresh && this.#gate.opensAt <= now;
    const wake = (): void => {
      this.#timer = undefined;
      this.pump();
    };
    this.#timer = { at, isVital, cancel: clock.after(Math.max(0, at - now), wake, isVital) };
  }

  #answerWaiting(): void {
    if (this.#waiting.isNobody) return;
    this.#waiting.answer((waiter) => this.#isClosed || this.#isOver(waiter));
    if (this.#waiting.isNobody && !this.#isClosing) this.#lingerMs = this.#context.limits.lingerMs;
  }

  #isOver(waiter: Waiter): boolean {
    const isOpen = this.#gate.opensAt <= this.#context.clock.monotonic();
    if (waiter.lastBatch === undefined) {
      if (isOpen && !this.stock.hasBegun(waiter.horizon)) return false;
      waiter.lastBatch = this.#batches;
    }
    const { lastBatch } = waiter;
    if (waiter.until === "tried") return [...this.#inFlight.values()].every((number) => number > lastBatch);
    const isIdle = this.#inFlight.size === 0 && !(isOpen && (this.stock.hasFresh || this.stock.mayBeSpooled));
    const isDown = this.isShut || this.#gate.failures >= FAILURES_TO_STOP;
    return isIdle && (this.stock.isEmpty || (waiter.until === "hopeless" && isDown));
  }
}
