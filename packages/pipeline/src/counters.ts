import type { ExporterStats } from "./types.js";

/** What an exporter's records have come to. Each record is in one of these at a time. */
export class Counters {
  accepted = 0;
  sent = 0;
  spooled = 0;
  buffered = 0;
  inFlight = 0;
  dead = 0;
  retried = 0;
  recovered = 0;
  degraded = 0;
  unattributedRejected = 0;
  readonly dropped = new Tally();
  readonly rejected = new Tally();

  toStats(): Omit<ExporterStats, "oldestAgeMs" | "state"> {
    const { accepted, sent, spooled, buffered, inFlight, dead, dropped, rejected, ...more } = this;
    const gone = { rejected: rejected.total, dead, dropped: dropped.total };
    const reasons = { droppedBy: dropped.toRecord(), rejectedBy: rejected.toRecord() };
    return { accepted, sent, spooled, buffered, inFlight, ...gone, ...more, ...reasons };
  }
}

/** A count by reason. */
export class Tally {
  readonly #counts = new Map<string, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(reason: string): void {
    // Reasons are the other side's words: an endless number of them must not fill the memory.
    const name = this.#counts.size < MAX_REASONS || this.#counts.has(reason) ? reason.slice(0, 64) : "other";
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    this.#total++;
  }

  toRecord(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}

const MAX_REASONS = 50;
