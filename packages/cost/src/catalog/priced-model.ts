import type { PriceInterval } from "@waybill/core";

import type { PriceBook } from "../rates.js";

/** A price, the time for which it holds in epoch milliseconds, since when that is known, and the same for the result. */
export type DatedBook = { book: PriceBook; from: number; to: number; since: number; interval: PriceInterval };

/** A model of the catalog, or of the caller's own prices. */
export type PricedModel = {
  /** Its name in the catalog. */
  readonly model: string;
  /** LiteLLM's name of its provider; "" when nobody says. */
  readonly provider: string;
  /** LiteLLM's mode, such as "chat". */
  readonly mode: string;
  /** The most tokens it takes and gives. */
  readonly limits: { readonly in?: number; readonly out?: number };
};

/** A model with its prices. */
export class ModelPrices implements PricedModel {
  readonly model: string;
  readonly provider: string;
  readonly mode: string;
  readonly limits: PricedModel["limits"];
  /** Its one price holds since some time and has no end nor hours: today's calls need no clock. */
  readonly isTimeless: boolean;
  readonly #now: readonly DatedBook[];
  readonly #load: () => readonly DatedBook[];
  #all: readonly DatedBook[] | undefined;

  /**
   * `now` are the prices of the catalog, `load` those of the past, which are read when a call is older. `since` is the time
   * at which this is made.
   */
  constructor(
    facts: PricedModel,
    now: readonly DatedBook[],
    load: () => readonly DatedBook[],
    since: number,
  ) {
    this.model = facts.model;
    this.provider = facts.provider;
    this.mode = facts.mode;
    this.limits = facts.limits;
    const [only] = now;
    this.isTimeless =
      now.length === 1 &&
      only?.to === Number.POSITIVE_INFINITY &&
      only.since <= since &&
      !only.book.prices.windows;
    this.#now = now;
    this.#load = load;
  }

  /** Every price, oldest first. */
  history(): readonly DatedBook[] {
    return (this.#all ??= [...this.#load(), ...this.#now].toSorted((left, right) => left.from - right.from));
  }

  /** The price at a time. Where none holds the nearest one is taken, and its basis is `assumed`. */
  bookAt(at: number): DatedBook {
    const first = this.#now[0];
    if (first && this.#now.length === 1 && at >= first.since && at < first.to) return first;
    const books = first && at >= first.from ? this.#now : this.history();
    const dated = (books.findLast(({ from }) => from <= at) ?? books[0]) as DatedBook;
    if (at >= dated.since && at < dated.to) return dated;
    return { ...dated, interval: { ...dated.interval, basis: "assumed" } };
  }
}
