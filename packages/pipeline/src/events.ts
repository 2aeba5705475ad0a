import { wordsOf } from "@waybill/core/thrown";

import type { PipelineEvent } from "./types.js";

/** So many events wait to be told; in a burst nobody can be told anything. */
const MOST = 10_000;

/**
 * Tells events when everything is in order again: a listener may look at the counts, hand in records or close the
 * pipeline.
 */
export class Events {
  readonly #listener: ((event: PipelineEvent) => unknown) | undefined;
  #waiting: PipelineEvent[] = [];
  #missed = 0;

  constructor(listener: ((event: PipelineEvent) => unknown) | undefined) {
    this.#listener = listener;
  }

  emit(event: PipelineEvent): void {
    if (!this.#listener) return;
    if (this.#waiting.length === MOST) this.#missed++;
    else if (this.#waiting.push(event) === 1) queueMicrotask(() => this.#tellAll());
  }

  #tellAll(): void {
    const events = this.#waiting;
    this.#waiting = [];
    if (this.#missed > 0) events.push({ type: "events-missed", count: this.#missed });
    this.#missed = 0;
    for (const event of events) tell(this.#listener, event);
  }
}

/** What a listener throws is its own affair: no record may suffer, and no process end. */
export function tell<Value>(listener: ((value: Value) => unknown) | undefined, value: Value): void {
  try {
    Promise.resolve(listener?.(value)).catch(report);
  } catch (error) {
    report(error);
  }
}

function report(error: unknown): void {
  console.error(`a listener of a pipeline threw: ${wordsOf(error)}`);
}
