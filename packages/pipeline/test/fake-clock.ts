import type { Clock } from "../src/index.js";

type Timer = { at: number; call: () => void; isVital: boolean };

/** A clock that only goes on when it is told to. */
export class FakeClock implements Clock {
  #timers = new Set<Timer>();
  #monotonic = 1000;
  /** How far the time of day is off. */
  offset = Date.UTC(2026, 0, 2);

  now(): number {
    return this.#monotonic + this.offset;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, call: () => void, isVital: boolean): () => void {
    const timer = { at: this.#monotonic + Math.max(0, ms), call, isVital };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that keep a program alive. */
  get vital(): number {
    return [...this.#timers].filter(({ isVital }) => isVital).length;
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** Lets time pass, and everything happen that happens in it. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settled();
    for (;;) {
      const next = [...this.#timers].toSorted((left, right) => left.at - right.at)[0];
      if (!next || next.at > end) break;
      this.#timers.delete(next);
      this.#monotonic = Math.max(this.#monotonic, next.at);
      next.call();
      await settled();
    }
    this.#monotonic = end;
  }
}

/** Everything that only waits for promises has happened. */
export async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
