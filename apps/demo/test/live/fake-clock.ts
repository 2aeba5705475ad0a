import type { Clock } from "@waybill/pipeline";

type Timer = { at: number; call: () => void };

/** A clock that only goes on when it is told to. It begins when the calls of the ledger's tests do, and a minute later. */
export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>();
  #time = 0;
  readonly #start: number;

  constructor(start: number) {
    this.#start = start;
  }

  now(): number {
    return this.#start + this.#time;
  }

  monotonic(): number {
    return this.#time;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#time + Math.max(0, ms), call };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** Lets time pass, and everything happen that happens in it. */
  async advance(ms: number): Promise<void> {
    const end = this.#time + ms;
    await settled();
    for (;;) {
      const next = [...this.#timers].toSorted((left, right) => left.at - right.at)[0];
      if (!next || next.at > end) break;
      this.#timers.delete(next);
      this.#time = Math.max(this.#time, next.at);
      next.call();
      await settled();
    }
    this.#time = end;
  }
}

/** Everything that only waits for promises has happened. */
export async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Waits for what somebody else is doing: queries, sockets. A test that waits in vain runs into its time limit. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await settled();
}
