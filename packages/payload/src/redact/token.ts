/** What stands for a secret: its kind, and eight digits of its keyed hash, so that equal secrets can still be joined. */
export function tokenOf(kind: string, hash: string): string {
  return `[redacted:${kind}:${hash}]`;
}

const form = "\\[redacted:[a-z0-9_-]{1,32}:[0-9a-f]{8}\\]";
const here = /* @__PURE__ */ new RegExp(form, "y");
const everywhere = /* @__PURE__ */ new RegExp(form, "g");
const LONGEST = 52;

/** Where a token that starts at a place ends, or -1. Whatever begins like one and is none, is not spared. */
export function tokenEnd(text: string, start: number): number {
  if (text.charCodeAt(start) !== 0x5b) return -1;
  here.lastIndex = start;
  return here.test(text) ? here.lastIndex : -1;
}

/** Where the row of tokens that starts at a place ends: what was put behind one is not spared. */
export function afterTokens(text: string, start: number): number {
  let end = start;
  for (let next = tokenEnd(text, end); next >= 0; next = tokenEnd(text, end)) end = next;
  return end;
}

/** As far as a value is looked at before it is known to be a secret. */
export const WINDOW = 512;

/**
 * The beginning of a value without the tokens in it, by which it is judged: a token has digits of its own, so the value would
 * be taken for a secret the second time.
 */
export function withoutTokens(text: string, start: number, end: number): string {
  const limit = Math.min(end, start + WINDOW);
  const value = text.slice(start, limit + LONGEST);
  let judged = "";
  let from = 0;
  for (const { 0: token, index } of value.matchAll(everywhere)) {
    if (index >= limit - start) break;
    judged += value.slice(from, index);
    from = index + token.length;
  }
  return judged + value.slice(from, Math.max(from, limit - start));
}
