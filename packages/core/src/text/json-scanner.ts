import { pointer, type Issue } from "../validation/issue.js";
import type { TextLimits } from "./limits.js";

/** A container that is open at the scanner's place: where its current key stands (-1: none yet), and its item count. */
type Frame = { keyStart: number; keyEnd: number; items: number; isArray: boolean };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** What is left of an escape that the end of the text cut off. */
const cutEscape = /^\\(?:u[0-9a-fA-F]{0,3})?$/;
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Walks JSON text once, without recursion and without building anything, and answers the first thing that is wrong with
 * it: a syntax error with its place, a limit, a key that could reach a prototype, a lone surrogate, or a number that no
 * double holds. `undefined` means that `JSON.parse` will succeed and give nothing surprising.
 */
export function scanJson(text: string, limits: TextLimits): Issue | undefined {
  const end = text.length;
  const stack: Frame[] = [];
  // A byte order mark is passed over.
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;

  const path = () => stack.reduce((parent, frame) => pathInside(text, parent, frame), "");
  const issue = (code: string, message: string, place = at): Issue => ({
    path: path(),
    code,
    message: `${message} (${placeOf(text, place)})`,
  });
  const unexpected = (wanted: string): Issue =>
    at >= end
      ? issue("truncated", `the text ends where ${wanted} should be: it was cut off`)
      : issue(
          "syntax",
          `expected ${wanted}, found ${JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))}`,
        );

  const skipSpace = () => {
    for (; at < end; at++) {
      const unit = text.charCodeAt(at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
    }
  };

  /** From the opening quote to behind the closing one. */
  const scanString = (): Issue | undefined => {
    const start = at++;
    let high = -1; // Place of a high surrogate that still lacks its other half.
    for (;;) {
      if (at >= end) return issue("truncated", "the text ends inside a string: it was cut off", start);
      let unit = text.charCodeAt(at);
      let width = 1;
      if (unit === BACKSLASH) {
        escape.lastIndex = at;
        const match = escape.exec(text)?.[0];
        if (!match) {
          return cutEscape.test(text.slice(at, at + 6))
            ? issue("truncated", "the text ends inside an escape: it was cut off")
            : issue("syntax", "not an escape of JSON");
        }
        width = match.length;
        unit = width === 6 ? Number.parseInt(match.slice(2), 16) : 0x20;
      } else if (unit < 0x20) {
        return issue("syntax", "a control character inside a string must be escaped");
      } else if (unit === QUOTE) {
        if (high >= 0) return issue("lone-surrogate", "half of a surrogate pair", high);
        at++;
        return at - start - 2 > limits.stringLength
          ? issue("too-long", `a string longer than ${limits.stringLength} characters`, start)
          : undefined;
      }
      if (unit >= 0xdc00 && unit <= 0xdfff) {
        if (high < 0) return issue("lone-surrogate", "half of a surrogate pair");
        high = -1;
      } else if (high >= 0) {
        return issue("lone-surrogate", "half of a surrogate pair", high);
      } else if (unit >= 0xd800 && unit <= 0xdbff) {
        high = at;
      }
      at += width;
    }
  };

  /** A key and its colon, up to where the value begins. */
  const scanKey = (frame: Frame): Issue | undefined => {
    frame.keyStart = -1;
    skipSpace();
    if (text.charCodeAt(at) !== QUOTE) return unexpected("a key in double quotes");
    const start = at;
    const wrong = scanString();
    if (wrong) return wrong;
    frame.keyStart = start;
    frame.keyEnd = at;
    if (isForbiddenKey(text, start, at))
      return issue("forbidden-key", "a key that reaches an object's prototype", start);
    skipSpace();
    if (text.charCodeAt(at) !== COLON) return unexpected("a colon");
    at++;
    return undefined;
  };

  const open = (isArray: boolean): Issue | undefined => {
    if (stack.length >= limits.depth) return issue("too-deep", `nested deeper than ${limits.depth} levels`);
    stack.push({ keyStart: -1, keyEnd: -1, items: 0, isArray });
    at++;
    return undefined;
  };

  /** A number or one of the three words. */
  const scanScalar = (): Issue | undefined => {
    for (const word of ["true", "false", "null"]) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return undefined;
      }
      if (at < end && end - at < word.length && word.startsWith(text.slice(at))) {
        at = end;
        return unexpected(word);
      }
    }
    number.lastIndex = at;
    const match = number.exec(text)?.[0];
    if (match === undefined) {
      if (at === end - 1 && text[at] === "-") at = end;
      return unexpected("a value");
    }
    if (!Number.isFinite(Number(match)))
      return issue("number-overflow", "a number beyond the range of a double");
    at += match.length;
    return undefined;
  };

  if (end > limits.textLength) return issue("too-long", `longer than ${limits.textLength} characters`);

  for (;;) {
    // A value is due.
    skipSpace();
    const unit = at < end ? text.charCodeAt(at) : -1;
    let wrong: Issue | undefined;
    if (unit === OPEN_OBJECT || unit === OPEN_ARRAY) {
      wrong = open(unit === OPEN_ARRAY);
      if (wrong) return wrong;
      const frame = stack[stack.length - 1] as Frame;
      skipSpace();
      if (text.charCodeAt(at) !== (frame.isArray ? CLOSE_ARRAY : CLOSE_OBJECT)) {
        wrong = frame.isArray ? undefined : scanKey(frame);
        if (wrong) return wrong;
        continue;
      }
      stack.pop();
      at++;
    } else {
      wrong = unit === QUOTE ? scanString() : scanScalar();
      if (wrong) return wrong;
    }

    // A value is done: close what ends here, then go on to the next one.
    for (;;) {
      skipSpace();
      const frame = stack[stack.length - 1];
      if (!frame) return at < end ? issue("syntax", "there is more text behind the document") : undefined;
      const next = at < end ? text.charCodeAt(at) : -1;
      if (next === COMMA) {
        at++;
        frame.items++;
        if (frame.items >= limits.items) return issue("too-many-items", `more than ${limits.items} items`);
        wrong = frame.isArray ? undefined : scanKey(frame);
        if (wrong) return wrong;
        break;
      }
      if (next !== (frame.isArray ? CLOSE_ARRAY : CLOSE_OBJECT)) {
        return unexpected(frame.isArray ? 'a comma or "]"' : 'a comma or "}"');
      }
      stack.pop();
      at++;
    }
  }
}

function pathInside(text: string, parent: string, { isArray, items, keyStart, keyEnd }: Frame): string {
  if (isArray) return pointer(parent, items);
  return keyStart < 0 ? parent : pointer(parent, readKey(text.slice(keyStart, keyEnd)));
}

function isForbiddenKey(text: string, start: number, end: number): boolean {
  // Keys with an escape in them are rare; only those are decoded before the comparison.
  if (end - start !== 11 && !text.slice(start, end).includes("\\")) return false;
  return readKey(text.slice(start, end)) === "__proto__";
}

function readKey(quoted: string): string {
  return JSON.parse(quoted) as string;
}

/** A place for people and for tools: line and column from 1, byte from 0. */
function placeOf(text: string, at: number): string {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf("\n") + 1;
  const line = before.split("\n").length;
  return `line ${line}, column ${at - lineStart + 1}, byte ${new TextEncoder().encode(before).length}`;
}
