import { backoffMs } from "./backoff.js";
import { Circuit } from "./circuit.js";
import type { ExporterState } from "./types.js";

/** The longest pause that the other side can ask for: 15 minutes. */
export const MAX_PAUSE = 900_000;

/** Whether an exporter may be asked now: after failures it gets time, after many more, and what it asks for itself. */
export class Gate {
  readonly #random: () => number;
  readonly #circuit = new Circuit();
  #backoffUntil = 0;
  #pausedUntil = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** When a batch may be sent, on the monotonic clock; a time that has passed means now. */
  get opensAt(): number {
    return Math.max(this.#pausedUntil, this.#circuit.openUntil, this.#backoffUntil);
  }

  /** How many batches failed since the last that did not. */
  get failures(): number {
    return this.#circuit.failures;
  }

  /** Whether it will take a while. */
  isShut(now: number): boolean {
    return Math.max(this.#pausedUntil, this.#circuit.openUntil) > now;
  }

  /** Whether only one batch may be on its way. */
  get isProbing(): boolean {
    return this.#circuit.state === "probing";
  }

  state(now: number): Exclude<ExporterState, "closed"> {
    if (this.#pausedUntil > now) return "paused";
    const { state } = this.#circuit;
    if (state !== "closed") return state;
    return this.#backoffUntil > now ? "backing-off" : "sending";
  }

  /** Says that a batch is about to be sent. */
  enter(): void {
    this.#circuit.enter();
  }

  /** Returns whether the circuit was open before. */
  succeeded(): boolean {
    const wasClosed = this.#circuit.state === "closed";
    this.#circuit.succeeded();
    this.#backoffUntil = 0;
    return !wasClosed;
  }

  /** Returns for how long nothing is sent, and whether that is because the circuit has opened. */
  failed(now: number, afterMs: number): { ms: number; hasOpened: boolean } {
    this.#circuit.failed(now);
    const hasOpened = this.#circuit.state === "open";
    const backoff = hasOpened ? 0 : backoffMs(this.#circuit.failures, this.#random);
    this.#backoffUntil = now + Math.max(afterMs, backoff);
    return { ms: Math.max(this.#backoffUntil, this.#circuit.openUntil) - now, hasOpened };
  }

  /** Sends nothing for as long as the other side asks. */
  pause(now: number, ms: number): number {
    const asked = Math.min(MAX_PAUSE, ms);
    this.#pausedUntil = Math.max(this.#pausedUntil, now + asked);
    return asked;
  }
}
