import {
  AUTHORITY,
  BACKSLASHES,
  CONSTANT,
  HEADER,
  endOfRun,
  isAlphanumeric,
  isUpper,
  LINE,
  NAME,
  PARAMETER,
  SPACE,
  startOfRun,
  VARIABLE,
  WORD,
} from "./characters.js";
import { unitBefore, type Detector, type Scan, type Span } from "./scan.js";
import { holdsToken, tokenEnd } from "./token.js";

/*
 * Members with secrets inside texts: JSON and Python's notation, in tool arguments and error texts, also as JSON inside of
 * JSON; headers; query parameters; variables of the environment.
 */

const BACKSLASH = 0x5c;
const DOUBLE = 0x22;
const SINGLE = 0x27;
const EQUALS = 0x3d;

const LONGEST_NAME = 64;
const MOST_BLANKS = 8;
/** JSON seven times inside of JSON. */
const MOST_ESCAPES = 127;

type IsSecret = (name: string) => boolean;

/** The value of `"name": "value"`, at the colon, with quotes as they are written there. */
export function quotedField(isSecret: IsSecret): Detector {
  return (scan, at) => {
    const { text, from } = scan;
    const before = unitBefore(scan, at);
    const isAfterBlank = before === 0x20;
    if (before !== DOUBLE && before !== SINGLE && !isAfterBlank) return undefined;
    const quoteEnd = isAfterBlank ? startOfRun(text, at, SPACE, Math.min(MOST_BLANKS, at - from)) : at;
    const quote = unitBefore(scan, quoteEnd);
    if (quote !== DOUBLE && quote !== SINGLE) return undefined;
    const escapes = backslashesBefore(text, quoteEnd - 1, from);
    const nameEnd = quoteEnd - 1 - escapes;
    const nameStart = startOfRun(text, nameEnd, NAME, Math.min(LONGEST_NAME, nameEnd - from));
    if (nameStart === nameEnd || unitBefore(scan, nameStart) !== quote) return undefined;
    if (!isSecret(text.slice(nameStart, nameEnd))) return undefined;

    const valueQuote = endOfRun(text, at + 1, SPACE, MOST_BLANKS) + escapes;
    const close = text.charCodeAt(valueQuote);
    if (close !== DOUBLE && close !== SINGLE) return undefined;
    if (backslashesBefore(text, valueQuote, at) !== escapes) return undefined;
    return valueSpan(text, valueQuote + 1, endOfQuoted(text, valueQuote + 1, close, escapes));
  };
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

/** A value behind the word for its scheme, or the whole value; undefined for an empty one and for a token of ours. */
function valueSpan(text: string, start: number, end: number): Span | undefined {
  const secret = secretStart(text, start, end);
  if (secret >= end || tokenEnd(text, secret) === end) return undefined;
  return { start: secret, end, kind: "field" };
}

const scheme = /(?:Bearer|Basic|Token|ApiKey) +/iy;

/** Where the secret in a value begins: behind the word for its scheme, so that equal secrets have equal tokens. */
export function secretStart(text: string, start: number, end: number): number {
  scheme.lastIndex = start;
  return scheme.test(text) && scheme.lastIndex < end ? scheme.lastIndex : start;
}

const headerNames = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "x-auth-token",
  "x-amz-security-token",
  "private-token",
]);

/**
 * The value of a header, as commands and logs write it: `x-api-key: ...` up to a blank, a quote or the end of the line. In
 * prose a word follows, so a digit is asked for, and of cookies, which have blanks between them, a `=`.
 */
export const headerLine: Detector = ({ text, from }, at) => {
  if (text.charCodeAt(at + 1) !== 0x20) return undefined;
  const start = startOfRun(text, at, WORD, Math.min(25, at - from));
  if (at - start < 6) return undefined;
  const name = text.slice(start, at).toLowerCase();
  if (!headerNames.has(name)) return undefined;
  const value = endOfRun(text, at + 1, SPACE, MOST_BLANKS);
  const secret = secretStart(text, value, text.length);
  if (name.endsWith("cookie")) {
    if (text.charCodeAt(endOfRun(text, secret, NAME, LONGEST_NAME)) !== EQUALS) return undefined;
    const end = endOfRun(text, secret, LINE);
    return holdsToken(text, secret, end) ? undefined : { start: secret, end, kind: "field" };
  }
  const end = endOfRun(text, secret, HEADER);
  if (end - secret < 8 || holdsToken(text, secret, end)) return undefined;
  return /[0-9]/.test(text.slice(secret, Math.min(end, secret + 256)))
    ? { start: secret, end, kind: "field" }
    : undefined;
};

/** Parameters that hold secrets, besides those whose names say so everywhere. */
const parameterNames = new Set(["key", "sig", "signature", "x-amz-signature", "x-goog-signature"]);

/** The value of a query parameter or of a variable of the environment, at the `=`. */
export function assignedValue(isSecret: IsSecret): Detector {
  return (scan, at) => {
    const { text, from } = scan;
    const start = startOfRun(text, at, NAME, Math.min(LONGEST_NAME, at - from));
    if (start === at) return undefined;
    const before = unitBefore(scan, start);
    if (isParameterMark(before)) {
      const name = text.slice(start, at);
      if (!parameterNames.has(name.toLowerCase()) && !isSecret(name)) return undefined;
      const end = endOfRun(text, at + 1, PARAMETER);
      const isNew = end - at > 6 && !holdsToken(text, at + 1, end);
      return isNew ? { start: at + 1, end, kind: "url" } : undefined;
    }
    return isUpper(text.charCodeAt(at - 1)) ? variable(scan, start, at, isSecret) : undefined;
  };
}

/** `?`, `&`, `;` (which ends `&amp;`) and `#`. */
function isParameterMark(unit: number): boolean {
  return unit === 0x3f || unit === 0x26 || unit === 0x3b || unit === 0x23;
}

/** `OPENAI_API_KEY=...`: a name in capitals, and a value that is no expression. */
function variable({ text }: Scan, start: number, at: number, isSecret: IsSecret): Span | undefined {
  if (startOfRun(text, at, CONSTANT, at - start) !== start || !isSecret(text.slice(start, at)))
    return undefined;
  const first = text.charCodeAt(at + 1);
  const value = first === DOUBLE || first === SINGLE ? at + 2 : at + 1;
  // Up to the first `=`, so that a row of assignments is not read again and again; then whatever follows.
  const head = endOfRun(text, value, VARIABLE);
  const next = text.charCodeAt(head);
  const isExpression = next === 0x28 || next === 0x5b || next === 0x7b || next === 0x24;
  if (head - value < 8 || isExpression || holdsToken(text, value, head + 1)) return undefined;
  if (!/[0-9]/.test(text.slice(value, Math.min(head, value + 256)))) return undefined;
  return { start: value, end: endOfRun(text, head, HEADER), kind: "field" };
}

/** User and password of `scheme://user:password@host`, at the first colon. A user alone is left to the other detectors. */
export const addressPassword: Detector = (scan, at) => {
  const { text } = scan;
  if (text.charCodeAt(at + 1) !== 0x2f || text.charCodeAt(at + 2) !== 0x2f) return undefined;
  if (!isAlphanumeric(unitBefore(scan, at))) return undefined;
  const start = at + 3;
  const authority = text.slice(start, endOfRun(text, start, AUTHORITY, 512));
  const host = authority.lastIndexOf("@");
  const password = authority.indexOf(":") + 1;
  if (password === 0 || password >= host || holdsToken(text, start, start + host)) return undefined;
  return { start, end: start + host, kind: "url" };
};
