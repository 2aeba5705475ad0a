import type { Clock } from "@waybill/pipeline";

import { filterAt, type Filters } from "../api/filters.js";
import type { CallRow, DeliveryAnswer } from "../api/schemas.js";
import type { DeliveryState } from "../ledger/call-filter.js";
import type { LedgerRow } from "../ledger/ledger-row.js";
import type { LedgerStore } from "../ledger/ledger-store.js";
import { CallClient } from "./call-client.js";
import { ListClient } from "./list-client.js";
import type { LiveCalls, OpenCall } from "./live-calls.js";
import { liveLimits, MOST_OF_ONE, MOST_STREAMS } from "./live-limits.js";
import { missedBy } from "./missed.js";
import { Outbox } from "./outbox.js";
import { comment, eventText, preamble, RETRY_MS } from "./sse.js";
import { TotalsFeed } from "./totals-feed.js";

export type LiveFeedParts = {
  calls: LiveCalls;
  ledger: Pick<LedgerStore, "newestSeq" | "page" | "deliveriesOf" | "totals">;
  /** What the sinks are at. */
  delivery: () => DeliveryAnswer;
  /** The latest state of a call's record at each sink, as far as it is remembered. */
  deliveryOf: (id: string) => Record<string, DeliveryState>;
  clock: Clock;
};

/** How a stream is asked for. */
export type LiveRequest = (
  | { filters: Filters; lastSeq?: number | undefined }
  | { call: string; row?: CallRow | undefined }
) & {
  /** Who asks, where that is known: an address, or a key. */
  client?: string | undefined;
  /** Cuts the connection of a client that takes nothing. */
  cut?: (() => void) | undefined;
};

const FAST_MS = 50;
const FIGURES_MS = 2000;
const COMMENT_MS = 15_000;
const LONGEST_STALL = 15_000;

const goodbye = eventText("bye", { reason: "shutdown", retryMs: RETRY_MS });

type Client = {
  watcher: ListClient | CallClient;
  name: string | undefined;
  cut: (() => void) | undefined;
};

/**
 * Tells pages what happens. One timer serves all clients, and it runs while there are any; what happens between two of its
 * ticks is told in one event.
 */
export class LiveFeed {
  readonly #parts: LiveFeedParts;
  readonly #clients = new Set<Client>();
  readonly #totals: TotalsFeed;
  /** The newest call that was told. */
  #told: number;
  #lastDelivery = "";
  #stop: (() => void) | undefined;
  #since = { rows: 0, figures: 0, comment: 0 };
  #turn = 0;
  #isClosed = false;

  constructor(parts: LiveFeedParts) {
    this.#parts = parts;
    this.#told = parts.ledger.newestSeq();
    this.#totals = new TotalsFeed(parts.ledger, () => parts.clock.now());
  }

  /** How many are connected. */
  get streams(): number {
    return this.#clients.size;
  }

  /** A stream of events; null when there are too many, of this client or of all. Behind the end it says goodbye at once. */
  open(request: LiveRequest): ReadableStream<Uint8Array> | null {
    if (this.#clients.size >= MOST_STREAMS || this.#streamsOf(request.client) >= MOST_OF_ONE) return null;
    const { clock } = this.#parts;
    const outbox = new Outbox({
      now: () => clock.monotonic(),
      limit: liveLimits.bytes,
      onGone: () => this.#drop(client),
    });
    const isCall = "call" in request;
    const watcher = isCall
      ? new CallClient(outbox, request.call)
      : new ListClient(outbox, request.filters, () => clock.now());
    const client: Client = { watcher, name: request.client, cut: request.cut };
    const now = new Date(clock.now()).toISOString();
    outbox.offer(preamble + eventText("hello", { seq: this.#told, now, limits: liveLimits }));
    if (this.#isClosed) {
      outbox.end(goodbye);
      return outbox.stream;
    }
    this.#clients.add(client);
    if (isCall && request.row) watcher.ended([request.row]);
    if (watcher instanceof ListClient && !isCall) {
      outbox.offer(eventText("delivery", this.#parts.delivery()));
      void this.#totals.tell([watcher]);
      if (request.lastSeq !== undefined && !this.#isNext(request.lastSeq))
        void this.#resume(watcher, request.lastSeq);
    }
    this.#tick(0);
    return outbox.stream;
  }

  /** Calls have entered the ledger, in this order: the listener of `ledgerExporter`. */
  appended(rows: readonly LedgerRow[]): void {
    const { calls, deliveryOf } = this.#parts;
    for (const { id, seq } of rows) {
      calls.settled(id);
      this.#told = Math.max(this.#told, seq);
    }
    if (this.#clients.size === 0) return;
    const ended = rows.map((row): CallRow => ({ ...row, delivery: deliveryOf(row.id) }));
    for (const { watcher } of this.#clients) watcher.ended(ended);
    this.#totals.changed();
  }

  /** Says goodbye to all. */
  close(): void {
    this.#isClosed = true;
    for (const { watcher } of this.#clients) watcher.outbox.end(goodbye);
    this.#clients.clear();
    this.#stop?.();
    this.#stop = undefined;
  }

  /** Whether a client that has all up to there has missed nothing. The ledger is ahead of what was told for a moment. */
  #isNext(seq: number): boolean {
    return seq === this.#told || (seq > this.#told && seq <= this.#parts.ledger.newestSeq());
  }

  async #resume(watcher: ListClient, lastSeq: number): Promise<void> {
    watcher.isResuming = true;
    const { ledger, clock } = this.#parts;
    const filter = filterAt(watcher.filters, clock.now());
    watcher.resumed(await missedBy(ledger, filter, lastSeq, this.#told));
  }

  #tick(ms: number): void {
    this.#since.rows += ms;
    this.#since.figures += ms;
    this.#since.comment += ms;
    this.#cutStalled();
    const watchers = [...this.#clients].map(({ watcher }) => watcher);
    for (const watcher of watchers)
      if (watcher instanceof CallClient && !watcher.tell(this.#parts.calls)) this.#forget(watcher);
    const lists = watchers.filter((watcher) => watcher instanceof ListClient);
    if (ms === 0 || this.#since.rows >= liveLimits.tickMs) {
      this.#since.rows = 0;
      this.#tellLists(lists);
    }
    if (this.#since.figures >= FIGURES_MS) {
      this.#since.figures = 0;
      this.#tellDelivery(lists);
      void this.#totals.tellAll(lists);
    }
    if (this.#since.comment >= COMMENT_MS) {
      this.#since.comment = 0;
      for (const { outbox } of watchers) if (outbox.unsent === 0) outbox.offer(comment);
    }
    this.#schedule();
  }

  #schedule(): void {
    this.#stop?.();
    this.#stop = undefined;
    if (this.#clients.size === 0) return;
    const isFast = [...this.#clients].some(({ watcher }) => watcher instanceof CallClient);
    const ms = isFast ? FAST_MS : liveLimits.tickMs;
    this.#stop = this.#parts.clock.after(ms, () => this.#tick(ms), false);
  }

  /**
   * Looking at an answer takes time in proportion to its length, so that so many are looked at in a tick. When pages with
   * different filters show more of them, it is their turn one after the other, and some room is left for calls that begin.
   */
  #tellLists(lists: readonly ListClient[]): void {
    if (lists.length === 0) return;
    const calls = this.#parts.calls.list();
    const open = new Set(calls.map(({ id }) => id));
    const shown = [...new Set(lists.flatMap((list) => [...list.shown]))].filter((id) => open.has(id));
    const most = lists.length > 1 ? liveLimits.rows - 10 : liveLimits.rows;
    const skip = shown.length > most ? (this.#turn += most) % shown.length : 0;
    const turn = new Set([...shown.slice(skip), ...shown.slice(0, skip)].slice(0, most));
    const isShown = new Set(shown);
    const looked = new Set<OpenCall>();
    let left = liveLimits.rows - turn.size;
    const look = (call: OpenCall): boolean => {
      if (looked.has(call)) return true;
      if (!turn.has(call.id) && (isShown.has(call.id) || left-- <= 0)) return false;
      looked.add(call);
      call.look();
      return true;
    };
    for (const list of lists) list.tell(calls, look);
  }

  #tellDelivery(lists: readonly ListClient[]): void {
    const delivery = this.#parts.delivery();
    const { asOf: _, ...state } = delivery;
    const text = JSON.stringify(state);
    if (text === this.#lastDelivery) return;
    this.#lastDelivery = text;
    for (const { outbox } of lists) outbox.offer(eventText("delivery", delivery));
  }

  #cutStalled(): void {
    for (const client of this.#clients) {
      if (client.watcher.outbox.waited() < LONGEST_STALL) continue;
      this.#clients.delete(client);
      client.cut?.();
      client.watcher.outbox.abort();
    }
  }

  #streamsOf(name: string | undefined): number {
    if (name === undefined) return 0;
    return [...this.#clients].filter((client) => client.name === name).length;
  }

  #forget(watcher: ListClient | CallClient): void {
    for (const client of this.#clients) if (client.watcher === watcher) this.#clients.delete(client);
  }

  #drop(client: Client): void {
    this.#clients.delete(client);
    if (this.#clients.size === 0) this.#schedule();
  }
}
