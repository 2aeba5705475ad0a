import type { Timing } from "@waybill/core";

/** The moments of a stream that are worth a time. */
type Moment = "firstContent" | "firstReasoning" | "firstTool" | "finish" | "usage";

/** Small, because every idle stream holds them. */
const MAX_TICKS = 64;
const MAX_GAPS = 64;

/**
 * Notes when things happen, in constant memory: ticks and gaps are thinned evenly when there are too many. What arrives
 * in one read arrives at one time.
 */
export class Stopwatch {
  readonly #now: () => number;
  #start: number;
  /** The time of the read at hand. */
  #time = 0;
  #headers: number | null = null;
  #firstByte: number | null = null;
  #first: number | null = null;
  #last: number | null = null;
  readonly #moments: Record<Moment, number | null> = {
    firstContent: null,
    firstReasoning: null,
    firstTool: null,
    finish: null,
    usage: null,
  };
  #chunks = 0;
  #longest = -1;
  #longestAt = -1;
  readonly #ticks = new ThinnedList(MAX_TICKS);
  readonly #gaps = new ThinnedList(MAX_GAPS);

  /** @param now a monotonic clock in milliseconds. @param start when the request was sent; now, when it is not said. */
  constructor(now: () => number, start: number | undefined) {
    this.#now = now;
    this.#start = start ?? 0;
    if (start === undefined) {
      this.#start = this.#elapsed();
      this.#time = 0;
    }
  }

  headers(): void {
    this.#headers ??= this.#elapsed();
  }

  /** Begins a read: what is noted until the next one happens now. */
  read(): void {
    this.#time = this.#elapsed();
  }

  /** Notes that the read at hand brought bytes. */
  bytes(): void {
    this.#firstByte ??= this.#time;
  }

  chunk(): void {
    const time = this.#time;
    if (this.#last === null) this.#first = time;
    else {
      const gap = time - this.#last;
      this.#gaps.add(gap);
      if (gap > this.#longest) {
        this.#longest = gap;
        this.#longestAt = this.#chunks;
      }
    }
    this.#ticks.add(time);
    this.#last = time;
    this.#chunks++;
  }

  /** Notes a moment: the first time for the firsts, the last time for finish and usage. Returns whether it is the first. */
  note(moment: Moment): boolean {
    const moments = this.#moments;
    const isFirst = moments[moment] === null;
    if (isFirst || moment === "finish" || moment === "usage") moments[moment] = this.#time;
    return isFirst;
  }

  result(): Timing {
    const gaps = this.#gaps.values.toSorted((left, right) => left - right);
    const isLonely = this.#longestAt < 0;
    return {
      headers: this.#headers,
      firstByte: this.#firstByte,
      firstChunk: this.#first,
      ...this.#moments,
      lastChunk: this.#last,
      close: this.#elapsed(),
      chunks: this.#chunks,
      gaps: {
        p50: percentile(gaps, 0.5),
        p95: percentile(gaps, 0.95),
        max: isLonely ? null : this.#longest,
        maxAt: isLonely ? null : this.#longestAt,
      },
      ticks: this.#ticks.values,
    };
  }

  /** Never less than before: no reader expects negative times, and clocks are set back. */
  #elapsed(): number {
    try {
      const time = this.#now() - this.#start;
      return time > this.#time ? time : this.#time;
    } catch {
      // A clock of the caller's that fails must not cost the completion.
      return this.#time;
    }
  }
}

/** Keeps every value up to a limit, then every second one, then every fourth. */
class ThinnedList {
  values: number[] = [];
  readonly #limit: number;
  #stride = 1;
  /** How many values are passed over before the next is kept. */
  #skip = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(value: number): void {
    if (this.#skip > 0) {
      this.#skip--;
      return;
    }
    if (this.values.length === this.#limit) {
      // The limit is even: the value at hand is the next that the wider stride keeps.
      this.values = this.values.filter((_, index) => index % 2 === 0);
      this.#stride *= 2;
    }
    this.values.push(value);
    this.#skip = this.#stride - 1;
  }
}

function percentile(sorted: number[], share: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}
