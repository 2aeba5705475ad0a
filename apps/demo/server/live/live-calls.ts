import type { CostEngine } from "@waybill/cost";
import type { LiveCall } from "@waybill/fetch";
import type { Redactor } from "@waybill/payload";

import type { LiveRow } from "../api/schemas.js";
import type { CallKey } from "../ledger/ledger-row.js";
import { liveRowOf } from "./live-row.js";
import { LiveText } from "./live-text.js";
import { RunningPrice } from "./running-price.js";

/** What the gateway knows of a call beside what `fetch` does. */
export type LiveContext = { key?: CallKey | null | undefined; tags?: readonly string[] | undefined };

/** What is shown of an answer so far. Counts and price are estimates; the text has been redacted. */
export type LiveState = {
  text: string;
  /** Rises when text that was shown is no longer the beginning of the text. */
  edition: number;
  tokens: { in: number | null; out: number };
  cost: string | null;
  ttftMs: number | null;
};

export type LiveCallsOptions = {
  engine: CostEngine;
  /** Takes secrets out of what is shown; the records have their own way. */
  redactor?: Redactor | null | undefined;
  /** Whether what is asked and said is shown at all; it is by default. */
  withContent?: boolean | undefined;
  /** Epoch milliseconds. */
  now?: (() => number) | undefined;
};

/** A call whose record does not come within this time has none. Milliseconds. */
const LONGEST_WAIT = 30_000;
/** Most calls that are waited for: more of them, and something else is wrong. */
const MOST_WAITING = 1000;

/** One call that is under way, or whose record is. */
export class OpenCall {
  readonly id: string;
  readonly call: LiveCall;
  readonly #context: LiveContext;
  readonly #options: LiveCallsOptions;
  readonly #text: LiveText;
  readonly #price: RunningPrice;
  #state: LiveState | undefined;
  #chunks = -1;
  #lastSeen = 0;
  /** When it ended; its row is on its way then. Epoch milliseconds. */
  endedAt: number | null = null;

  constructor(call: LiveCall, context: LiveContext, options: LiveCallsOptions) {
    this.id = call.id;
    this.call = call;
    this.#context = context;
    this.#options = options;
    const { redactor, withContent = true } = options;
    this.#text = new LiveText(withContent ? redactor && ((text) => redactor.text(text)) : () => "");
    this.#price = new RunningPrice(options.engine, call);
  }

  /** How far the answer was when it was last looked at. */
  get state(): LiveState {
    return this.#state ?? this.look();
  }

  /** Looks how far the answer is, which takes time in proportion to its length. */
  look(): LiveState {
    let progress = { text: "", chunks: 0, firstTokenMs: null as number | null };
    try {
      progress = this.call.progress();
    } catch {
      // Whoever reads the answer is in trouble, and will say so.
      if (this.#state) return this.#state;
    }
    const { text, chunks, firstTokenMs } = progress;
    if (this.#state && chunks === this.#chunks && text.length === this.#lastSeen) return this.#state;
    [this.#chunks, this.#lastSeen] = [chunks, text.length];
    const input = this.#price.promptTokens;
    const out = Math.ceil(text.length / 4);
    const { shown, edition } = this.#text.update(text);
    const before = this.#state;
    // A piece of the answer may have nothing in it that is shown.
    if (before?.text !== shown || before.tokens.out !== out || before.ttftMs !== firstTokenMs) {
      const tokens = { in: input, out };
      this.#state = { text: shown, edition, tokens, cost: this.#price.of(out), ttftMs: firstTokenMs };
    }
    return this.#state as LiveState;
  }

  /** As lists show it, with the last so many characters of its text. */
  row(length: number): LiveRow {
    return liveRowOf(this.call, this.#context, this.state, length);
  }

  /** The body of the request as far as it may be shown. */
  get request(): object {
    const { redactor, withContent = true } = this.#options;
    if (!withContent) return {};
    return redactor ? redactor.payload(this.call.request) : this.call.request;
  }
}

/**
 * The calls that are under way. One that has ended stays until its record has entered the ledger, so that it is never
 * nowhere.
 */
export class LiveCalls {
  readonly #calls = new Map<string, OpenCall>();
  readonly #options: LiveCallsOptions;
  readonly #now: () => number;
  #waiting = 0;

  constructor(options: LiveCallsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  start(call: LiveCall, context: LiveContext = {}): void {
    this.settled(call.id);
    this.#calls.set(call.id, new OpenCall(call, context, this.#options));
  }

  /** The answer has ended, and its record is on its way. */
  end(id: string): void {
    const call = this.#calls.get(id);
    if (!call || call.endedAt !== null) return;
    call.endedAt = this.#now();
    this.#waiting++;
    if (this.#waiting > MOST_WAITING) this.#forget(1);
  }

  /** The record of a call has entered the ledger. */
  settled(id: string): void {
    const call = this.#calls.get(id);
    if (!call) return;
    if (call.endedAt !== null) this.#waiting--;
    this.#calls.delete(id);
  }

  /** In the order of starting. */
  list(): readonly OpenCall[] {
    this.#forget(0);
    return [...this.#calls.values()];
  }

  get(id: string): OpenCall | undefined {
    this.#forget(0);
    return this.#calls.get(id);
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Forgets calls whose record has not come, and so many more of the oldest. */
  #forget(more: number): void {
    if (this.#waiting === 0) return;
    const before = this.#now() - LONGEST_WAIT;
    let left = more;
    for (const { id, endedAt } of this.#calls.values()) {
      if (endedAt === null || (endedAt > before && left-- <= 0)) continue;
      this.settled(id);
    }
  }
}
