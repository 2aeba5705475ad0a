import type { StandardLoggingPayloadEmit } from "@waybill/core";

/** The last event of a chat stream, in both of its spellings. */
const ends = ["data: [DONE]", "data:[DONE]"].map((text) => Buffer.from(text));

const LF = 0x0a;
const CR = 0x0d;
const nothing = Buffer.alloc(0);

/** Nothing but the end of a stream is held: behind so much more it is none. Bytes. */
const MOST_HELD = 64 * 1024;

/**
 * Holds back the end of an event stream, so that a comment with the cost can go in front of it. Comments are part of event
 * streams, and clients pass over them; all the same it is only done for those who ask.
 */
export class CostComment {
  /** What was not passed on: the beginning of a line that may become the end, or the end and all that follows. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isOver = false;
  #hasGivenUp = false;
  #isAtLineStart = true;

  /** Whether the end of the stream is held back. */
  get isHolding(): boolean {
    return this.#isOver && !this.#hasGivenUp;
  }

  /** What of a piece can go on. */
  pass(piece: Uint8Array): Uint8Array {
    if (this.#hasGivenUp) return piece;
    if (this.#isOver) {
      this.#hold(piece);
      return this.#heldBytes > MOST_HELD ? this.giveUp() : nothing;
    }
    if (this.#heldBytes === 0 && !this.#isAtLineStart && !hasLineEnd(piece)) return piece;
    const bytes = Buffer.concat([...this.#held, piece]);
    const at = this.#endIn(bytes);
    this.#forget();
    this.#hold(bytes.subarray(at));
    const last = bytes[at - 1];
    if (last !== undefined) this.#isAtLineStart = last === LF || last === CR;
    return bytes.subarray(0, at);
  }

  /** The comment and what was held back, when the answer is over. */
  end(payload: StandardLoggingPayloadEmit | undefined): Buffer {
    if (!payload || this.#hasGivenUp) return this.rest();
    const { status, exact } = payload.waybill.cost;
    const comment = `: waybill ${JSON.stringify({ id: payload.id, cost: exact, status })}\n\n`;
    // Without a `[DONE]` the last line may be open: a comment in it would be part of it.
    const separator = this.#isAtLineStart && this.#heldBytes === 0 ? "" : "\n\n";
    return this.#isOver
      ? Buffer.concat([Buffer.from(comment), ...this.#held])
      : Buffer.concat([...this.#held, Buffer.from(separator + comment)]);
  }

  /** What was held back, of an answer that broke off. */
  rest(): Buffer {
    return Buffer.concat(this.#held);
  }

  /** What was held back, when the comment has to be done without; all else goes on as it comes. */
  giveUp(): Buffer {
    const rest = this.rest();
    this.#hasGivenUp = true;
    this.#forget();
    return rest;
  }

  /** What is held is lent to nobody, and a piece may be written over. */
  #hold(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#held.push(Buffer.from(piece));
    this.#heldBytes += piece.length;
  }

  #forget(): void {
    this.#held = [];
    this.#heldBytes = 0;
  }

  /** Where the line begins that ends the stream or, cut off by the end of the piece, may do so. */
  #endIn(bytes: Buffer): number {
    let start = this.#isAtLineStart ? 0 : nextLine(bytes, 0);
    for (; start < bytes.length; start = nextLine(bytes, start)) {
      for (const end of ends) {
        const length = Math.min(end.length, bytes.length - start);
        if (end.compare(bytes, start, start + length, 0, length) !== 0) continue;
        this.#isOver = length === end.length;
        return start;
      }
    }
    return bytes.length;
  }
}

function hasLineEnd(piece: Uint8Array): boolean {
  return piece.includes(LF) || piece.includes(CR);
}

/** Behind the next end of a line; the length when there is none. */
function nextLine(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) if (bytes[at] === LF || bytes[at] === CR) return at + 1;
  return bytes.length;
}
