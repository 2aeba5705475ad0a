import type { Wait } from "../access/errors.js";

/** Why a call was aborted: the API let it wait too long. */
export class TooSlow extends Error {
  override readonly name = "TimeoutError";
  readonly wait: Wait;
  readonly ms: number;

  constructor(wait: Wait, ms: number) {
    super(`nothing came for ${ms / 1000} s (${wait})`);
    this.wait = wait;
    this.ms = ms;
  }
}

/** Aborts a call that has to wait too long: first for the headers of the answer, then for each piece of it. */
export class Deadline {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout;
  #isPaused = false;

  constructor(headersMs: number) {
    this.#timer = setTimeout(() => this.abort(new TooSlow("headers", headersMs)), headersMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The headers are here. */
  answered(idleMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.#isPaused) this.abort(new TooSlow("idle", idleMs));
    }, idleMs);
  }

  /** The API is waited for: from the beginning. */
  restart(): void {
    this.#isPaused = false;
    this.#timer.refresh();
  }

  /** It is the caller who is waited for: the API cannot help it. */
  pause(): void {
    this.#isPaused = true;
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
