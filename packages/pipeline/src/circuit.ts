/** Whether an exporter may be asked. */
export type CircuitState = "closed" | "open" | "probing";

const FAILURES_IN_A_ROW = 5;
const LOOKED_AT = 20;
const FIRST_OPEN = 30_000;
const MAX_OPEN = 600_000;

/**
 * Keeps off a server that is down: opens after five failures in a row or when half of the last twenty failed, for 30 s that
 * double up to 10 min. Then one batch is tried: it closes the circuit or opens it again.
 */
export class Circuit {
  #state: CircuitState = "closed";
  #inRow = 0;
  #recent: boolean[] = [];
  #openUntil = 0;
  #openMs = FIRST_OPEN;

  get state(): CircuitState {
    return this.#state;
  }

  /** How many batches failed since the last that did not. */
  get failures(): number {
    return this.#inRow;
  }

  /** When a batch may be sent again, on the monotonic clock. */
  get openUntil(): number {
    return this.#state === "open" ? this.#openUntil : 0;
  }

  /** Says that a batch is about to be sent, which is a probe when the circuit was open. */
  enter(): void {
    if (this.#state === "open") this.#state = "probing";
  }

  succeeded(): void {
    this.#note(true);
    this.#inRow = 0;
    if (this.#state !== "closed") this.#recent = [];
    this.#state = "closed";
    this.#openMs = FIRST_OPEN;
  }

  failed(now: number): void {
    this.#note(false);
    this.#inRow++;
    if (this.#state === "probing") {
      this.#openMs = Math.min(MAX_OPEN, this.#openMs * 2);
      this.#open(now);
    } else if (this.#state === "closed" && this.#isTooMuch()) this.#open(now);
  }

  #open(now: number): void {
    this.#state = "open";
    this.#openUntil = now + this.#openMs;
  }

  #isTooMuch(): boolean {
    const failed = this.#recent.filter((succeeded) => !succeeded).length;
    return this.#inRow >= FAILURES_IN_A_ROW || (this.#recent.length === LOOKED_AT && failed * 2 >= LOOKED_AT);
  }

  #note(succeeded: boolean): void {
    this.#recent.push(succeeded);
    if (this.#recent.length > LOOKED_AT) this.#recent.shift();
  }
}
