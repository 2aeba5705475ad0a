import type { Issue, TextLimits } from "@waybill/core";

import { placeOf, pointerAt } from "./json-place.js";
import { isAscii } from "./json-style.js";
import { pythonFloat, pythonNumber } from "./python-number.js";
import { pythonString } from "./python-string.js";

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const ZERO = 0x30;
const NINE = 0x39;
const BACKSLASH = 0x5c;
const LOWER_E = 0x65;
const LOWER_U = 0x75;
/** Makes a letter lower-case. */
const CASE = 0x20;

/** More digits may be more than a double holds. */
const SAFE_DIGITS = 15;

const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
/** What is left of an escape that the end of the text cut off. */
const cutEscape = /^\\(?:u[0-9a-fA-F]{0,3})?$/;

/** A text that is refused, with its issue. */
export class Refusal {
  readonly issue: Issue;

  constructor(issue: Issue) {
    this.issue = issue;
  }
}

/** Reads the tokens of a JSON text one after the other. Every method throws a Refusal at what is not JSON. */
export class JsonTokens {
  /** Where the next token is looked for. */
  at: number;
  /** The text of the scalar that was read last, if the writer would spell it otherwise. Whoever looks at it clears it. */
  odd: string | undefined;
  readonly #text: string;
  readonly #limits: TextLimits;
  readonly #ascii: boolean;

  constructor(text: string, limits: TextLimits) {
    this.#text = text;
    this.#limits = limits;
    this.#ascii = isAscii(text);
    this.at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    if (text.length > limits.textLength) this.refuse("too-long", `longer than ${limits.textLength} characters`);
  }

  /** The unit of the next token, behind white space; NaN at the end. */
  next(): number {
    const text = this.#text;
    let at = this.at;
    let unit = text.charCodeAt(at);
    while (unit === SPACE || unit === NEWLINE || unit === RETURN || unit === TAB) unit = text.charCodeAt(++at);
    this.at = at;
    return unit;
  }

  /** A string, number or word, which begins with the unit that `next` gave. */
  scalar(unit: number): string | number | boolean | null {
    if (unit === QUOTE) return this.string();
    return isDigit(unit) || unit === MINUS ? this.#number() : this.#word();
  }

  string(): string {
    const text = this.#text;
    const start = this.at + 1;
    let at = start;
    for (;;) {
      const unit = text.charCodeAt(at);
      if (unit === QUOTE) break;
      // Also true behind the end, where the unit is NaN.
      if (unit === BACKSLASH || !(unit >= SPACE)) return this.#escapedString(at);
      at++;
    }
    this.at = at + 1;
    if (at - start > this.#limits.stringLength) this.#tooLong(start - 1);
    return text.slice(start, at);
  }

  /** A string with something in it that a plain run of characters is not, at `from`. */
  #escapedString(from: number): string {
    const text = this.#text;
    const start = this.at;
    let at = from;
    let mayBeOdd = false;
    for (let unit = text.charCodeAt(at); unit !== QUOTE; unit = text.charCodeAt(at)) {
      if (unit === BACKSLASH) {
        escape.lastIndex = at;
        if (!escape.test(text)) this.#refuseEscape(at);
        const kind = text.charCodeAt(at + 1);
        mayBeOdd ||= kind === LOWER_U || kind === SLASH;
        at = escape.lastIndex;
      } else if (unit >= SPACE) {
        at++;
      } else if (at < text.length) {
        this.refuse("syntax", "a control character inside a string must be escaped", at);
      } else this.refuse("truncated", "the text ends inside a string: it was cut off", start);
    }
    this.at = at + 1;
    if (at - start - 1 > this.#limits.stringLength) this.#tooLong(start);
    const written = text.slice(start, at + 1);
    const value = JSON.parse(written) as string;
    if (mayBeOdd && pythonString(value, this.#ascii) !== written) this.odd = written;
    return value;
  }

  #number(): number {
    const text = this.#text;
    const start = this.at;
    const isNegative = text.charCodeAt(start) === MINUS;
    let at = isNegative ? start + 1 : start;
    const first = text.charCodeAt(at);
    if (!isDigit(first)) this.#refuseDigit(at);
    let size = first - ZERO;
    let unit = text.charCodeAt(++at);
    if (first !== ZERO)
      for (; isDigit(unit); unit = text.charCodeAt(++at)) size = size * 10 + (unit - ZERO);
    if (unit === DOT || (unit | CASE) === LOWER_E) return this.#float(at);
    this.at = at;
    if (at - start <= SAFE_DIGITS && !(isNegative && size === 0)) return isNegative ? -size : size;
    const token = text.slice(start, at);
    const value = this.#finite(token, start);
    if (pythonNumber(value) !== token) this.odd = token;
    return value;
  }

  /** The rest of a number, from its dot or exponent on. */
  #float(from: number): number {
    const text = this.#text;
    const start = this.at;
    let at = from;
    if (text.charCodeAt(at) === DOT) at = this.#digits(at + 1);
    if ((text.charCodeAt(at) | CASE) === LOWER_E) {
      const sign = text.charCodeAt(at + 1);
      at = this.#digits(at + (sign === PLUS || sign === MINUS ? 2 : 1));
    }
    this.at = at;
    const token = text.slice(start, at);
    const value = this.#finite(token, start);
    // The writer takes a whole number for an integer.
    if (Number.isInteger(value) || pythonFloat(value) !== token) this.odd = token;
    return value;
  }

  #digits(from: number): number {
    let at = from;
    if (!isDigit(this.#text.charCodeAt(at))) this.#refuseDigit(at);
    while (isDigit(this.#text.charCodeAt(at))) at++;
    return at;
  }

  #finite(token: string, start: number): number {
    const value = Number(token);
    if (Number.isFinite(value)) return value;
    return this.refuse("number-overflow", "a number beyond the range of a double", start);
  }

  #word(): boolean | null {
    if (this.#skip("null")) return null;
    if (this.#skip("true")) return true;
    if (this.#skip("false")) return false;
    this.#refuseWord("NaN");
    this.#refuseWord("Infinity");
    const rest = this.#text.slice(this.at, this.at + "false".length);
    const cut = ["null", "true", "false"].find((word) => rest !== "" && word.startsWith(rest));
    if (cut !== undefined) this.at += rest.length;
    return this.unexpected(cut ?? "a value");
  }

  /** Moves behind a word, if it is what comes next. */
  #skip(word: string): boolean {
    const isNext = this.#text.startsWith(word, this.at);
    if (isNext) this.at += word.length;
    return isNext;
  }

  /** Python writes these, but they are not JSON. */
  #refuseWord(word: string, at = this.at): void {
    if (this.#text.startsWith(word, at)) this.refuse("not-finite", `${word} is no number of JSON`, at);
  }

  #refuseDigit(at: number): never {
    this.#refuseWord("Infinity", at);
    this.at = at;
    return this.unexpected("a digit");
  }

  #refuseEscape(at: number): never {
    return cutEscape.test(this.#text.slice(at, at + 6))
      ? this.refuse("truncated", "the text ends inside an escape: it was cut off", this.#text.length)
      : this.refuse("syntax", "not an escape of JSON", at);
  }

  #tooLong(at: number): never {
    return this.refuse("too-long", `a string longer than ${this.#limits.stringLength} characters`, at);
  }

  /** Refuses what stands here, or the end of the text. */
  unexpected(wanted: string): never {
    const found = this.#text.codePointAt(this.at);
    return found === undefined
      ? this.refuse("truncated", `the text ends where ${wanted} should be: it was cut off`)
      : this.refuse("syntax", `expected ${wanted}, found ${JSON.stringify(String.fromCodePoint(found))}`);
  }

  refuse(code: string, message: string, at = this.at): never {
    const place = placeOf(this.#text, at);
    throw new Refusal({ path: pointerAt(this.#text, at), code, message: `${message} (${place})` });
  }
}

function isDigit(unit: number): boolean {
  return unit >= ZERO && unit <= NINE;
}
