import type { Diagnostic } from "@waybill/core";

/** More than these are counted, not kept: a hostile stream is one deviation after another. */
const MAX_DIAGNOSTICS = 200;

/** A chunk with more deviations than these is not learned from. */
export const MAX_RECENT = 16;

type Entry = Omit<Diagnostic, "count"> & { count: number };

/** The deviations of a stream: one for each code and choice, with the first chunk that had it, and how often it came. */
export class Diagnostics {
  #entries: Map<string, Entry> | undefined;
  #more = 0;
  /** What was noted since it was last emptied, for who learns what a chunk does. */
  readonly recent: Entry[] = [];

  forgetRecent(): void {
    if (this.recent.length > 0) this.recent.length = 0;
  }

  /** Notes a deviation. Returns whether it is the first of its kind. */
  note(code: string, message: string, chunk: number, choice?: number): boolean {
    const key = choice === undefined ? code : `${code} ${choice}`;
    const entries = (this.#entries ??= new Map<string, Entry>());
    const known = entries.get(key);
    if (known) {
      known.count++;
      if (this.recent.length <= MAX_RECENT) this.recent.push(known);
      return false;
    }
    if (entries.size >= MAX_DIAGNOSTICS) {
      this.#more++;
      return true;
    }
    const place = choice === undefined ? {} : { choice };
    entries.set(key, { code, message: message.slice(0, 500), chunk, ...place, count: 1 });
    return true;
  }

  result(): Diagnostic[] {
    const list = [...(this.#entries?.values() ?? [])].map(({ count, ...diagnostic }) =>
      count === 1 ? diagnostic : { ...diagnostic, count },
    );
    if (this.#more === 0) return list;
    return [...list, { code: "more-diagnostics", message: `${this.#more} more are not listed`, chunk: -1 }];
  }
}
