import type { Timing } from "@waybill/core";

/** The moments of a stream that are worth a time. */
type Moment = "firstContent" | "firstReasoning" | "firstTool" | "finish" | "usage";

const MAX_TICKS = 256;
const MAX_GAPS = 1024;

/** Notes when things happen, in constant memory: ticks and gaps are thinned evenly when there are too many. */
export class Stopwatch {
  readonly #now: () => number;
  readonly #start: number;
  readonly #moments: Record<Moment, number | null> = {
    firstContent: null,
    firstReasoning: null,
    firstTool: null,
    finish: null,
    usage: null,
  };
  #headers: number | null = null;
  #first: number | null = null;
  #last: number | null = null;
  #chunks = 0;
  #longest = { gap: -1, at: -1 };
  readonly #ticks = new ThinnedList(MAX_TICKS);
  readonly #gaps = new ThinnedList(MAX_GAPS);

  /** @param now a monotonic clock in milliseconds. @param start when the request was sent, on the same clock. */
  constructor(now: () => number, start: number) {
    this.#now = now;
    this.#start = start;
  }

  headers(): void {
    this.#headers ??= this.#elapsed();
  }

  chunk(): void {
    const time = this.#elapsed();
    this.#first ??= time;
    if (this.#last !== null) {
      // The clock may be set back.
      const gap = Math.max(0, time - this.#last);
      this.#gaps.add(gap);
      if (gap > this.#longest.gap) this.#longest = { gap, at: this.#chunks };
    }
    this.#ticks.add(time);
    this.#last = time;
    this.#chunks++;
  }

  /** Notes a moment: the first time for the firsts, the last time for finish and usage. */
  note(moment: Moment): void {
    if (moment === "finish" || moment === "usage") this.#moments[moment] = this.#last;
    else this.#moments[moment] ??= this.#last;
  }

  result(): Timing {
    const gaps = this.#gaps.values.toSorted((left, right) => left - right);
    return {
      headers: this.#headers,
      firstChunk: this.#first,
      firstContent: this.#moments.firstContent,
      firstReasoning: this.#moments.firstReasoning,
      firstTool: this.#moments.firstTool,
      finish: this.#moments.finish,
      usage: this.#moments.usage,
      lastChunk: this.#last,
      close: this.#elapsed(),
      chunks: this.#chunks,
      gaps: {
        p50: percentile(gaps, 0.5),
        p95: percentile(gaps, 0.95),
        max: this.#longest.at < 0 ? null : this.#longest.gap,
        maxAt: this.#longest.at < 0 ? null : this.#longest.at,
      },
      ticks: this.#ticks.values,
    };
  }

  #elapsed(): number {
    let time: number;
    try {
      time = this.#now() - this.#start;
    } catch {
      // A clock of the caller's that fails must not cost the completion.
      return this.#last ?? 0;
    }
    // A clock that is set back would give negative times, which no reader expects.
    return Math.max(0, time);
  }
}

/** Keeps every value up to a limit, then every second one, then every fourth. */
class ThinnedList {
  values: number[] = [];
  readonly #limit: number;
  #stride = 1;
  #seen = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(value: number): void {
    if (this.#seen++ % this.#stride !== 0) return;
    if (this.values.length === this.#limit) {
      this.values = this.values.filter((_, index) => index % 2 === 0);
      this.#stride *= 2;
      if ((this.#seen - 1) % this.#stride !== 0) return;
    }
    this.values.push(value);
  }
}

function percentile(sorted: number[], share: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}
