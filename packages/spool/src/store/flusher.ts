import { SpoolError, spoolError } from "../errors.js";
import type { Problems } from "../problems.js";
import type { Segment } from "../segment/segment.js";
import { beginFlush, endFlush, flushNow, flushToDisk } from "./flush.js";
import type { Segments } from "./segments.js";

/** A file that grew by so much since it was flushed is flushed in the background. */
const GROWTH = 8 << 20;

export type FlusherOptions = {
  root: string;
  boot: string;
  segments: Segments;
  problems: Problems;
  flushAfterMs: number;
  locked: <T>(action: () => T) => T;
};

/**
 * Brings segments to the disk: when somebody asks, a moment after the first write, and when a file has grown much. Until then
 * LMDB may not use pages of the last flush again, so this also keeps files small.
 */
export class Flusher {
  readonly #options: FlusherOptions;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: FlusherOptions) {
    this.#options = options;
  }

  /** There was a write, after which the file has that size if it is known. */
  touched(segment: Segment, size = segment.env.size() ?? 0): void {
    if (size - segment.sizeAtFlush > GROWTH) this.#flushLater();
    if (this.#timer || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#flushLater();
    }, this.#options.flushAfterMs);
    this.#timer.unref();
  }

  /** Resolves when everything that this process wrote before is on the disk. */
  async flush(): Promise<void> {
    // What was written after the one under way began is not part of it.
    while (this.#underWay) await this.#underWay.catch(() => undefined);
    this.#underWay = this.#flushAll();
    try {
      await this.#underWay;
    } finally {
      this.#underWay = undefined;
    }
  }

  /** The same before it returns. Whoever calls it holds the spool's lock. */
  flushNow(): void {
    for (const segment of this.#options.segments.all) {
      if (segment.isDirty) flushNow(segment, this.#options.boot);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.flush();
  }

  #flushLater(): void {
    if (this.#underWay || this.#isClosed) return;
    this.flush().catch((cause: unknown) => {
      // The spool may have been closed meanwhile, or its folder removed: whoever calls it next is told.
      if (this.#isClosed || SpoolError.isInstance(cause)) return;
      const message = spoolError(cause, "flush", this.#options.root).message;
      this.#options.problems.report({ kind: "io", message, records: 0, path: this.#options.root, cause });
    });
  }

  async #flushAll(): Promise<void> {
    const { segments, boot, locked } = this.#options;
    const flushings = locked(() => segments.all.filter(({ isDirty }) => isDirty).map(beginFlush));
    const results = await Promise.allSettled(
      flushings.map(async (flushing) => {
        let isFlushed = false;
        try {
          await flushToDisk(flushing, boot, locked);
          isFlushed = true;
        } finally {
          endFlush(flushing, isFlushed);
        }
      }),
    );
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  }
}
