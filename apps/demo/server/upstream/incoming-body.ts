import type { Readable } from "node:stream";

/** A piece, or the end. */
type Read = { done: false; value: Uint8Array } | { done: true; value: undefined };

/** Bytes that may wait to be read before the sender has to wait. */
const MOST_WAITING = 64 * 1024;

/** The body of an answer of `node:http` as a reader of web streams sees it, without the streams. */
export class IncomingBody {
  readonly #source: Readable;
  #waiting: Uint8Array[] = [];
  #bytes = 0;
  #end: "open" | "ended" | { error: unknown } = "open";
  #asked: { resolve: (read: Read) => void; reject: (error: unknown) => void } | undefined;

  /** @param reasonOf says why a body broke off, when somebody knows better than the connection */
  constructor(source: Readable, reasonOf: (error: unknown) => unknown) {
    this.#source = source;
    source.on("data", (piece: Buffer) => this.#take(piece));
    source.on("end", () => this.#over("ended"));
    source.on("error", (error) => this.#over({ error: reasonOf(error) }));
    // A connection that breaks closes the answer without an end.
    source.on("close", () =>
      this.#over({ error: reasonOf(new Error("the connection was closed in the middle")) }),
    );
  }

  getReader(): { read: () => Promise<Read>; cancel: () => Promise<void>; releaseLock: () => void } {
    return {
      read: () => this.#read(),
      cancel: async () => {
        this.#source.destroy();
      },
      releaseLock: () => {},
    };
  }

  #take(piece: Uint8Array): void {
    const asked = this.#asked;
    if (asked) {
      this.#asked = undefined;
      asked.resolve({ done: false, value: piece });
      return;
    }
    this.#waiting.push(piece);
    this.#bytes += piece.length;
    if (this.#bytes > MOST_WAITING) this.#source.pause();
  }

  /** The first end counts. */
  #over(end: "ended" | { error: unknown }): void {
    if (this.#end !== "open") return;
    this.#end = end;
    const asked = this.#asked;
    this.#asked = undefined;
    if (!asked) return;
    if (end === "ended") asked.resolve(over);
    else asked.reject(end.error);
  }

  #read(): Promise<Read> {
    const piece = this.#waiting.shift();
    if (piece) {
      this.#bytes -= piece.length;
      if (this.#bytes <= MOST_WAITING && this.#source.isPaused()) this.#source.resume();
      return Promise.resolve({ done: false, value: piece });
    }
    if (this.#end === "ended") return Promise.resolve(over);
    if (this.#end !== "open") return Promise.reject(this.#end.error);
    return new Promise((resolve, reject) => {
      this.#asked = { resolve, reject };
    });
  }
}

const over: Read = { done: true, value: undefined };
