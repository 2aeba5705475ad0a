/**
 * JSON text in which every character is one: half of a surrogate pair, which no encoding has, becomes U+FFFD.
 * @throws what JSON.stringify throws: for cycles, BigInt, depth, getters
 */
export function toJson(value: unknown, replacer?: (key: string, value: unknown) => unknown): string {
  const text = JSON.stringify(value, replacer);
  // JSON.stringify escapes such halves, and nothing else, with \ud; an escaped backslash is passed over as a pair.
  return text.includes("\\ud")
    ? text.replaceAll(/\\(?:\\|u(d[89a-f]..))/g, (found: string, half?: string) => (half ? "\ufffd" : found))
    : text;
}

/** Texts and items shorter than this are not worth cutting. */
const SHORTEST = 16;

/**
 * A list as JSON text of at most so many characters. Where that takes cutting, the long texts inside of it are cut, and if
 * that is not enough, items at the front are left out: what remains is JSON, and the newest.
 * @throws what JSON.stringify throws
 */
export function toCappedJson(list: readonly unknown[], limit: number): { json: string; isCut: boolean } {
  let json = toJson(list);
  if (json.length <= limit) return { json, isCut: false };
  let items = list.slice(-Math.ceil(limit / SHORTEST));
  for (let longest = limit; json.length > limit && items.length > 0;) {
    if (longest > SHORTEST) longest = Math.ceil(longest / 2);
    else items = items.slice(Math.ceil(items.length / 2));
    json = toJson(items, (_, value) => (typeof value === "string" ? value.slice(0, longest) : value));
  }
  return { json, isCut: true };
}
