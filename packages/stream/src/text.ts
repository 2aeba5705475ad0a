const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();
const NO_BYTES = new Uint8Array(0);

/** Half a surrogate pair: as a whole expression it matches no pair. */
const HALF = /\p{Surrogate}/u;

/** Strings are gathered up to this length before they become bytes or a piece. */
const MAX_TAIL = 2048;

/** Bytes are gathered in one block up to this size; a full block becomes a piece. */
const MAX_BLOCK = 64 * 1024;

/**
 * A text that grows at its end, by strings or by UTF-8 bytes, and is joined once. A million small strings would weigh
 * many times their text; here it is bytes, in a block that becomes a string when it is full.
 */
export class Text {
  /** What came before the block. */
  #pieces: string[] | undefined;
  /** The block: whole UTF-8 sequences up to `length`. Written by `reserve` and `commit`. */
  bytes: Uint8Array = NO_BYTES;
  length = 0;
  /** What came behind the block as strings. */
  #tail = "";

  add(text: string): void {
    this.#tail += text;
    if (this.#tail.length > MAX_TAIL) this.#flushTail();
  }

  /** Makes room for `count` bytes behind `length` in `bytes`. */
  reserve(count: number): void {
    if (this.#tail !== "") this.#flushTail();
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    if (needed > MAX_BLOCK && this.length > 0) {
      this.#flushBlock();
      this.reserve(count);
      return;
    }
    const grown = new Uint8Array(Math.max(64, needed, Math.min(MAX_BLOCK, this.bytes.length * 2)));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  toString(): string {
    if (!this.#pieces && this.length === 0) return this.#tail;
    // Joined at once: put together piece by piece, all of it would be copied again when it is read.
    return [...(this.#pieces ?? []), this.#block(), this.#tail].join("");
  }

  #block(): string {
    return this.length === 0 ? "" : decoder.decode(this.bytes.subarray(0, this.length));
  }

  #flushBlock(): void {
    if (this.length === 0) return;
    (this.#pieces ??= []).push(this.#block());
    this.length = 0;
  }

  /** Turns the tail into bytes, or into a piece: half a surrogate pair has no bytes, and its other half may still come. */
  #flushTail(): void {
    const tail = this.#tail;
    this.#tail = "";
    if (HALF.test(tail)) {
      this.#flushBlock();
      (this.#pieces ??= []).push(tail);
      return;
    }
    this.reserve(tail.length * 3);
    this.length += encoder.encodeInto(tail, this.bytes.subarray(this.length)).written;
  }
}
