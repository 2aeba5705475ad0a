import { fiveDecimals } from "../json/python-number.js";

/*
 * What happens to the strings of a body before it is hashed. The patterns are Python's, whose digits are those of all
 * scripts and whose white space is not JavaScript's. Text is hostile: nothing here takes more than linear time.
 */

/** White space as Python's `\s`: that of Unicode and the four separators of ASCII. */
const space = String.raw`[\p{White_Space}\x1c-\x1f]`;
const uuid = "[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}";

/** A number begins where no digit stands before it; Python gets there too, only more slowly. */
const longDecimal = /-?(?<!\p{Nd})\p{Nd}+\.\p{Nd}{4,}/gu;
const mayBeLongDecimal = /\.\p{Nd}{4}/u;

const score = new RegExp(String.raw`score:${space}*[-+]?\p{Nd}*\.?\p{Nd}+(?:[eE][-+]?\p{Nd}+)?`, "gu");
const attributes = new RegExp(String.raw`attributes:${space}*\{`, "gu");
const isSpace = new RegExp(space, "u");
const documentId = new RegExp(`document_id:${space}*${uuid}`, "gu");
const citation = new RegExp(String.raw`<\|${uuid}\|>`, "g");

/** Prints numbers of four decimals and more with exactly five. */
export function roundDecimals(text: string): string {
  return mayBeLongDecimal.test(text) ? text.replaceAll(longDecimal, roundDecimal) : text;
}

function roundDecimal(decimal: string): string {
  const value = Number(decimal.replaceAll(/\P{ASCII}/gu, asciiDigit));
  // More than three hundred digits are infinite, in Python's spelling.
  if (Number.isFinite(value)) return fiveDecimals(value);
  return value < 0 ? "-inf" : "inf";
}

/** Decimal digits of any script stand in runs from zero to nine, some scripts' runs right behind each other. */
function asciiDigit(digit: string): string {
  const point = digit.codePointAt(0) ?? 0;
  let start = point;
  while (isDigit(start - 1)) start--;
  return String((point - start) % 10);
}

function isDigit(point: number): boolean {
  return /\p{Nd}/u.test(String.fromCodePoint(point));
}

/** Takes out of the results of a file search what differs from run to run. */
export function maskFileSearch(text: string): string {
  let masked = text;
  if (masked.includes("score:")) masked = masked.replaceAll(score, "score: __NORMALIZED__");
  if (masked.includes("attributes:")) masked = withoutAttributes(masked);
  if (masked.includes("document_id:")) masked = masked.replaceAll(documentId, "document_id: __NORMALIZED__");
  if (masked.includes("<|")) masked = masked.replaceAll(citation, "<|__NORMALIZED__|>");
  return masked;
}

/**
 * Deletes `attributes: {...}` with the white space and the comma before it, up to the first closing brace. By hand, since
 * the pattern `,?\s*attributes:\s*\{[^}]*\}` takes quadratic time on white space and on braces that nothing closes.
 */
function withoutAttributes(text: string): string {
  let kept = "";
  let from = 0;
  attributes.lastIndex = 0;
  for (let match = attributes.exec(text); match; match = attributes.exec(text)) {
    const close = text.indexOf("}", attributes.lastIndex);
    if (close < 0) break;
    let start = match.index;
    while (start > from && isSpace.test(text.charAt(start - 1))) start--;
    if (start > from && text[start - 1] === ",") start--;
    kept += text.slice(from, start);
    from = close + 1;
    attributes.lastIndex = from;
  }
  return kept + text.slice(from);
}
