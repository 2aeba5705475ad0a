import { endOfRun, HEADER, LINE, NAME, startOfRun, WORD } from "./characters.js";
import { afterEscape } from "./escapes.js";
import type { Detector } from "./scan.js";
import { afterBlanks, hasSigns, secretStart, unspoiltStart } from "./secret-value.js";
import { WINDOW } from "./token.js";

const LONGEST_NAME = 40;
const MOST_BLANKS = 8;
const BACKSLASH = 0x5c;

const headerNames =
  /(?:^|-)(?:authorization|cookie|api-key|auth-token|access-token|session-token|security-token|private-token|subscription-key)$/i;

/** Schemes with a list of parameters instead of one credential. */
const listScheme = /(?:Digest|OAuth|Signature|Hawk|AWS4-HMAC-SHA256)[ \t]+(?=[a-z])/iy;

/**
 * The value of a header, as commands and logs write it: `x-api-key: ...` up to a blank, a quote or the end of the line. In
 * prose a word follows, so a digit is asked for, and of cookies, which have blanks between them, a `=`.
 */
export const headerLine: Detector = (scan, at) => {
  const { text, from } = scan;
  const run = startOfRun(text, at, WORD, Math.min(LONGEST_NAME, at - from));
  if (at - run < 6) return undefined;
  const name = text.slice(afterEscape(scan, run), at);
  if (!headerNames.test(name)) return undefined;
  const value = afterBlanks(text, at + 1, MOST_BLANKS);
  if (/cookie$/i.test(name)) {
    const start = secretStart(text, value, text.length);
    if (text[endOfRun(text, start, NAME, 64)] !== "=") return undefined;
    return { start, end: endOfRun(text, start, LINE), kind: "field" };
  }
  listScheme.lastIndex = value;
  if (listScheme.test(text)) {
    const start = listScheme.lastIndex;
    const end = endOfParameters(text, start);
    if (hasSigns(text, start, end)) return { start, end, kind: "field" };
  }
  const start = unspoiltStart(text, value, text.length);
  // What is no secret is not read to its end: headers without blanks stand in one another.
  const head = endOfRun(text, start, HEADER, WINDOW);
  if (!hasSigns(text, start, head)) return undefined;
  return { start, end: endOfRun(text, head, HEADER), kind: "field" };
};

/** Most of a list of parameters: it is a line of a request. */
const LONGEST_LIST = 4096;

/** Where `a="x", b="y"` ends: its own quotes stand behind a `=`, and others close the text around it. */
function endOfParameters(text: string, start: number): number {
  const limit = start + LONGEST_LIST;
  let end = start;
  while (end < limit) {
    end = endOfRun(text, end, LINE, limit - end);
    if (text[end - 1] !== "=") return end;
    let quote = end;
    while (quote < limit && text.charCodeAt(quote) === BACKSLASH) quote++;
    if (text[quote] !== '"' && text[quote] !== "'") return end;
    const mark = text.slice(end, quote + 1);
    const content = endOfRun(text, quote + 1, LINE, limit - quote);
    if (!text.startsWith(mark, content)) return content;
    end = content + mark.length;
  }
  return end;
}
