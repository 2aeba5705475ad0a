import {
  ALPHANUMERIC,
  DIGIT,
  endOfRun,
  HEXADECIMAL,
  isAlphanumeric,
  isOf,
  startOfRun,
} from "./characters.js";
import { unitBefore, type Scan } from "./scan.js";

/*
 * Texts inside of texts: the letter that ends a `\n`, a `\u0022`, a `%22` or a colour of a terminal is no letter of the
 * word behind it.
 */

/** The characters of an escape behind its backslash. */
export const LONGEST_ESCAPE = 5;

const ESCAPE = 0x1b;
const escapeLetters = "nrtbfv0";

/** Where a word begins whose run of letters and digits starts at a place: behind the end of an escape, if it has one. */
export function afterEscape(scan: Scan, start: number): number {
  const { text } = scan;
  const before = unitBefore(scan, start);
  if (before === 0x25) return afterHex(text, start, start, 2);
  if (before === 0x5c) {
    const letter = text.charAt(start);
    if (letter === "u") return afterHex(text, start, start + 1, 4);
    if (letter === "x") return afterHex(text, start, start + 1, 2);
    return letter !== "" && escapeLetters.includes(letter) ? start + 1 : start;
  }
  return before === 0x5b || before === 0x3b ? afterColour(scan, start) : start;
}

function afterHex(text: string, start: number, digits: number, count: number): number {
  const end = digits + count;
  return endOfRun(text, digits, HEXADECIMAL, count) === end && end <= text.length ? end : start;
}

/** Behind the letter of `ESC [ 1 ; 31 m`, where the ESC may be written as an escape itself. */
function afterColour({ text, from }: Scan, start: number): number {
  const letter = endOfRun(text, start, DIGIT, 4);
  if (!isAlphanumeric(text.charCodeAt(letter))) return start;
  let bracket = start - 1;
  for (let most = 16; most > 0 && bracket > from && isColourCode(text.charCodeAt(bracket)); most--) bracket--;
  if (text.charCodeAt(bracket) !== 0x5b || bracket <= from) return start;
  const isEscape = text.charCodeAt(bracket - 1) === ESCAPE;
  return isEscape || /\\(?:u001b|x1b|033|e)$/i.test(text.slice(Math.max(from, bracket - 6), bracket))
    ? letter + 1
    : start;
}

function isColourCode(unit: number): boolean {
  return unit === 0x3b || isOf(unit, DIGIT);
}

/** Whether a word may begin at a place: what stands before it is of no class of `mask`, or ends an escape. */
export function beginsWord(scan: Scan, at: number, mask: number): boolean {
  if (!isOf(unitBefore(scan, at), mask)) return true;
  const start = startOfRun(scan.text, at, ALPHANUMERIC, Math.min(LONGEST_ESCAPE, at - scan.from));
  return start < at && afterEscape(scan, start) === at;
}
