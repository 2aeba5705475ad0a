/*
 * Text from outside on its way into columns, which hold UTF-8: half of a surrogate pair has no bytes there. What the text
 * really was stands in the payload, whose JSON escapes it.
 */

/** Halves of pairs without the other half. */
const lone = /\p{Surrogate}/u;
const everyLone = /\p{Surrogate}/gu;

export function isWellFormed(text: string): boolean {
  return !lone.test(text);
}

/** The text with a mark in place of what cannot be written. */
export function wellFormed(text: string): string {
  return lone.test(text) ? text.replace(everyLone, "\uFFFD") : text;
}

/** Control characters, and all that is white. */
const gaps = /[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]+/gu;

/** One line of at most so many UTF-16 units: no control characters, no half of a pair, one blank where there were several. */
export function oneLine(text: string, most: number): string {
  // Most of a text of megabytes is never looked at; four times as much leaves room for what is folded.
  const line = wellFormed(text.slice(0, most * 4 + 2))
    .replace(gaps, " ")
    .trim();
  if (line.length <= most) return line;
  const isSplit = /[\uD800-\uDBFF]$/.test(line.slice(0, most));
  return line.slice(0, isSplit ? most - 1 : most);
}
