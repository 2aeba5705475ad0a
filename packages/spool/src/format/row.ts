import { crc32 } from "node:zlib";

/**
 * A row that can be read without its key and that knows when it was damaged: a checksum of all that follows, a letter for
 * its kind, numbers, and texts with their lengths.
 */
export type Row = { numbers: number[]; texts: string[] };

const CHECKSUM = 4;
const HEAD = CHECKSUM + 4;
const NUMBER = 7;
const LENGTH = 4;
/** Set in the length of a text that is kept in UTF-16, because it holds half a surrogate pair, which UTF-8 cannot. */
const UTF16 = 2 ** 31;

/** Most rows fit, so that most need no memory of their own. */
let scratch = Buffer.allocUnsafeSlow(64 * 1024);
const LARGEST_SCRATCH = 1 << 20;

/**
 * Writes a row. The bytes are good until the next row is written.
 * @param letter the kind, as a code of one byte
 * @param numbers integers from 0 to 2^53 - 1
 */
export function writeRow(letter: number, { numbers, texts }: Row): Buffer {
  let most = HEAD + numbers.length * NUMBER + texts.length * LENGTH;
  for (const text of texts) most += text.length * 3;
  const row = room(most);
  row[CHECKSUM] = letter;
  row[CHECKSUM + 1] = numbers.length;
  row.writeUInt16BE(texts.length, CHECKSUM + 2);
  let offset = HEAD;
  for (const number of numbers) {
    row.writeUIntBE(Math.floor(number / 2 ** 32), offset, 3);
    row.writeUInt32BE(number % 2 ** 32, offset + 3);
    offset += NUMBER;
  }
  for (const text of texts) {
    const exact = isWellFormed(text);
    const length = row.write(text, offset + LENGTH, exact ? "utf8" : "utf16le");
    row.writeUInt32BE(exact ? length : length + UTF16, offset);
    offset += LENGTH + length;
  }
  row.writeUInt32BE(crc32(row.subarray(CHECKSUM, offset)), 0);
  return row.subarray(0, offset);
}

/** Reads a row; undefined when it is of another kind, or damaged. */
export function readRow(letter: number, row: Uint8Array): Row | undefined {
  const bytes = Buffer.from(row.buffer, row.byteOffset, row.byteLength);
  if (bytes.length < HEAD || bytes[CHECKSUM] !== letter) return undefined;
  if (crc32(bytes.subarray(CHECKSUM)) !== bytes.readUInt32BE(0)) return undefined;
  return readParts(bytes);
}

/** Reads what can be read of a damaged row. */
export function salvageRow(letter: number, row: Uint8Array): Row | undefined {
  const bytes = Buffer.from(row.buffer, row.byteOffset, row.byteLength);
  return bytes.length < HEAD || bytes[CHECKSUM] !== letter ? undefined : readParts(bytes);
}

/** How long the row is that these bytes begin with, by its own account. */
export function rowLength(bytes: Buffer): number | undefined {
  return bytes.length < HEAD ? undefined : parts(bytes)?.length;
}

function readParts(bytes: Buffer): Row | undefined {
  const found = parts(bytes);
  if (found?.length !== bytes.length) return undefined;
  return {
    numbers: found.numbers,
    texts: found.texts.map(({ encoding, start, end }) => bytes.toString(encoding, start, end)),
  };
}

type Parts = {
  length: number;
  numbers: number[];
  texts: { encoding: "utf8" | "utf16le"; start: number; end: number }[];
};

function parts(bytes: Buffer): Parts | undefined {
  const found: Parts = { length: HEAD, numbers: [], texts: [] };
  for (let left = bytes[CHECKSUM + 1] ?? 0; left > 0; left--) {
    const end = found.length + NUMBER;
    if (end > bytes.length) return undefined;
    found.numbers.push(bytes.readUIntBE(found.length, 3) * 2 ** 32 + bytes.readUInt32BE(found.length + 3));
    found.length = end;
  }
  for (let left = bytes.readUInt16BE(CHECKSUM + 2); left > 0; left--) {
    const start = found.length + LENGTH;
    if (start > bytes.length) return undefined;
    const length = bytes.readUInt32BE(found.length);
    const exact = length < UTF16;
    const end = start + (exact ? length : length - UTF16);
    if (end > bytes.length) return undefined;
    found.texts.push({ encoding: exact ? "utf8" : "utf16le", start, end });
    found.length = end;
  }
  return found;
}

function room(bytes: number): Buffer {
  if (bytes <= scratch.length) return scratch;
  const larger = Buffer.allocUnsafeSlow(bytes);
  // A burst of large records should not allocate for each; one huge record should not stay.
  if (bytes <= LARGEST_SCRATCH) scratch = larger;
  return larger;
}

/** Whether UTF-8 can say all of it. */
export function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

/** The text with half surrogate pairs replaced, and no longer than so many units of UTF-16. */
export function cutText(text: unknown, most: number): string {
  const given = typeof text === "string" ? text : String(text);
  return (given.slice(0, most) as string & { toWellFormed(): string }).toWellFormed();
}
