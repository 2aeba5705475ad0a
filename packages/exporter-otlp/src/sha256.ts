/*
 * SHA-256 (FIPS 180-4), because Web Crypto's is asynchronous and the mapping is not. For ids: a few dozen bytes each.
 */

const encoder = new TextEncoder();
const words = new Int32Array(64);

/** The 64 constants of the rounds, and the 8 of the start. */
let constants: Int32Array[] | undefined;

/**
 * They are the first 32 bits behind the point of roots of primes. Doubles hold 18 bits more than that, and a test holds
 * that no root lies so near to a boundary that the last bit of an engine's root could matter.
 */
function makeConstants(): Int32Array[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime)) primes.push(n);
  return [Math.cbrt, Math.sqrt].map((root) =>
    Int32Array.from(primes, (prime) => (root(prime) % 1) * 2 ** 32),
  );
}

/** SHA-256 of a text's UTF-8 bytes in lower-case hex. */
export function sha256(text: string): string {
  const [rounds, start] = (constants ??= makeConstants()) as [Int32Array, Int32Array];
  const bytes = encoder.encode(text);
  const view = new DataView(new ArrayBuffer((((bytes.length + 8) >> 6) + 1) * 64));
  new Uint8Array(view.buffer).set(bytes);
  view.setUint8(bytes.length, 0x80);
  view.setUint32(view.byteLength - 8, bytes.length / 2 ** 29);
  view.setUint32(view.byteLength - 4, bytes.length * 8);
  const state = start.slice(0, 8);
  for (let at = 0; at < view.byteLength; at += 64) addBlock(state, rounds, view, at);
  let digits = "";
  for (const word of state) digits += (word >>> 0).toString(16).padStart(8, "0");
  return digits;
}

type State = [number, number, number, number, number, number, number, number];

function addBlock(state: Int32Array, rounds: Int32Array, view: DataView, at: number): void {
  for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + i * 4);
  for (let i = 16; i < 64; i++) {
    const early = words[i - 15] as number;
    const late = words[i - 2] as number;
    words[i] =
      (words[i - 16] as number) +
      (rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)) +
      (words[i - 7] as number) +
      (rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = state as Iterable<number> as State;
  for (let i = 0; i < 64; i++) {
    const one =
      h +
      (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
      ((e & f) ^ (~e & g)) +
      (rounds[i] as number) +
      (words[i] as number);
    const two = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i]! += word));
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
