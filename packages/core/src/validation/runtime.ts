/*
 * What the generated validators call at run time, in place of ajv's own runtime and of regular expressions: the two
 * patterns below stand on every event of a batch, and their expressions took most of a check's time. Tests compare each
 * function with what it stands for.
 */

/** Length of a string in code points, as JSON Schema counts it. */
export function ucs2length(text: string): number {
  const units = text.length;
  let length = 0;
  for (let at = 0; at < units; at++) {
    length++;
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit <= 0xdbff && at + 1 < units) {
      const next = text.charCodeAt(at + 1);
      if (next >= 0xdc00 && next <= 0xdfff) at++;
    }
  }
  return length;
}

/** Whether a string has more code points than that: most are shorter even in UTF-16 units, and need no counting. */
export function isLonger(text: string, limit: number): boolean {
  return text.length > limit && ucs2length(text) > limit;
}

/** The pattern `oneLine`. */
export function isOneLine(text: string): boolean {
  return !text.includes("\r");
}

const COLON = 0x3a;
const DASH = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const PLUS = 0x2b;
const UPPER_T = 0x54;
const UPPER_Z = 0x5a;

/** The pattern `dateTime`: an ISO 8601 time that exists, with a zone. */
export function isDateTime(text: string): boolean {
  const century = twoDigits(text, 0);
  const yearOfCentury = twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const isDate =
    century >= 0 &&
    yearOfCentury >= 0 &&
    text.charCodeAt(4) === DASH &&
    month >= 1 &&
    month <= 12 &&
    text.charCodeAt(7) === DASH &&
    day >= 1 &&
    (day <= 28 || day <= daysOf(century * 100 + yearOfCentury, month)) &&
    text.charCodeAt(10) === UPPER_T;
  if (!isDate || !isClock(text, 11)) return false;
  let at = 16;
  if (text.charCodeAt(at) === COLON) {
    const seconds = twoDigits(text, 17);
    if (seconds < 0 || seconds > 59) return false;
    at = 19;
    if (text.charCodeAt(at) === DOT) {
      const start = ++at;
      while (isDigit(text.charCodeAt(at))) at++;
      if (at === start) return false;
    }
  }
  const zone = text.charCodeAt(at);
  if (zone === UPPER_Z) return at + 1 === text.length;
  return (zone === PLUS || zone === DASH) && isClock(text, at + 1) && at + 6 === text.length;
}

/** Hours and minutes: "23:59". */
function isClock(text: string, at: number): boolean {
  const hours = twoDigits(text, at);
  const minutes = twoDigits(text, at + 3);
  return hours >= 0 && hours <= 23 && text.charCodeAt(at + 2) === COLON && minutes >= 0 && minutes <= 59;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The number that two digits write, or -1. */
function twoDigits(text: string, at: number): number {
  const first = text.charCodeAt(at);
  const second = text.charCodeAt(at + 1);
  return isDigit(first) && isDigit(second) ? first * 10 + second - 11 * ZERO : -1;
}

function isDigit(unit: number): boolean {
  return unit >= ZERO && unit <= NINE;
}

/** Arrays of more items than this are not walked: no document has them, and a sparse array may claim billions. */
const MAX_ITEMS = 1_000_000;

/** The length of an array that is about to be walked. */
export function lengthOf(items: { readonly length: number }): number {
  const { length } = items;
  if (length <= MAX_ITEMS) return length;
  throw new RangeError(`an array of ${length} items is longer than ${MAX_ITEMS}`);
}

/** As many errors as are collected of a document. */
const MAX_ERRORS = 1000;

/** Puts the errors of a part behind those of the whole, in place: copying them for each part would take quadratic time. */
export function merge<T>(errors: T[] | null, more: readonly T[]): T[] {
  const all = errors ?? [];
  for (const error of more) if (all.length <= MAX_ERRORS) all.push(error);
  return all;
}
