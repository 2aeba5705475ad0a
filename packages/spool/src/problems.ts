/** Something that went wrong in a spool and was got over. */
export type SpoolProblem = {
  kind:
    /** A file made no sense; it was moved to `path`, and what could be read was kept. */
    | "damaged-file"
    /** A file was not there any more. */
    | "missing-file"
    /** One record could not be read; it became a dead letter with the code `damaged`. */
    | "damaged-record"
    /** Dead letters were over the limit, and the oldest went. */
    | "dead-letter-dropped"
    /** The machine had stopped without warning, and only what had been flushed counts. */
    | "unflushed-lost"
    /** Flushing, making room or clearing up failed; it will be tried again. */
    | "io";
  message: string;
  /** How many records are concerned; null when nobody can know. */
  records: number | null;
  /** The file or folder. */
  path?: string;
  cause?: unknown;
};

/** How often each kind of problem was met since the spool was opened, and how many records are known to be concerned. */
export type SpoolProblemCounts = Record<SpoolProblem["kind"], { times: number; records: number }>;

/** Counts problems and passes them on, but not in the middle of a call: whoever listens may call the spool. */
export class Problems {
  readonly counts: SpoolProblemCounts = {
    "damaged-file": { times: 0, records: 0 },
    "missing-file": { times: 0, records: 0 },
    "damaged-record": { times: 0, records: 0 },
    "dead-letter-dropped": { times: 0, records: 0 },
    "unflushed-lost": { times: 0, records: 0 },
    io: { times: 0, records: 0 },
  };
  readonly #listener: (problem: SpoolProblem) => void;
  readonly #pending: SpoolProblem[] = [];
  #held = 0;

  constructor(listener: (problem: SpoolProblem) => void) {
    this.#listener = listener;
  }

  report(problem: SpoolProblem): void {
    const count = this.counts[problem.kind];
    count.times++;
    count.records += problem.records ?? 0;
    this.#pending.push(problem);
    this.#pass();
  }

  /** Runs an action, and passes on what it met when it is over. */
  after<T>(action: () => T): T {
    this.#held++;
    try {
      return action();
    } finally {
      this.#held--;
      this.#pass();
    }
  }

  #pass(): void {
    while (this.#held === 0) {
      const problem = this.#pending.shift();
      if (!problem) return;
      try {
        this.#listener(problem);
      } catch {
        // Whoever listens must not stop what goes on here.
      }
    }
  }
}
