/*
 * Classes of characters as bits of one table. Scanning for a class is a mask away, and fast: a call of a function for each
 * character takes several times as long.
 */

const ASCII = 128;

const UPPER = 1;
const LOWER = 2;
export const DIGIT = 4;
export const SPACE = 8;
/** Letters and digits. */
export const ALPHANUMERIC = 16;
/** Letters, digits, `_` and `-`: what most keys are written in. */
export const WORD = 32;
/** Base64 in both of its alphabets. */
export const BASE64 = 64;
/** Base64 in its first alphabet. */
export const PLAIN_BASE64 = 4194304;
/** A name of a member, a parameter or a variable. */
export const NAME = 128;
/** What stands behind `Bearer `. */
export const BEARER = 256;
/** User, password and host of an address. */
export const AUTHORITY = 512;
/** The value of a query parameter. */
export const PARAMETER = 1024;
/** A value in quotes or at the end of a line, with blanks in it and without. */
export const LINE = 2048;
export const HEADER = 2097152;
/** A value of a variable of the environment, up to its first `=`. */
export const VARIABLE = 4096;
/** What stands in front of the `@` of a mail address, and behind it. */
export const LOCAL_PART = 8192;
export const DOMAIN = 16384;
export const HEXADECIMAL = 32768;
/** An IPv6 address. */
export const ADDRESS = 8388608;
/** A media type with its parameters. */
export const MEDIA = 65536;
/** Capitals and digits. */
export const CAPITAL_CODE = 131072;
/** Capitals and blanks: the title of a PEM block. */
export const TITLE = 262144;
/** Capitals, digits and `_`. */
export const CONSTANT = 524288;
export const BACKSLASHES = 1048576;
/** A name with percent codes in it. */
export const ENCODED_NAME = 16777216;

/** The classes that what lies beyond ASCII is in: those that are told by where they end. */
const BEYOND = AUTHORITY | PARAMETER | LINE | HEADER;

const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const lower = "abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";
const alphanumeric = upper + lower + digits;

const classes = /* @__PURE__ */ table();

function table(): Uint32Array {
  const bits = new Uint32Array(ASCII);
  const set = (bit: number, characters: string) => {
    for (const character of characters) {
      const unit = character.charCodeAt(0);
      bits[unit] = (bits[unit] as number) | bit;
    }
  };
  const setAllBut = (bit: number, ends: string) => {
    for (let unit = 0x21; unit < 0x7f; unit++)
      if (!ends.includes(String.fromCharCode(unit))) bits[unit] = (bits[unit] as number) | bit;
  };
  set(UPPER, upper);
  set(LOWER, lower);
  set(DIGIT, digits);
  set(SPACE, " \t\n\r\f\v");
  set(ALPHANUMERIC, alphanumeric);
  set(WORD, `${alphanumeric}_-`);
  set(BASE64, `${alphanumeric}_-+/=`);
  set(PLAIN_BASE64, `${alphanumeric}+/=`);
  set(NAME, `${alphanumeric}_-.`);
  set(BEARER, `${alphanumeric}_-+/=.~`);
  setAllBut(AUTHORITY, "\"'<>/?#\\`");
  setAllBut(PARAMETER, "\"'<>)]},`|&#;\\");
  setAllBut(LINE, "\"'\\`");
  set(LINE, " ");
  setAllBut(HEADER, "\"'\\`");
  setAllBut(VARIABLE, "\"'\\`=([{<>)]}$&|;#,");
  set(ENCODED_NAME, `${alphanumeric}_-.%`);
  set(LOCAL_PART, `${alphanumeric}_-.+%`);
  set(DOMAIN, `${alphanumeric}-.`);
  set(HEXADECIMAL, `${digits}abcdefABCDEF`);
  set(ADDRESS, `${digits}abcdefABCDEF:`);
  set(MEDIA, `${alphanumeric}_-+/=.;`);
  set(CAPITAL_CODE, upper + digits);
  set(TITLE, `${upper} `);
  set(CONSTANT, `${upper}${digits}_`);
  set(BACKSLASHES, "\\");
  return bits;
}

/** Whether a character is of one of the classes. Beyond the ends of a text `charCodeAt` answers NaN, which is of none. */
export function isOf(unit: number, mask: number): boolean {
  if (unit < ASCII) return ((classes[unit] as number) & mask) !== 0;
  return unit >= ASCII && (BEYOND & mask) !== 0;
}

export const isAlphanumeric = (unit: number): boolean => isOf(unit, ALPHANUMERIC);
export const isDigit = (unit: number): boolean => isOf(unit, DIGIT);
export const isLower = (unit: number): boolean => isOf(unit, LOWER);
export const isUpper = (unit: number): boolean => isOf(unit, UPPER);
export const isWord = (unit: number): boolean => isOf(unit, WORD);

/** Where the run of characters of a class that begins at a place ends; `most` bounds its length. */
export function endOfRun(text: string, start: number, mask: number, most = text.length): number {
  const limit = Math.min(text.length, start + most);
  const other = BEYOND & mask;
  for (let end = start; end < limit; end++) {
    const unit = text.charCodeAt(end);
    if (((unit < ASCII ? (classes[unit] as number) : other) & mask) === 0) return end;
  }
  return Math.max(start, limit);
}

/** Where the run of such characters that ends before a place starts; it is at most `most` characters long. */
export function startOfRun(text: string, end: number, mask: number, most: number): number {
  const limit = Math.max(0, end - most);
  const other = BEYOND & mask;
  for (let start = end; start > limit; start--) {
    const unit = text.charCodeAt(start - 1);
    if (((unit < ASCII ? (classes[unit] as number) : other) & mask) === 0) return start;
  }
  return limit;
}

/** Whether a word stands at a place. For the first characters, which are wrong most of the time, a call costs too much. */
export function standsAt(text: string, at: number, word: string): boolean {
  for (let index = 0; index < word.length; index++)
    if (text.charCodeAt(at + index) !== word.charCodeAt(index)) return false;
  return true;
}
