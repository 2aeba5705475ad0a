import type { Progress } from "../live-call.js";
import type { Answer, AnswerEnd, AnswerReader } from "./answer.js";

/** Bytes that say nothing of what follows: those of a byte order mark, and white space. */
const silent: ReadonlySet<number> = new Set([0xef, 0xbb, 0xbf, 0x20, 0x09, 0x0a, 0x0d]);

const OBJECT = 0x7b;
const ARRAY = 0x5b;

/** An answer that was asked for as a stream and does not say what it is: JSON begins in a way that no event does. */
export class SniffedAnswer implements AnswerReader {
  readonly #events: AnswerReader;
  readonly #whole: AnswerReader;
  #chosen: AnswerReader | undefined;

  constructor(events: AnswerReader, whole: AnswerReader) {
    this.#events = events;
    this.#whole = whole;
  }

  write(piece: Uint8Array): void {
    if (!this.#chosen) {
      const first = piece.find((byte) => !silent.has(byte));
      if (first === undefined) return;
      this.#chosen = first === OBJECT || first === ARRAY ? this.#whole : this.#events;
    }
    this.#chosen.write(piece);
  }

  end(reason: AnswerEnd, cause?: unknown): Answer {
    return (this.#chosen ?? this.#events).end(reason, cause);
  }

  progress(): Progress {
    return (this.#chosen ?? this.#events).progress();
  }
}
