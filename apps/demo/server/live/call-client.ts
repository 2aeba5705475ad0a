import type { CallRow, CallsEvent } from "../api/schemas.js";
import { patchOf, type Seen } from "./delta.js";
import type { LiveCalls } from "./live-calls.js";
import { MOST_DELTA } from "./live-limits.js";
import type { Outbox } from "./outbox.js";
import { eventText, RETRY_MS } from "./sse.js";

/** Somebody who watches one call: all that it says, until it has ended. */
export class CallClient {
  readonly outbox: Outbox;
  readonly id: string;
  #seen: Seen | undefined;
  #row: CallRow | undefined;

  constructor(outbox: Outbox, id: string) {
    this.outbox = outbox;
    this.id = id;
  }

  ended(rows: readonly CallRow[]): void {
    this.#row = rows.find(({ id }) => id === this.id) ?? this.#row;
  }

  /** Tells what is new. Answers whether there will be more. */
  tell(calls: LiveCalls): boolean {
    const call = calls.get(this.id);
    if (call && !this.#row) {
      const state = call.look();
      if (!this.#seen) {
        const start = call.row(MOST_DELTA);
        if (this.#offer({ start: [start] }))
          this.#seen = { length: state.text.length, edition: state.edition, state };
        return true;
      }
      const found = patchOf(this.#seen, state, MOST_DELTA);
      if (found && this.#offer({ patch: [[this.id, found.patch]] })) this.#seen = found.seen;
      return true;
    }
    // Whoever is too slow for its last event is told by the stream's end that there was one.
    this.#offer(this.#row ? { end: [this.#row] } : { gone: [this.id] });
    this.outbox.end(eventText("bye", { reason: "ended", retryMs: RETRY_MS }));
    return false;
  }

  #offer(news: Partial<CallsEvent>): boolean {
    const event: CallsEvent = { start: [], patch: [], end: [], gone: [], hidden: 0, ...news };
    return this.outbox.offer(eventText("calls", event, event.end[0]?.seq));
  }
}
