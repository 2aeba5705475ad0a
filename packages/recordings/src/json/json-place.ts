import { pointer } from "@waybill/core";

/** A place in a text, for people and for tools: line and column from 1, byte from 0. */
export function placeOf(text: string, at: number): string {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf("\n") + 1;
  const line = before.split("\n").length;
  return `line ${line}, column ${at - lineStart + 1}, byte ${new TextEncoder().encode(before).length}`;
}

/** Where a string ends that begins at a place: behind its closing quote, or at the end of the text. */
export function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - slashes - 1] === "\\") slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  return text.length;
}

/** A container that is open: in an object the key that was met last, in an array the index. */
type Open = { isArray: boolean; index: number; key: string | undefined };

/** JSON Pointer of the value that is being read at a place. Everything before that place is valid JSON. */
export function pointerAt(text: string, end: number): string {
  const open: Open[] = [];
  let lastString = "";
  for (let at = 0; at < end; at++) {
    const unit = text[at];
    const inner = open.at(-1);
    if (unit === '"') {
      const start = at;
      at = endOfString(text, start) - 1;
      lastString = text.slice(start, at + 1);
    } else if (unit === "{" || unit === "[") open.push({ isArray: unit === "[", index: 0, key: undefined });
    else if (unit === "}" || unit === "]") open.pop();
    else if (unit === ":" && inner) inner.key = JSON.parse(lastString) as string;
    else if (unit === "," && inner) {
      inner.index++;
      inner.key = undefined;
    }
  }
  return open.reduce(
    (path, { isArray, index, key }) =>
      isArray ? pointer(path, index) : key === undefined ? path : pointer(path, key),
    "",
  );
}
