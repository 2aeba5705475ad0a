import { basename } from "node:path";

import type { Lmdb } from "../disk/environment.js";
import { DamagedError, isDiskFull, SpoolError, spoolError } from "../errors.js";
import { readClock } from "../lease/leases.js";
import type { ResolvedLimits } from "../limits.js";
import { Problems } from "../problems.js";
import { Control } from "./control.js";
import { Flusher } from "./flusher.js";
import { Reserve } from "./reserve.js";
import { Segments } from "./segments.js";

export type SharedOptions = { lmdb: Lmdb; root: string; boot: string; limits: ResolvedLimits };

/** How a call deals with a full disk. */
export type Work = {
  /** What it does, as in "cannot ... in /folder". */
  name: string;
  /** Whether it may use the room that is kept for when the disk is full: it makes more than it takes. */
  useReserve?: boolean;
  /** Whether it has failed when what it changed in the list and in the leases could not be kept. */
  isStrict?: boolean;
};

/** Enough for a spool in which several files are damaged at a time. */
const MOST_TRIES = 100;

/** The parts of an open spool, and how a call gets at them: alone among all processes, and in spite of what can go wrong. */
export class Shared {
  readonly root: string;
  readonly limits: ResolvedLimits;
  readonly problems: Problems;
  readonly control: Control;
  readonly segments: Segments;
  readonly flusher: Flusher;
  readonly reserve: Reserve;
  /** Damage that a call met after it had done something that counts. The next one deals with it. */
  #metDamage: DamagedError | undefined;
  #isClosed = false;

  constructor({ lmdb, root, boot, limits }: SharedOptions) {
    this.root = root;
    this.limits = limits;
    const problems = new Problems(limits.onProblem);
    this.problems = problems;
    this.reserve = new Reserve(root);
    this.control = Control.open(lmdb, root, boot, problems);
    const { segmentBytes, flushAfterMs } = limits;
    const segments = new Segments({ lmdb, root, control: this.control, problems, boot, segmentBytes });
    this.segments = segments;
    const locked = <T>(action: () => T): T => this.#attempt(action, { name: "flush" });
    this.flusher = new Flusher({ root, boot, segments, problems, flushAfterMs, locked });
  }

  /** The spool's clock; only for use inside of `run`. */
  time(): { now: number; time: number } {
    const now = this.limits.now();
    return { now, time: readClock(this.control.leases, now) };
  }

  /**
   * Runs a call. It may be run again after something was put in order, so it has to go on where it was.
   * @throws SpoolError
   */
  run<T>(work: Work, action: () => T): T {
    if (this.#isClosed) throw new SpoolError("spool-closed", `the spool in ${this.root} is closed`);
    try {
      return this.#runWithRoom(work, action);
    } catch (error) {
      throw spoolError(error, work.name, this.root);
    }
  }

  /** Leaves damage to the next call. */
  meetDamage(error: DamagedError): void {
    this.#metDamage = error;
  }

  async flush(): Promise<void> {
    if (this.#isClosed) throw new SpoolError("spool-closed", `the spool in ${this.root} is closed`);
    await this.#flushOrThrow(async () => this.flusher.flush());
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      await this.#flushOrThrow(async () => this.flusher.close());
    } finally {
      this.segments.close();
      this.control.close();
    }
  }

  async #flushOrThrow(flush: () => Promise<void>): Promise<void> {
    try {
      await flush();
    } catch (error) {
      throw spoolError(error, "flush", this.root);
    }
  }

  #runWithRoom<T>(work: Work, action: () => T): T {
    try {
      return this.#attempt(action, work);
    } catch (error) {
      if (!isDiskFull(error, this.root)) throw error;
    }
    // Pages that were kept for the last flush can be used again after this one.
    try {
      this.#attempt(() => this.flusher.flushNow(), work);
      return this.#attempt(action, work);
    } catch (error) {
      if (!isDiskFull(error, this.root) || !work.useReserve || !this.reserve.release()) throw error;
      return this.#attempt(action, work);
    }
  }

  #attempt<T>(action: () => T, work: Work): T {
    return this.problems.after(() => this.#tryUntilInOrder(action, work));
  }

  #tryUntilInOrder<T>(action: () => T, work: Work): T {
    for (let tries = MOST_TRIES; ; tries--) {
      try {
        if (this.#metDamage) {
          const damage = this.#metDamage;
          this.#metDamage = undefined;
          throw damage;
        }
        const result = this.#locked(action, work);
        this.segments.sweep();
        return result;
      } catch (error) {
        this.segments.keepDoomed();
        if (!(error instanceof DamagedError) || error.folder === undefined || tries === 0) throw error;
        this.#putInOrder(error, error.folder);
      }
    }
  }

  #locked<T>(action: () => T, { isStrict = false }: Work): T {
    return this.control.locked(
      () => {
        this.segments.refresh();
        return action();
      },
      (error) => {
        if (isStrict) throw error;
        this.segments.keepDoomed();
        const { message } = spoolError(error, "keep the leases", this.root);
        this.problems.report({ kind: "io", message, records: 0, path: this.root, cause: error });
      },
    );
  }

  #putInOrder(error: DamagedError, folder: string): void {
    if (folder === this.control.folder) this.control.setAside(error);
    else this.#locked(() => this.segments.setAside(basename(folder), error), { name: "move aside" });
  }
}
