/*
 * SHA-256 (FIPS 180-4) that answers at once: Web Crypto's answers with a promise, and a record is redacted in the middle of
 * synchronous work. It runs for what is found to be a secret, and for long base64. Tests hold it against Web Crypto.
 */

const INITIAL = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const constants = /* @__PURE__ */ cubeRoots();

/** What is left of a message of whole blocks of 64 bytes. */
export type Sha256State = { words: Int32Array; length: number };

/** The state before anything was read. */
export function initialState(): Sha256State {
  return { words: Int32Array.from(INITIAL), length: 0 };
}

/** The state after a block of 64 bytes more. */
export function afterBlock(from: Sha256State, block: Uint8Array): Sha256State {
  const next = from.words.slice();
  compress(next, block, 0);
  return { words: next, length: from.length + 64 };
}

/** The digest, 32 bytes, of a message that begins with what the state has read. */
export function sha256(bytes: Uint8Array, from: Sha256State = initialState()): Uint8Array {
  words.set(from.words);
  const length = from.length + bytes.length;
  const wholeEnd = bytes.length - (bytes.length % 64);
  for (let at = 0; at < wholeEnd; at += 64) compress(words, bytes, at);

  // The rest, a one bit, zeros, and the length in bits.
  const rest = bytes.length - wholeEnd;
  const end = rest < 56 ? 64 : 128;
  tail.fill(0);
  for (let index = 0; index < rest; index++) tail[index] = bytes[wholeEnd + index] as number;
  tail[rest] = 0x80;
  writeWord(tail, end - 8, Math.floor(length / 0x20000000));
  writeWord(tail, end - 4, length << 3);
  for (let at = 0; at < end; at += 64) compress(words, tail, at);

  const digest = new Uint8Array(32);
  for (let index = 0; index < 8; index++) writeWord(digest, index * 4, words[index] as number);
  return digest;
}

/* Scratch: nothing of it is read before it is written, and typed arrays are slow to make. */
const words = /* @__PURE__ */ new Int32Array(8);
const schedule = /* @__PURE__ */ new Int32Array(64);
const tail = /* @__PURE__ */ new Uint8Array(128);

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

function compress(state: Int32Array, bytes: Uint8Array, at: number): void {
  for (let word = 0, from = at; word < 16; word++, from += 4)
    schedule[word] =
      ((bytes[from] as number) << 24) |
      ((bytes[from + 1] as number) << 16) |
      ((bytes[from + 2] as number) << 8) |
      (bytes[from + 3] as number);
  for (let word = 16; word < 64; word++) {
    const early = schedule[word - 15] as number;
    const late = schedule[word - 2] as number;
    const small = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const great = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    schedule[word] = ((schedule[word - 16] as number) + small + (schedule[word - 7] as number) + great) | 0;
  }

  // Variables instead of an array: the loop below is all the time there is.
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let round = 0; round < 64; round++) {
    const great = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + great + choice + (constants[round] as number) + (schedule[round] as number)) | 0;
    const small = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + small + majority) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function cubeRoots(): Int32Array {
  const roots = new Int32Array(64);
  for (let candidate = 2, found = 0; found < 64; candidate++) {
    let divisor = 2;
    while (divisor * divisor <= candidate && candidate % divisor !== 0) divisor++;
    if (divisor * divisor <= candidate) continue;
    const root = Math.cbrt(candidate);
    roots[found++] = ((root - Math.floor(root)) * 0x100000000) | 0;
  }
  return roots;
}
