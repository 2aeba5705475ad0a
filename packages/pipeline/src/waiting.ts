/** How long somebody waits: until all was tried once, until trying is of no use, until nothing is left. */
export type Until = "tried" | "hopeless" | "empty";

/** Somebody who waits. */
export type Waiter = {
  readonly until: Until;
  /** Which records are meant: those that come later are not waited for. */
  readonly horizon: number;
  /** The number of the last batch that had one of them; undefined while there are some to be begun. */
  lastBatch: number | undefined;
  readonly resolve: () => void;
};

/** Whoever waits for an exporter's records to be gone. */
export class Waiting {
  #waiting: Waiter[] = [];

  get isNobody(): boolean {
    return this.#waiting.length === 0;
  }

  join(until: Until, horizon: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ until, horizon, lastBatch: undefined, resolve });
    });
  }

  /** Lets those go whose time has come. */
  answer(isOver: (waiter: Waiter) => boolean): void {
    const done = this.#waiting.filter((waiter) => isOver(waiter));
    this.#waiting = this.#waiting.filter((waiter) => !done.includes(waiter));
    for (const { resolve } of done) resolve();
  }
}
