const encoder = new TextEncoder();

/** Encodes text that comes in pieces, which may be cut inside a surrogate pair. */
export class TextPieces {
  /** The first half of a pair whose second half is in the next piece. */
  #half = "";

  encode(piece: string): Uint8Array {
    const text = this.#half + piece;
    const last = text.charCodeAt(text.length - 1);
    const isHalf = last >= 0xd800 && last < 0xdc00;
    this.#half = isHalf ? text.slice(-1) : "";
    return encoder.encode(isHalf ? text.slice(0, -1) : text);
  }

  end(): Uint8Array {
    return encoder.encode(this.#half);
  }
}
