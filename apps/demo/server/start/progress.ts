/** Tells what a start is doing, step by step, with times; nothing for a step that is done at once. */
export class Progress {
  readonly #write: (text: string) => void;
  readonly #now: () => number;
  readonly #startedAt: number;

  constructor(write: (text: string) => void, now: () => number = () => performance.now()) {
    this.#write = write;
    this.#now = now;
    this.#startedAt = now();
  }

  /** Does one step and says how long it took. */
  async step<Value>(what: string, run: () => Promise<Value> | Value): Promise<Value> {
    const start = this.#now();
    const slow = setTimeout(() => this.#write(`  ${what} ...\n`), 1000);
    try {
      return await run();
    } finally {
      clearTimeout(slow);
      this.#write(`  ${what.padEnd(28)} ${seconds(this.#now() - start)}\n`);
    }
  }

  /** Since the beginning. */
  get total(): string {
    return seconds(this.#now() - this.#startedAt);
  }
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
