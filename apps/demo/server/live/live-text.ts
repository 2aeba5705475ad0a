/** A word of visible ASCII at the end of a text. Secrets are such words, and are recognised when they are whole. */
const MOST_HELD = 256;
/** So much at the end is searched for secrets anew when words are added; what is before it stays as it is. */
const WINDOW = 16_384;

/**
 * What may be shown of a text that grows. Whatever takes secrets out of it sees whole words: the last one is held back until
 * it ends, or is longer than a secret.
 */
export class LiveText {
  readonly #redact: ((text: string) => string) | null | undefined;
  /** What was searched for the last time, and how long the text was then. */
  #settled = "";
  #from = 0;
  #shown = "";
  #cut = 0;
  #edition = 0;

  constructor(redact?: ((text: string) => string) | null) {
    this.#redact = redact;
  }

  /** `text` is the text so far, which goes on where it ended. */
  update(text: string): { shown: string; edition: number } {
    const cut = this.#redact ? cutOf(text, this.#cut) : text.length;
    if (cut <= this.#cut) return { shown: this.#shown, edition: this.#edition };
    const next = this.#redact
      ? this.#settled + redacted(this.#redact, text.slice(this.#from, cut))
      : text.slice(0, cut);
    if (!next.startsWith(this.#shown)) this.#edition++;
    [this.#shown, this.#cut] = [next, cut];
    if (this.#redact && cut - this.#from > 2 * WINDOW) this.#settle(this.#redact, text, cut);
    return { shown: next, edition: this.#edition };
  }

  /** Lets go of what is too far back to be looked at again: not in the middle of a secret of several words. */
  #settle(redact: (text: string) => string, text: string, cut: number): void {
    const from = text.lastIndexOf(" ", cut - WINDOW);
    if (from > this.#from) {
      const before = this.#settled + redacted(redact, text.slice(this.#from, from));
      if (before + redacted(redact, text.slice(from, cut)) === this.#shown) {
        [this.#settled, this.#from] = [before, from];
        return;
      }
    }
    if (cut - this.#from > 8 * WINDOW) [this.#settled, this.#from] = [this.#shown, cut];
  }
}

function redacted(redact: (text: string) => string, text: string): string {
  try {
    return redact(text);
  } catch {
    // Better nothing than a secret.
    return "";
  }
}

/** Where the last word begins that is not known to be whole, or would be too long for a secret. */
function cutOf(text: string, least: number): number {
  let cut = text.length;
  const first = Math.max(least, text.length - MOST_HELD);
  while (cut > first && isVisible(text.charCodeAt(cut - 1))) cut--;
  return cut;
}

function isVisible(unit: number): boolean {
  return unit > 0x20 && unit < 0x7f;
}

/** The last so many characters, or one less where a pair would be torn. */
export function tailOf(text: string, length: number): string {
  if (text.length <= length) return text;
  const tail = text.slice(-length);
  return /^[\uDC00-\uDFFF]/.test(tail) ? tail.slice(1) : tail;
}
