import { isAlphanumeric, standsAt } from "./characters.js";
import { afterTokens, withoutTokens } from "./token.js";

/*
 * What is told of a value that stands where secrets do.
 */

const scheme = /(?:Bearer|Basic|Token|ApiKey)[ \t]+/iy;

/** Where the secret in a value begins: behind the word for its scheme, so that equal secrets have equal tokens. */
export function secretStart(text: string, start: number, end: number): number {
  scheme.lastIndex = start;
  return scheme.test(text) && scheme.lastIndex < end ? scheme.lastIndex : start;
}

/** Where the secret in a value begins behind tokens of ours, if somebody put it there. */
export function unspoiltStart(text: string, start: number, end: number): number {
  return afterTokens(text, secretStart(text, start, end));
}

const nothing = new Set(["none", "null", "nil", "undefined", "true", "false", "n/a"]);

/** Whether a value says that there is no secret. */
export function saysNothing(value: string): boolean {
  return value.length < 10 && nothing.has(value.toLowerCase());
}

/** Whether a value is long enough and has a digit, which words of prose have not. Its beginning alone is looked at. */
export function hasSigns(text: string, start: number, end: number): boolean {
  const judged = withoutTokens(text, start, end);
  return judged.length >= 8 && /[0-9]/.test(judged.slice(0, 256));
}

/** Where one to a few blanks end, also as URLs and JSON write them; the place itself when there are none. */
export function afterBlanks(text: string, at: number, most: number): number {
  let end = at;
  for (let count = 0; count < most; count++) {
    const unit = text.charCodeAt(end);
    if (unit === 0x20 || unit === 0x09) end++;
    else if (unit === 0x25 && standsAt(text, end, "%20")) end += 3;
    else if (unit === 0x5c && standsAt(text, end, "\\t") && isAlphanumeric(text.charCodeAt(end + 2)))
      end += 2;
    else break;
  }
  return end;
}
