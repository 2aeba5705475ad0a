import type { Parts } from "./parts.js";
import type { StreamContext } from "./stream-context.js";

/** A stream is believed to repeat its text from this many pieces and characters on (quirk C14). */
const MIN_REPEATS = 5;
const MIN_REPEATED = 16;

/** The text of a choice, put together from pieces, also from such as repeat each other. */
export class Content {
  readonly #context: StreamContext;
  readonly #parts: Parts;
  #hasAny = false;
  /** The last piece, as long as each one began with the one before it. */
  #repeated: string | undefined = "";
  #repeats = 0;

  constructor(context: StreamContext, parts: Parts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** Whether more of the text is only put behind it, whatever it is. */
  get isSettled(): boolean {
    return this.#repeated === undefined || this.#repeated === "";
  }

  /** Whether the pieces repeated each other. */
  get isRepeated(): boolean {
    return this.#repeats >= MIN_REPEATS;
  }

  /** The text so far; null when none came, and empty when that came. */
  get value(): string | null {
    return this.#hasAny ? this.#parts.join("text") : null;
  }

  add(content: string): void {
    if (!this.#hasAny) {
      this.#hasAny = true;
      this.#context.revision++;
    }
    if (content === "") return;
    if (this.#repeated !== undefined && this.#isRepeat(content)) return;
    this.#append(content);
  }

  #append(content: string): void {
    this.#context.append(this.#parts.open("text"), content);
    if (this.#context.watch.note("firstContent")) this.#context.revision++;
  }

  /**
   * Whether the piece is all of the text so far, and more of it (quirk C14). A few such pieces may be chance; when there
   * are more, the text is only what the last one adds.
   */
  #isRepeat(content: string): boolean {
    const known = this.#repeated as string;
    const isBelieved = this.isRepeated;
    if (!content.startsWith(known) || (content === known && !isBelieved)) {
      this.#repeated = undefined;
      return false;
    }
    this.#repeated = content;
    if (isBelieved) {
      if (content !== known) this.#append(content.slice(known.length));
      return true;
    }
    this.#repeats++;
    // Numbers and lines of one character grow like this, too.
    if (this.#repeats < MIN_REPEATS || content.length < MIN_REPEATED || new Set(content).size < 2) {
      this.#repeats = Math.min(this.#repeats, MIN_REPEATS - 1);
      return false;
    }
    // The pieces before this one were put behind each other.
    if (this.#context.hold(content.length)) this.#parts.replaceText(content);
    this.#context.revision++;
    return true;
  }
}
