import type { Filters } from "../api/filters.js";
import type { CallRow, CallsEvent, LiveEventData } from "../api/schemas.js";
import { patchOf, type Seen } from "./delta.js";
import type { OpenCall } from "./live-calls.js";
import { liveLimits, MOST_ENDS } from "./live-limits.js";
import { passes, passesLive } from "./matches.js";
import type { Outbox } from "./outbox.js";
import { eventText } from "./sse.js";

const ENDS_AT_A_TIME = 50;

type Gap = LiveEventData<"gap">;

/** Looks how far a call is, if there is still time for it in this tick. */
export type Look = (call: OpenCall) => boolean;

/** Somebody who watches the list of calls. What there is no room for now is told later, and together. */
export class ListClient {
  readonly outbox: Outbox;
  readonly filters: Filters;
  readonly #now: () => number;
  readonly #shown = new Map<string, Seen>();
  readonly #gone = new Set<string>();
  readonly #verdicts = new WeakMap<OpenCall, boolean>();
  #ends: CallRow[] = [];
  #gap: Gap | null = null;
  #hidden = 0;
  /** The ends before those that come now are still being looked up. */
  isResuming = false;

  constructor(outbox: Outbox, filters: Filters, now: () => number) {
    this.outbox = outbox;
    this.filters = filters;
    this.#now = now;
  }

  /** The calls whose rows are shown. */
  get shown(): Iterable<string> {
    return this.#shown.keys();
  }

  /** Calls have ended and entered the ledger. */
  ended(rows: readonly CallRow[]): void {
    for (const row of rows) {
      if (!passes(row, this.filters, this.#now())) continue;
      if (this.#ends.length < MOST_ENDS && !this.#gap) this.#ends.push(row);
      else this.#miss(row.seq, row.seq, "slow");
    }
  }

  /** What was missed while nobody was connected: the ends, or only that there are some. */
  resumed(missed: { rows: readonly CallRow[] } | { from: number; to: number }): void {
    this.isResuming = false;
    if ("from" in missed) this.#miss(missed.from, missed.to, "missed");
    else this.#ends.unshift(...missed.rows);
  }

  /** Tells what is new, as far as there is room. */
  tell(calls: readonly OpenCall[], look: Look): void {
    if (!this.isResuming) this.#tellEnds();
    this.#tellRows(calls, look);
  }

  #tellEnds(): void {
    while (!this.#gap && this.#ends.length > 0) {
      let count = Math.min(ENDS_AT_A_TIME, this.#ends.length);
      // Rows are of any size: fewer of them may fit.
      while (count > 0 && !this.#offerEnds(this.#ends.slice(0, count))) count = Math.floor(count / 2);
      if (count > 0) this.#ends.splice(0, count);
      else this.#missAll();
    }
    // A client that is slow is told once when it has caught up, and not of every call by itself.
    if (!this.#gap || this.outbox.unsent > liveLimits.bytes / 2) return;
    if (!this.outbox.offer(eventText("gap", this.#gap))) return;
    this.#gap = null;
    this.#tellEnds();
  }

  #offerEnds(rows: CallRow[]): boolean {
    const event: CallsEvent = { start: [], patch: [], end: rows, gone: [], hidden: this.#hidden };
    if (!this.outbox.offer(eventText("calls", event, rows.at(-1)?.seq))) return false;
    for (const { id } of rows) this.#shown.delete(id);
    return true;
  }

  #tellRows(calls: readonly OpenCall[], look: Look): void {
    const open = new Map(calls.map((call) => [call.id, call]));
    for (const id of this.#shown.keys()) if (!open.has(id)) this.#gone.add(id);
    const left = liveLimits.rows - this.#shown.size + this.#gone.size;
    const seen = new Map<string, Seen>();
    const event: CallsEvent = { start: [], patch: [], end: [], gone: [...this.#gone], hidden: 0 };
    for (const call of calls) {
      if (this.#shown.has(call.id) || call.endedAt !== null || !this.#isMeant(call)) continue;
      if (event.start.length < left && look(call)) {
        const { state } = call;
        event.start.push(call.row(liveLimits.text));
        seen.set(call.id, { length: state.text.length, edition: state.edition, state });
      } else event.hidden++;
    }
    for (const [id, before] of this.#shown) {
      const call = open.get(id);
      if (!call || !look(call)) continue;
      const found = patchOf(before, call.state, liveLimits.text);
      if (!found) continue;
      event.patch.push([id, found.patch]);
      seen.set(id, found.seen);
    }
    const isNews = event.start.length + event.patch.length + event.gone.length > 0;
    if (!isNews && event.hidden === this.#hidden) return;
    // Without room nothing has been told: the next time it is told together with what comes until then.
    if (!this.outbox.offer(eventText("calls", event))) return;
    this.#hidden = event.hidden;
    for (const id of this.#gone) this.#shown.delete(id);
    this.#gone.clear();
    for (const [id, each] of seen) this.#shown.set(id, each);
  }

  #isMeant(call: OpenCall): boolean {
    const known = this.#verdicts.get(call);
    if (known !== undefined) return known;
    const verdict = passesLive(call.row(0), this.filters, this.#now());
    this.#verdicts.set(call, verdict);
    return verdict;
  }

  #missAll(): void {
    for (const { seq } of this.#ends) this.#miss(seq, seq, "slow");
    this.#ends = [];
  }

  #miss(from: number, to: number, reason: Gap["reason"]): void {
    const gap = this.#gap ?? { from, to, reason };
    this.#gap = { from: Math.min(gap.from, from), to: Math.max(gap.to, to), reason: gap.reason };
  }
}
