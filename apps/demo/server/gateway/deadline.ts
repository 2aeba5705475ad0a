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

/** Why a call was aborted: its caller read nothing for too long. */
export class CallerStalled extends Error {
  override readonly name = "AbortError";

  constructor(ms: number) {
    super(`caller stalled: nothing was read for ${ms / 1000} s`);
  }
}

/** How long a caller may take nothing, where nobody says otherwise. Milliseconds. */
export const STALL_MS = 120_000;

/**
 * Aborts a call that has to wait too long: first for the headers of the answer, then for each piece of it, and, when the
 * caller does not read, for the caller.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #stallMs: number;
  #timer: NodeJS.Timeout;
  #stall: NodeJS.Timeout | undefined;
  #isPaused = false;

  constructor(headersMs: number, stallMs = STALL_MS) {
    this.#stallMs = stallMs;
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
    // Like the other one it is made once: streams wait for their callers all the time.
    if (this.#stall) this.#stall.refresh();
    else
      this.#stall = setTimeout(() => {
        if (this.#isPaused) this.abort(new CallerStalled(this.#stallMs));
      }, this.#stallMs);
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  end(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#stall);
  }
}
