import type { StandardLoggingPayloadEmit } from "@waybill/core";

const DONE = "data: [DONE]";

/**
 * Holds back the end of an event stream, so that a comment with the cost can go in front of it. Comments are part of event
 * streams, and clients pass over them; all the same it is only done for those who ask.
 */
export class CostComment {
  #held: Buffer | undefined;

  /** What of a piece can go on. */
  pass(piece: Uint8Array): Uint8Array {
    if (this.#held) {
      this.#held = Buffer.concat([this.#held, piece]);
      return piece.subarray(0, 0);
    }
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const at = bytes.lastIndexOf(DONE);
    if (at < 0) return piece;
    this.#held = Buffer.from(bytes.subarray(at));
    return piece.subarray(0, at);
  }

  /** The comment and what was held back, when the answer is over. */
  end(payload: StandardLoggingPayloadEmit | undefined): string {
    const held = this.#held?.toString("utf8") ?? "";
    if (!payload) return held;
    const { status, exact } = payload.waybill.cost;
    return `: waybill ${JSON.stringify({ id: payload.id, cost: exact, status })}\n\n${held}`;
  }
}
