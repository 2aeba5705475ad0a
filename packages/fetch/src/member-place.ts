/**
 * Where the value of a member stands in the text of a JSON object, white space around it included; that of the last one when
 * a name comes twice, as `JSON.parse` has it. The text must be JSON.
 */
export function placeOf(text: string, name: string): { start: number; end: number } | undefined {
  let depth = 0;
  let key: string | undefined;
  let start = 0;
  let place: { start: number; end: number } | undefined;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '"') {
      const end = endOfString(text, at);
      // Names may be written with escapes.
      if (depth === 1 && key === undefined) key = JSON.parse(text.slice(at, end)) as string;
      at = end - 1;
    } else if (sign === ":" && depth === 1) start = at + 1;
    else if (sign === "{" || sign === "[") depth++;
    else if ((sign === "," || sign === "}") && depth === 1) {
      if (key === name) place = { start, end: at };
      key = undefined;
      if (sign === "}") depth--;
    } else if (sign === "}" || sign === "]") depth--;
  }
  return place;
}

/** Behind the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}
