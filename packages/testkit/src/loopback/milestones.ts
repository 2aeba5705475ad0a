/** Counts what happens, so that a test can wait for the n-th time without a clock. */
export class Milestones {
  #count = 0;
  #waiting: { count: number; resolve: () => void }[] = [];

  pass(): void {
    this.#count++;
    for (const { count, resolve } of this.#waiting) if (count <= this.#count) resolve();
    this.#waiting = this.#waiting.filter(({ count }) => count > this.#count);
  }

  /** Resolves when it has happened so often, from the first time on. */
  reached(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#count >= count) resolve();
      else this.#waiting.push({ count, resolve });
    });
  }
}
