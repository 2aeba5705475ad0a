/** The most of a request's body that is kept for the record; a larger one is sent, and not kept. */
export const MOST_REQUEST_BYTES = 16 * 1024 * 1024;

/**
 * The same body, in the same pieces, taken from it no sooner than they are sent. `onText` hears once of its text, when it
 * has been sent to its end and is not too large.
 */
export function copiedBody(
  body: ReadableStream<Uint8Array>,
  onText: (text: string) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const text = new TextUpTo();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (!done) {
          // First the copy: who is handed a piece may take its memory.
          text.add(value);
          controller.enqueue(value);
          return;
        }
        controller.close();
        const whole = text.end();
        if (whole !== undefined) onText(whole);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** The text of a body that nobody else reads; undefined as soon as it is too large, and what is left of it is let go. */
export async function textOfBody(body: ReadableStream<Uint8Array>): Promise<string | undefined> {
  const reader = body.getReader();
  const text = new TextUpTo();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text.end();
    if (text.add(value)) continue;
    // A cancel waits for the other half of a cloned body.
    reader.cancel().catch(() => {});
    return undefined;
  }
}

/** The bytes of a text in one place, which many small pieces do not make larger, until there are too many. */
class TextUpTo {
  #bytes: Uint8Array | undefined = new Uint8Array(1024);
  #length = 0;

  /** Says whether more is wanted. What is no bytes will be refused by `fetch`. */
  add(piece: unknown): boolean {
    if (!this.#bytes) return false;
    if (!(piece instanceof Uint8Array) || this.#length + piece.length > MOST_REQUEST_BYTES) {
      this.#bytes = undefined;
      return false;
    }
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(length * 2);
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
    return true;
  }

  end(): string | undefined {
    return this.#bytes && new TextDecoder().decode(this.#bytes.subarray(0, this.#length));
  }
}
