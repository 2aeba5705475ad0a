/** What stands for a secret: its kind, and eight digits of its keyed hash, so that equal secrets can still be joined. */
export function tokenOf(kind: string, hash: string): string {
  return `[redacted:${kind}:${hash}]`;
}

const form = "\\[redacted:[a-z0-9_-]{1,32}:[0-9a-f]{8}\\]";
const here = /* @__PURE__ */ new RegExp(form, "y");
const anywhere = /* @__PURE__ */ new RegExp(form);
const LONGEST = 52;

/** Where a token that starts at a place ends, or -1. Whatever begins like one and is none, is not spared. */
export function tokenEnd(text: string, start: number): number {
  if (text.charCodeAt(start) !== 0x5b) return -1;
  here.lastIndex = start;
  return here.test(text) ? here.lastIndex : -1;
}

/**
 * Whether a token begins near the start of a value that is told by signs. A token has digits of its own, so the value would
 * be taken for a secret the second time.
 */
export function holdsToken(text: string, start: number, end: number): boolean {
  const limit = Math.min(end, start + 512);
  const found = anywhere.exec(text.slice(start, limit + LONGEST));
  return found !== null && found.index < limit - start;
}
