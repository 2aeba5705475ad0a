import { BACKSLASHES, endOfRun, isOf, NAME, SPACE, startOfRun } from "./characters.js";
import { afterEscape } from "./escapes.js";
import { unitBefore, type Detector, type Scan, type Span } from "./scan.js";
import { hasSigns, saysNothing, secretStart } from "./secret-value.js";
import { tokenEnd } from "./token.js";

/*
 * Members with secrets inside texts: JSON and the notations of Python and JavaScript, in tool arguments and error texts, also
 * as JSON inside of JSON.
 */

const BACKSLASH = 0x5c;
const DOUBLE = 0x22;
const SINGLE = 0x27;
const BACKTICK = 0x60;
const BRACKET = 0x5b;
const COMMA = 0x2c;

const LONGEST_NAME = 64;
/** Between a name and its colon. */
const MOST_BLANKS = 64;
/** JSON seven times inside of JSON. */
const MOST_ESCAPES = 127;

type IsSecret = (name: string) => boolean;

/** The value of `"name": "value"` or `name: "value"`, at the colon, with quotes as they are written there. */
export function quotedField(isSecret: IsSecret): Detector {
  return (scan, at) => {
    const { text, from } = scan;
    const blanks = isOf(unitBefore(scan, at), SPACE)
      ? startOfRun(text, at, SPACE, Math.min(MOST_BLANKS, at - from))
      : at;
    const quote = unitBefore(scan, blanks);
    if (!isQuote(quote)) return bareField(scan, blanks, at, isSecret);
    const escapes = backslashesBefore(text, blanks - 1, from);
    const nameEnd = blanks - 1 - escapes;
    const nameStart = startOfRun(text, nameEnd, NAME, Math.min(LONGEST_NAME, nameEnd - from));
    if (nameStart === nameEnd || unitBefore(scan, nameStart) !== quote) return undefined;
    if (!isSecret(text.slice(nameStart, nameEnd))) return undefined;

    const value = endOfRun(text, at + 1, SPACE);
    if (text.charCodeAt(value) === BRACKET) return listItem(text, value + 1, escapes);
    const open = openingQuote(text, value, escapes);
    if (open < 0) return undefined;
    const end = endOfQuoted(text, open + 1, text.charCodeAt(open), escapes);
    return valueSpan(text, open + 1, end, escapes);
  };
}

/** A name without quotes is one in prose, too: the value must have quotes and the signs of a secret. */
function bareField(scan: Scan, nameEnd: number, at: number, isSecret: IsSecret): Span | undefined {
  const { text, from } = scan;
  const value = endOfRun(text, at + 1, SPACE);
  const open = endOfRun(text, value, BACKSLASHES, MOST_ESCAPES);
  const quote = text.charCodeAt(open);
  if (!isQuote(quote) && quote !== BACKTICK) return undefined;
  const run = startOfRun(text, nameEnd, NAME, Math.min(LONGEST_NAME, nameEnd - from));
  const start = afterEscape(scan, run);
  if (start >= nameEnd || !isSecret(text.slice(start, nameEnd))) return undefined;
  const end = endOfQuoted(text, open + 1, quote, open - value);
  const span = valueSpan(text, open + 1, end, open - value);
  return span && hasSigns(text, span.start, end) ? span : undefined;
}

/** The texts of a list, from a place where one of them may begin. */
function listItem(text: string, start: number, escapes: number): Span | undefined {
  let at = start;
  for (;;) {
    const open = openingQuote(text, endOfRun(text, at, SPACE), escapes);
    if (open < 0) return undefined;
    const end = endOfQuoted(text, open + 1, text.charCodeAt(open), escapes);
    const comma = endOfRun(text, end + escapes + 1, SPACE);
    const hasNext = text.charCodeAt(comma) === COMMA;
    const span = valueSpan(text, open + 1, end, escapes);
    if (span) return hasNext ? { ...span, next: () => listItem(text, comma + 1, escapes) } : span;
    if (!hasNext) return undefined;
    at = comma + 1;
  }
}

function isQuote(unit: number): boolean {
  return unit === DOUBLE || unit === SINGLE;
}

/** Where the quote is that stands at a place behind so many backslashes, or -1. */
function openingQuote(text: string, at: number, escapes: number): number {
  const open = at + escapes;
  if (!isQuote(text.charCodeAt(open))) return -1;
  return endOfRun(text, at, BACKSLASHES, escapes + 1) === open ? open : -1;
}

function backslashesBefore(text: string, at: number, from: number): number {
  return at - startOfRun(text, at, BACKSLASHES, Math.min(MOST_ESCAPES, at - from));
}

/**
 * Where a quoted text ends whose own quotes have so many backslashes in front of them. One level deeper a quote has twice as
 * many and one more; fewer close the text around it. A line end closes what was cut off, as neither notation has one inside.
 */
function endOfQuoted(text: string, start: number, quote: number, escapes: number): number {
  const { length } = text;
  let backslashes = 0;
  for (let at = start; at < length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === BACKSLASH) {
      backslashes++;
      continue;
    }
    if (unit === 0x0a) return at;
    if (unit === quote) {
      if (backslashes < escapes) return at - backslashes;
      if ((backslashes - escapes) % (2 * (escapes + 1)) === 0) return at - escapes;
    }
    backslashes = 0;
  }
  return length;
}

/** A value behind the word for its scheme, or the whole value; undefined for none and for a token of ours. */
function valueSpan(text: string, start: number, end: number, escapes: number): Span | undefined {
  const secret = secretStart(text, start, end);
  if (secret >= end || tokenEnd(text, secret) === end) return undefined;
  const value = text.slice(secret, end);
  return saysNothing(value)
    ? undefined
    : { start: secret, end, kind: "field", secret: unescaped(value, escapes) };
}

const meanings: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/** What was written, so that a secret has one token however deep it lies. */
function unescaped(value: string, escapes: number): string {
  let plain = value;
  for (let level = escapes; plain.includes("\\"); level = (level - 1) / 2) {
    plain = plain.replaceAll(/\\(?:u([0-9a-f]{4})|([^]))/gi, (_, code: string | undefined, letter: string) =>
      code === undefined ? (meanings[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
    );
    if (level < 1) break;
  }
  return plain;
}
