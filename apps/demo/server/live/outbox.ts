/** The most that waits for one client. Bytes. */
export const MOST_UNSENT = 256 * 1024;

const encoder = new TextEncoder();

/**
 * What is to be sent to one client, as a stream that hands it out only when it is asked for. Nothing is ever kept beyond the
 * limit: who offers more is told so.
 */
export class Outbox {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #limit: number;
  readonly #now: () => number;
  readonly #queue: Uint8Array[] = [];
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #bytes = 0;
  #isWanted = false;
  #isEnding = false;
  #isOver = false;
  /** Since when something waits that nobody has asked for. */
  #since: number | null = null;

  constructor({
    now,
    onGone,
    limit = MOST_UNSENT,
  }: {
    now: () => number;
    onGone: () => void;
    limit?: number;
  }) {
    this.#limit = limit;
    this.#now = now;
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => {
          this.#isWanted = true;
          this.#hand();
        },
        cancel: () => {
          this.#isOver = true;
          onGone();
        },
      },
      // Nothing is asked for before somebody reads: what waits is here, where it is counted.
      { highWaterMark: 0 },
    );
  }

  /** Bytes that wait. */
  get unsent(): number {
    return this.#bytes;
  }

  /** Takes a text whole, or not at all when there is no room for it. */
  offer(text: string): boolean {
    if (this.#isEnding || this.#isOver) return false;
    const bytes = encoder.encode(text);
    if (this.#bytes + bytes.length > this.#limit) return false;
    this.#take(bytes);
    return true;
  }

  /** For how long something has waited without anybody asking, in milliseconds. */
  waited(): number {
    return this.#since === null ? 0 : this.#now() - this.#since;
  }

  /** Ends the stream behind what waits and a last word, for which there is always room. */
  end(last = ""): void {
    if (this.#isEnding || this.#isOver) return;
    if (last !== "") this.#take(encoder.encode(last));
    this.#isEnding = true;
    this.#hand();
  }

  /** Lets go of everything that waits, and ends the stream. Whoever is to know that it is not whole cuts the connection first. */
  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#queue.length = 0;
    this.#bytes = 0;
    this.#controller?.close();
  }

  #take(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    this.#bytes += bytes.length;
    this.#since ??= this.#now();
    this.#hand();
  }

  #hand(): void {
    if (this.#isOver) return;
    if (this.#isWanted && this.#queue.length > 0) {
      this.#isWanted = false;
      const whole = Buffer.concat(this.#queue);
      this.#queue.length = 0;
      this.#bytes = 0;
      this.#since = null;
      this.#controller?.enqueue(whole);
    }
    if (this.#isEnding && this.#queue.length === 0) {
      this.#isOver = true;
      this.#controller?.close();
    }
  }
}
