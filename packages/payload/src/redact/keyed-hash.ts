import { afterBlock, initialState, sha256, type Sha256State } from "./sha256.js";

const BLOCK = 64;

/** HMAC-SHA-256 (RFC 2104) with one key, of which the two blocks are read once. */
export class KeyedHash {
  readonly #inner: Sha256State;
  readonly #outer: Sha256State;
  readonly #encoder = new TextEncoder();

  constructor(key: Uint8Array) {
    const block = new Uint8Array(BLOCK);
    block.set(key.length > BLOCK ? sha256(key) : key);
    this.#inner = afterBlock(
      initialState(),
      block.map((byte) => byte ^ 0x36),
    );
    this.#outer = afterBlock(
      initialState(),
      block.map((byte) => byte ^ 0x5c),
    );
  }

  /** The first eight hex digits of the hash of a text: enough to see that two are equal. */
  short(text: string): string {
    const hash = this.hash(this.#encoder.encode(text));
    return new DataView(hash.buffer).getUint32(0).toString(16).padStart(8, "0");
  }

  hash(bytes: Uint8Array): Uint8Array {
    return sha256(sha256(bytes, this.#inner), this.#outer);
  }
}

let processKey: Uint8Array | undefined;

/** A key for those who give none: equal secrets stay equal as long as this process runs. */
export function randomKey(): Uint8Array {
  processKey ??= crypto.getRandomValues(new Uint8Array(32));
  return processKey;
}
