/** A string or a number in JSON text: where its bytes are, and the names and places that lead to it, joined by dots. */
export type Literal = {
  path: string;
  kind: "string" | "number";
  /** For a string, the bytes between the quotes. */
  start: number;
  end: number;
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MAX_DEPTH = 16;

const decoder = new TextDecoder();

/**
 * Finds the strings and numbers of a JSON text that is known to be one. undefined when a path is not certain: a name that
 * repeats, is empty, has an escape or a dot, or deep nesting.
 */
export function findLiterals(bytes: Uint8Array, start: number, end: number): Literal[] | undefined {
  const literals: Literal[] = [];
  let at = start;

  const skipSpace = () => {
    while (at < end && (bytes[at] as number) <= 0x20) at++;
  };
  /** Passes over a string and returns where its text begins. */
  const skipString = () => {
    const first = ++at;
    while (at < end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
    at++;
    return first;
  };

  const readValue = (path: string, depth: number): boolean => {
    skipSpace();
    const byte = bytes[at] as number;
    if (depth > MAX_DEPTH) return false;
    if (byte === 0x7b) return readObject(path, depth);
    if (byte === 0x5b) return readArray(path, depth);
    const first = byte === QUOTE ? skipString() : at;
    if (byte === QUOTE) {
      literals.push({ path, kind: "string", start: first, end: at - 1 });
      return true;
    }
    while (at < end && !isDelimiter(bytes[at] as number)) at++;
    const isNumber = byte === 0x2d || (byte >= 0x30 && byte <= 0x39);
    if (isNumber) literals.push({ path, kind: "number", start: first, end: at });
    return true;
  };

  const readObject = (path: string, depth: number): boolean => {
    const names = new Set<string>();
    at++;
    for (skipSpace(); bytes[at] !== 0x7d; skipSpace()) {
      if (bytes[at] === 0x2c) at++;
      skipSpace();
      const first = skipString();
      const name = decoder.decode(bytes.subarray(first, at - 1));
      if (names.has(name) || name === "" || /[\\.]/.test(name) || at >= end) return false;
      names.add(name);
      skipSpace();
      at++;
      if (!readValue(path === "" ? name : `${path}.${name}`, depth + 1)) return false;
    }
    at++;
    return true;
  };

  const readArray = (path: string, depth: number): boolean => {
    at++;
    skipSpace();
    for (let place = 0; bytes[at] !== 0x5d; place++) {
      if (at >= end || !readValue(`${path}.${place}`, depth + 1)) return false;
      skipSpace();
      if (bytes[at] === 0x2c) at++;
      skipSpace();
    }
    at++;
    return true;
  };

  return readValue("", 0) ? literals : undefined;
}

function isDelimiter(byte: number): boolean {
  return byte === 0x2c || byte === 0x7d || byte === 0x5d || byte <= 0x20;
}
