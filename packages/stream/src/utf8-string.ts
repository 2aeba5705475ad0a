const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What stands behind a backslash, and the byte that it means; 0 for what means none. */
const simple = new Uint8Array(128);
for (const [name, meaning] of ['""', "\\\\", "//", "b\b", "f\f", "n\n", "r\r", "t\t"])
  simple[(name as string).charCodeAt(0)] = (meaning as string).charCodeAt(0);

/** How many UTF-16 units the string that was last copied has. */
export let copiedUnits = 0;

/**
 * Copies the bytes between the quotes of a JSON string to `target` from `to` on, escapes resolved, as UTF-8. Returns where
 * it stopped in the target, or -1 when the bytes are no well-formed UTF-8, an escape is none, or half a surrogate pair
 * stands alone: such a string has no UTF-8. The target must have room for as many bytes as the source has.
 */
export function copyString(
  bytes: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  to: number,
): number {
  let at = start;
  let out = to;
  let units = 0;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte === BACKSLASH) {
      const next = bytes[at + 1] as number;
      const meaning = next < 128 ? (simple[next] as number) : 0;
      if (meaning !== 0) {
        target[out++] = meaning;
        at += 2;
        units++;
        continue;
      }
      const code = next === 0x75 ? readEscape(bytes, at, end) : -1;
      if (code < 0) return -1;
      at += code > 0xffff ? 12 : 6;
      units += code > 0xffff ? 2 : 1;
      out = writeCodePoint(code, target, out);
    } else if (byte < 0x80) {
      if (byte < 0x20 || byte === QUOTE) return -1;
      target[out++] = byte;
      at++;
      units++;
    } else {
      const length = sequenceLength(bytes, at);
      if (length === 0 || at + length > end) return -1;
      for (let each = 0; each < length; each++) target[out++] = bytes[at++] as number;
      units += length === 4 ? 2 : 1;
    }
  }
  copiedUnits = units;
  return out;
}

/** The code point of `\uXXXX`, or of two of them that are a surrogate pair; -1 for half a pair or what is no escape. */
function readEscape(bytes: Uint8Array, at: number, end: number): number {
  const high = readHex(bytes, at + 2, end);
  if (high < 0xd800 || high > 0xdfff) return high;
  if (high > 0xdbff || bytes[at + 6] !== BACKSLASH || bytes[at + 7] !== 0x75) return -1;
  const low = readHex(bytes, at + 8, end);
  if (low < 0xdc00 || low > 0xdfff) return -1;
  return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

function readHex(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return -1;
  let value = 0;
  for (let each = 0; each < 4; each++) {
    const byte = bytes[at + each] as number;
    const lower = byte | 0x20;
    if (byte >= 0x30 && byte <= 0x39) value = (value << 4) | (byte - 0x30);
    else if (lower >= 0x61 && lower <= 0x66) value = (value << 4) | (lower - 0x57);
    else return -1;
  }
  return value;
}

function writeCodePoint(code: number, target: Uint8Array, to: number): number {
  let out = to;
  if (code < 0x80) target[out++] = code;
  else if (code < 0x800) target[out++] = 0xc0 | (code >> 6);
  else if (code < 0x10000) {
    target[out++] = 0xe0 | (code >> 12);
    target[out++] = 0x80 | ((code >> 6) & 0x3f);
  } else {
    target[out++] = 0xf0 | (code >> 18);
    target[out++] = 0x80 | ((code >> 12) & 0x3f);
    target[out++] = 0x80 | ((code >> 6) & 0x3f);
  }
  if (code >= 0x80) target[out++] = 0x80 | (code & 0x3f);
  return out;
}

/** The length of the UTF-8 sequence that begins here with a byte from 0x80 on; 0 when it is none (Unicode, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  const second = bytes[at + 1] as number;
  if (first < 0xc2 || first > 0xf4 || (second & 0xc0) !== 0x80) return 0;
  if (first < 0xe0) return 2;
  if (((bytes[at + 2] as number) & 0xc0) !== 0x80) return 0;
  if (first < 0xf0) {
    // Neither longer than it needs to be, nor half a surrogate pair.
    if ((first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f)) return 0;
    return 3;
  }
  if (((bytes[at + 3] as number) & 0xc0) !== 0x80) return 0;
  // Neither longer than it needs to be, nor beyond the last code point.
  return (first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f) ? 0 : 4;
}
