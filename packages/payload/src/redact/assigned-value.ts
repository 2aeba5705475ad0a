import {
  CONSTANT,
  ENCODED_NAME,
  endOfRun,
  HEADER,
  LINE,
  NAME,
  PARAMETER,
  SPACE,
  standsAt,
  startOfRun,
  VARIABLE,
} from "./characters.js";
import { afterEscape } from "./escapes.js";
import { unitBefore, type Detector, type Scan, type Span } from "./scan.js";
import { hasSigns, unspoiltStart } from "./secret-value.js";
import { afterTokens, WINDOW, withoutTokens } from "./token.js";

/*
 * Secrets behind a `=`: query parameters, also percent-encoded ones, variables of the environment, options of commands.
 */

const BACKSLASH = 0x5c;
const LONGEST_NAME = 64;

type IsSecret = (name: string) => boolean;

/** Parameters that hold secrets, besides those whose names say so everywhere. */
const parameterNames = new Set(["key", "sig", "signature", "x-amz-signature", "x-goog-signature"]);

/** The value of a query parameter or of a variable, at the `=`. */
export function assignedValue(isSecret: IsSecret): Detector {
  return (scan, at) => {
    const { text, from } = scan;
    const next = text.charCodeAt(at + 1);
    if (next === 0x3d || next === 0x3e) return undefined;
    const isSpaced = unitBefore(scan, at) === 0x20;
    const nameEnd = isSpaced ? startOfRun(text, at, SPACE, Math.min(8, at - from)) : at;
    const run = startOfRun(text, nameEnd, NAME, Math.min(LONGEST_NAME, nameEnd - from));
    if (run === nameEnd) return undefined;
    const before = unitBefore(scan, run);
    const start = afterEscape(scan, run);
    if (before === 0x25 || isParameterMark(before) || standsAt(text, start - 5, "u0026")) {
      const name = before === 0x25 ? encodedName(scan, at) : text.slice(start, at);
      if (name !== undefined) return isParameter(name, isSecret) ? parameter(text, at + 1) : undefined;
    }
    const name = text.slice(start, nameEnd);
    return name !== "" && isSecret(name) ? variable(text, name, at + 1, isSpaced) : undefined;
  };
}

function isParameter(name: string, isSecret: IsSecret): boolean {
  return parameterNames.has(name.toLowerCase()) || isSecret(name);
}

/** `?`, `&`, `;` (which ends `&amp;`) and `#`. */
function isParameterMark(unit: number): boolean {
  return unit === 0x3f || unit === 0x26 || unit === 0x3b || unit === 0x23;
}

/** The name of a parameter that has percent codes in it or in front of it; undefined where it is none of a query. */
function encodedName(scan: Scan, at: number): string | undefined {
  const { text, from } = scan;
  const start = startOfRun(text, at, ENCODED_NAME, Math.min(LONGEST_NAME, at - from));
  const raw = text.slice(start, at);
  const mark = /^.*(?:%3f|%26|%23|%3b)/i.exec(raw)?.[0];
  if (mark === undefined && !isParameterMark(unitBefore(scan, start))) return undefined;
  return raw
    .slice(mark?.length ?? 0)
    .replaceAll(/%([0-7][0-9a-f])/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Shorter values are flags and columns. */
const SHORTEST_PARAMETER = 6;

function parameter(text: string, value: number): Span | undefined {
  const start = afterTokens(text, value);
  const head = endOfRun(text, start, PARAMETER, WINDOW);
  if (withoutTokens(text, start, head).length < SHORTEST_PARAMETER) return undefined;
  return { start, end: endOfRun(text, head, PARAMETER), kind: "url" };
}

/** A value inside of an address that is a parameter itself ends at the next percent code that separates. */
const encodedValue = /(?:[^\s"'<>)\]},`|&#;\\%]|%(?!26|23|22|27|20|0[ad]|3b|2c|7d))*/iy;

/** The value of a parameter of an address that was encoded, at the `%` of its `%3D`. */
export function encodedParameter(isSecret: IsSecret): Detector {
  return (scan, at) => {
    const { text } = scan;
    if (text.charCodeAt(at + 1) !== 0x33 || (text.charCodeAt(at + 2) | 0x20) !== 0x64) return undefined;
    const name = encodedName(scan, at);
    if (name === undefined || !isParameter(name, isSecret)) return undefined;
    const start = afterTokens(text, at + 3);
    encodedValue.lastIndex = start;
    const end = encodedValue.test(text) ? encodedValue.lastIndex : start;
    return end - start < SHORTEST_PARAMETER ? undefined : { start, end, kind: "url" };
  };
}

/** Its credential is told by itself. */
const encodedScheme = /^(?:bearer|basic)%20/i;

/** `OPENAI_API_KEY=...`, `--password=...`: a value with the signs of a secret that is no expression. */
function variable(text: string, name: string, at: number, isSpaced: boolean): Span | undefined {
  const isConstant = endOfRun(name, 0, CONSTANT) === name.length;
  const blanks = isSpaced ? endOfRun(text, at, SPACE, 8) : at;
  let open = blanks;
  while (open < blanks + 8 && text.charCodeAt(open) === BACKSLASH) open++;
  if (text[open] === '"' || text[open] === "'") {
    const start = unspoiltStart(text, open + 1, text.length);
    const head = endOfRun(text, start, LINE, WINDOW);
    if (isReference(text, start) || !hasSigns(text, start, head)) return undefined;
    return { start, end: endOfRun(text, head, LINE), kind: "field" };
  }
  // Words around a lone `=` are code more often than not.
  if (isSpaced && !isConstant) return undefined;
  if (encodedScheme.test(text.slice(blanks, blanks + 9))) return undefined;
  const start = afterTokens(text, blanks);
  const head = endOfRun(text, start, VARIABLE, WINDOW);
  if (!hasSigns(text, start, head)) return undefined;
  const value = text.slice(start, head);
  if (isExpression(value, text.charCodeAt(head), isConstant)) return undefined;
  if (/token$/i.test(name) && /^[0-9._]+$/.test(value)) return undefined;
  // A row of parameters without its address has a `&` where the next begins.
  return { start, end: endOfRun(text, head, isConstant ? HEADER : PARAMETER), kind: "field" };
}

function isReference(text: string, start: number): boolean {
  return text[start] === "$" && /^\$(?:\{|\(|[A-Z_])/.test(text.slice(start, start + 3));
}

/** Calls, lookups and members of objects. */
function isExpression(value: string, next: number, isConstant: boolean): boolean {
  if (next === 0x24) return true;
  if ((next === 0x28 || next === 0x5b || next === 0x7b) && /^[\w.]*$/.test(value)) return true;
  if (/^(?:process\.env|import\.meta\.env|os\.environ)\b/.test(value)) return true;
  return !isConstant && /^[a-z_]\w*(?:\.[a-z_]\w*)+$/i.test(value);
}
