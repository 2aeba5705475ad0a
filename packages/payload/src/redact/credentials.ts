import {
  ALPHANUMERIC,
  BEARER,
  endOfRun,
  isAlphanumeric,
  isDigit,
  PLAIN_BASE64,
  standsAt,
  TITLE,
  WORD,
} from "./characters.js";
import { beginsWord } from "./escapes.js";
import type { Detector, Scan, Span } from "./scan.js";
import { afterBlanks } from "./secret-value.js";

/*
 * Credentials of HTTP, signed tokens and private keys.
 */

/** As far as a tail is looked at before it is known to be a secret. */
const WINDOW = 64;

/** The secret behind `Bearer ` or `Basic `, at the B in either case. The scheme stays. */
export const schemeCredential: Detector = (scan, at) => {
  const { text } = scan;
  if (!beginsWord(scan, at, ALPHANUMERIC)) return undefined;
  if (isWordAt(text, at, "bearer")) {
    const start = behindBlanks(text, at + 6);
    return start < 0 ? undefined : bearer(text, start);
  }
  if (isWordAt(text, at, "basic")) {
    const start = behindBlanks(text, at + 5);
    return start < 0 ? undefined : basic(text, start);
  }
  return undefined;
};

function isWordAt(text: string, at: number, word: string): boolean {
  for (let index = 1; index < word.length; index++)
    if ((text.charCodeAt(at + index) | 0x20) !== word.charCodeAt(index)) return false;
  return true;
}

/** Behind one to four blanks, in whatever way they are written; -1 without any. */
function behindBlanks(text: string, at: number): number {
  const end = afterBlanks(text, at, 4);
  return end > at ? end : -1;
}

/** In prose a word follows: a secret has a digit, or is longer than words are. */
function bearer(text: string, start: number): Span | undefined {
  const limit = endOfRun(text, start, BEARER, WINDOW);
  if (limit - start < 8) return undefined;
  let run = 0;
  for (let at = start; at < limit; at++) {
    const unit = text.charCodeAt(at);
    run = isAlphanumeric(unit) ? run + 1 : 0;
    if (isDigit(unit) || run >= 20)
      return { start, end: trimmed(text, start, endOfRun(text, at, BEARER)), kind: "bearer" };
  }
  return undefined;
}

/** Dots at the end are those of a sentence. */
function trimmed(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && text.charCodeAt(last - 1) === 0x2e) last--;
  return last;
}

/** Base64 of a user, a colon and a password: what is not that is a word, such as "authentication". */
function basic(text: string, start: number): Span | undefined {
  const head = endOfRun(text, start, PLAIN_BASE64, 1024);
  if (head - start < 8) return undefined;
  const sample = text.slice(start, start + (head - start) - ((head - start) % 4));
  return isUserAndPassword(sample)
    ? { start, end: endOfRun(text, head, PLAIN_BASE64), kind: "basic" }
    : undefined;
}

function isUserAndPassword(sample: string): boolean {
  try {
    return /^[\x20-\x7e\x80-\xff]*:[\x20-\x7e\x80-\xff]*$/.test(atob(sample));
  } catch {
    return false;
  }
}

/** A signed token (JWT), at the J of `eyJ`. */
export const signedToken: Detector = (scan, at) => {
  const { text, from } = scan;
  const start = at - 2;
  if (start < from || text.charCodeAt(start) !== 0x65 || text.charCodeAt(start + 1) !== 0x79)
    return undefined;
  if (!beginsWord(scan, start, WORD)) return undefined;
  const head = endOfRun(text, at, WORD);
  if (head - start < 10 || text.charCodeAt(head) !== 0x2e) return undefined;
  const body = endOfRun(text, head + 1, WORD);
  if (body - head - 1 < 8) return undefined;
  // Signed tokens have a third part, encrypted ones five; a body that was cut off is a secret, too.
  let end = body;
  for (let part = 0; part < 3 && text.charCodeAt(end) === 0x2e; part++) {
    const next = endOfRun(text, end + 1, WORD);
    if (next === end + 1) break;
    end = next;
  }
  const isToken = end > body || standsAt(text, head + 1, "eyJ");
  return isToken ? { start, end, kind: "jwt" } : undefined;
};

const DASHES = "-----";
const BEGIN = "BEGIN ";
/** Private keys are shorter; what is further away belongs to something else. */
const LONGEST_KEY = 64 * 1024;

/**
 * A private key in PEM, at the B of its `BEGIN`; one that was cut off, too. Certificates and public keys are no secrets.
 */
export const privateKey: Detector = (scan, at) => {
  const { text } = scan;
  const start = at - DASHES.length;
  if (start < scan.from || !standsAt(text, at, BEGIN) || !standsAt(text, start, DASHES)) return undefined;
  const title = endOfTitle(text, at + BEGIN.length);
  if (title < 0 || !text.slice(at, title).includes("PRIVATE KEY")) return undefined;
  const end = endOfPem(scan, title);
  if (end < 0) return undefined;
  // One key is one, whether its line ends are written with escapes or not.
  const secret = text.slice(start, end).replaceAll(/(?:\\+[nr]|[\r\n])+/g, "\n");
  return { start, end, kind: "private-key", secret };
};

/** Where a title of capitals and blanks ends, or -1 where no dashes follow. */
function endOfTitle(text: string, start: number): number {
  const end = endOfRun(text, start, TITLE, 40);
  return standsAt(text, end, DASHES) ? end : -1;
}

function endOfPem(scan: Scan, title: number): number {
  const { text } = scan;
  if (scan.pemEnd === undefined || (scan.pemEnd >= 0 && scan.pemEnd < title))
    scan.pemEnd = text.indexOf("-----END ", title);
  const { pemEnd } = scan;
  if (pemEnd >= 0 && pemEnd - title <= LONGEST_KEY) {
    const close = endOfTitle(text, pemEnd + 9);
    return close < 0 ? pemEnd + 9 : close + 5;
  }
  return endOfLines(text, title + 5);
}

/** Where lines of base64 end, with line ends as they are or as JSON writes them; -1 where none begin. */
function endOfLines(text: string, start: number): number {
  let end = start;
  let hasKey = false;
  for (;;) {
    const gap = endOfLineEnds(text, end);
    const line = endOfRun(text, gap, PLAIN_BASE64);
    if (line === gap) return hasKey ? end : -1;
    if (line - gap >= 16) hasKey = true;
    else if (!hasKey) return -1;
    end = line;
  }
}

function endOfLineEnds(text: string, start: number): number {
  let end = start;
  for (;;) {
    const unit = text.charCodeAt(end);
    if (unit === 0x0a || unit === 0x0d) end++;
    else if (unit === 0x5c && isLineLetter(text.charCodeAt(end + 1))) end += 2;
    else if (unit === 0x5c && text.charCodeAt(end + 1) === 0x5c) end++;
    else return end;
  }
}

function isLineLetter(unit: number): boolean {
  return unit === 0x6e || unit === 0x72;
}
