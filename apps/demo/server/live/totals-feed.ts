import { filterAt } from "../api/filters.js";
import type { TotalsAnswer } from "../api/schemas.js";
import type { LedgerStore } from "../ledger/ledger-store.js";
import type { ListClient } from "./list-client.js";
import { eventText } from "./sse.js";

const QUERY_MS = 2000;
/** Ranges that end now lose calls also while none comes. */
const LONGEST_QUIET = 30_000;

/** Tells clients the totals of their filters: once for all that have the same, one query after the other. */
export class TotalsFeed {
  readonly #ledger: Pick<LedgerStore, "totals">;
  readonly #now: () => number;
  #isChanged = false;
  #toldAt = -Infinity;
  #isBusy = false;

  constructor(ledger: Pick<LedgerStore, "totals">, now: () => number) {
    this.#ledger = ledger;
    this.#now = now;
  }

  changed(): void {
    this.#isChanged = true;
  }

  /** Tells all, if anything may have changed and the last time is over. */
  async tellAll(clients: readonly ListClient[]): Promise<void> {
    if (this.#isBusy || clients.length === 0) return;
    if (!this.#isChanged && this.#now() - this.#toldAt < LONGEST_QUIET) return;
    this.#isBusy = true;
    this.#isChanged = false;
    this.#toldAt = this.#now();
    try {
      await this.tell(clients);
    } finally {
      this.#isBusy = false;
    }
  }

  async tell(clients: readonly ListClient[]): Promise<void> {
    const firsts = new Map(clients.map((client) => [client.filters.canonical, client]));
    for (const [canonical, first] of firsts) {
      const totals = await this.#read(first);
      if (!totals) continue;
      const text = eventText("totals", totals);
      for (const { filters, outbox } of clients) if (filters.canonical === canonical) outbox.offer(text);
    }
  }

  /** Undefined when the ledger did not answer in time: the next totals will say what these would have. */
  async #read({ filters }: ListClient): Promise<TotalsAnswer | undefined> {
    const now = this.#now();
    try {
      const totals = await this.#ledger.totals(filterAt(filters, now), { timeoutMs: QUERY_MS });
      return { ...totals, asOf: new Date(now).toISOString() };
    } catch {
      this.#isChanged = true;
      return undefined;
    }
  }
}
