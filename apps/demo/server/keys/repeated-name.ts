/**
 * The first name that an object of a JSON text has twice, at any depth; undefined when none has. Of such names `JSON.parse`
 * keeps the last, and other readers keep the first. The text has to be JSON. Takes one step a character.
 */
export function repeatedName(text: string): string | undefined {
  /** The names of each object that is open; undefined for lists. */
  const open: (Set<string> | undefined)[] = [];
  let isName = false;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case "{":
        open.push(new Set());
        isName = true;
        break;
      case "[":
        open.push(undefined);
        isName = false;
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case ",":
        isName = open.at(-1) !== undefined;
        break;
      case '"': {
        const end = endOfString(text, at);
        const names = open.at(-1);
        if (isName && names) {
          // Written with escapes it is the same name.
          const name = JSON.parse(text.slice(at, end + 1)) as string;
          if (names.has(name)) return name;
          names.add(name);
        }
        isName = false;
        at = end;
      }
    }
  }
  return undefined;
}

/** Where the quote is that ends a string. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
