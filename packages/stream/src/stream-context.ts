import { Diagnostics } from "./diagnostics.js";
import type { Text } from "./text.js";
import type { Stopwatch } from "./timing.js";

/** The most text that is kept of one stream, in UTF-16 units. */
const MAX_SIZE = 64 * 1024 * 1024;

/** The most chunks of one stream. */
export const MAX_CHUNKS = 1024 * 1024;

/** What the parts of one accumulation share: the number of the chunk, its diagnostics, the clock and the size of it all. */
export class StreamContext {
  /** Number of the chunk at hand, from 0. */
  chunk = -1;
  /**
   * Grows with every change that is not text put behind text. While it stays, a chunk that changed nothing else when it
   * came changes nothing else when it comes again.
   */
  revision = 0;
  /** Characters kept so far, in UTF-16 units. */
  size = 0;
  /** Whether as much is kept as may be. */
  isFull = false;
  /** Whether nothing more is read. */
  isOver = false;
  /** The text that was last added to. */
  lastText: Text | undefined;
  readonly watch: Stopwatch;
  readonly diagnostics = new Diagnostics();
  readonly #maxSize: number;

  constructor(watch: Stopwatch, maxSize = MAX_SIZE) {
    this.watch = watch;
    this.#maxSize = maxSize;
  }

  /** Whether a limit left something out. */
  get isCut(): boolean {
    return this.isFull || this.isOver;
  }

  /** Puts text behind a text, as long as there is room. */
  append(target: Text, text: string): void {
    // Nothing is added: of two members of a delta, the other may be the one that has the text.
    if (text === "" || !this.hold(text.length)) return;
    target.add(text);
    this.lastText = target;
  }

  /** Counts what is to be kept. Returns whether it may be: beyond the limit, only heads, ends and usage are read. */
  hold(weight: number): boolean {
    if (this.isFull) return false;
    this.size += weight;
    if (this.size > this.#maxSize) {
      this.isFull = true;
      this.note("limit", "more than is kept of one stream; the rest is left out");
    }
    return true;
  }

  /** Begins a chunk. Returns whether it may be read: there is a limit to their number, too. */
  begin(): boolean {
    if (this.chunk + 1 >= MAX_CHUNKS) {
      if (!this.isOver) this.note("limit", `more than ${MAX_CHUNKS} chunks; the rest is left out`);
      this.isOver = true;
      return false;
    }
    this.chunk++;
    this.diagnostics.forgetRecent();
    return true;
  }

  /** Notes a deviation of the chunk at hand. */
  note(code: string, message: string, choice?: number): void {
    this.revision++;
    this.diagnostics.note(code, message, this.chunk, choice);
  }

  /** Notes a member of a type that has no meaning there. */
  noteBadMember(name: string, value: unknown, choice: number): void {
    const kind = Array.isArray(value) ? "a list" : typeof value;
    this.note("bad-member", `${name} is ${kind}, which has no meaning there; it is left out`, choice);
  }

  /** Notes a deviation that every such chunk has, whatever its text is: `""` for no finish reason. */
  noteHabit(code: string, message: string, choice?: number): void {
    if (this.diagnostics.note(code, message, this.chunk, choice)) this.revision++;
  }
}
