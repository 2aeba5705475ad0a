import { ALPHANUMERIC, BASE64, endOfRun, isDigit, isLower, isUpper, MEDIA, standsAt } from "./characters.js";
import { beginsWord } from "./escapes.js";
import type { KeyedHash } from "./keyed-hash.js";
import type { Detector } from "./scan.js";

/** What becomes of long base64: it stays, its size and hash stay, or its size alone. */
export type Base64Mode = "keep" | "hash" | "drop";

/** Shorter data is not long: icons, ids, signatures. */
const LONG_DATA_URL = 256;
const LONG_TEXT = 1024;

/** Writes `[base64:KIND:BYTES:HASH]` in place of data. */
export function base64Marker(mode: "hash" | "drop", hash: KeyedHash): (kind: string, data: string) => string {
  return (kind, data) => {
    const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
    const bytes = Math.floor((data.length * 3) / 4) - padding;
    return mode === "drop" ? `[base64:${kind}:${bytes}]` : `[base64:${kind}:${bytes}:${hash.short(data)}]`;
  };
}

type Marker = ReturnType<typeof base64Marker>;

/** A data URL with long data anywhere in a text, at its colon. */
export function dataUrl(marker: Marker): Detector {
  return (scan, at) => {
    const { text, from } = scan;
    const start = at - 4;
    if (text.charCodeAt(at - 1) !== 0x61 || start < from || !standsAt(text, start, "data")) return undefined;
    if (!beginsWord(scan, start, ALPHANUMERIC)) return undefined;
    const head = endOfRun(text, at + 1, MEDIA, 120);
    if (text.charCodeAt(head) !== 0x2c || !standsAt(text, head - 7, ";base64")) return undefined;
    const end = endOfRun(text, head + 1, BASE64);
    if (end - head <= LONG_DATA_URL) return undefined;
    const stand = marker(mediaType(text.slice(at + 1, head - 7)), text.slice(head + 1, end));
    return { start, end, kind: "base64", stand };
  };
}

/** The type without parameters, with nothing in it that a text around it could stumble over. */
function mediaType(media: string): string {
  const [type = ""] = media.split(";");
  return /^[a-z0-9.+-]{1,40}\/[a-z0-9.+-]{1,60}$/i.test(type) ? type.toLowerCase() : "data";
}

/** Whether a text is nothing but long base64: the members that hold data are, and prose has blanks. */
export function isLongBase64(text: string): boolean {
  if (text.length < LONG_TEXT) return false;
  const head = endOfRun(text, 0, BASE64, 256);
  if (head < 256) return false;
  let [upper, lower, digit] = [false, false, false];
  for (let at = 0; at < head; at++) {
    const unit = text.charCodeAt(at);
    upper ||= isUpper(unit);
    lower ||= isLower(unit);
    digit ||= isDigit(unit);
  }
  return upper && lower && digit && endOfRun(text, head, BASE64) === text.length;
}
