import type { MiddlewareHandler } from "hono";

/** Counts what is being answered, so that a shutdown can wait for it. */
export class InFlight {
  #count = 0;
  #waiting: (() => void)[] = [];

  get count(): number {
    return this.#count;
  }

  readonly middleware: MiddlewareHandler = async (_context, next) => {
    this.#count++;
    try {
      await next();
    } finally {
      this.#count--;
      if (this.#count === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    }
  };

  /** Resolves when nothing is. */
  none(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#count === 0) resolve();
      else this.#waiting.push(resolve);
    });
  }
}
