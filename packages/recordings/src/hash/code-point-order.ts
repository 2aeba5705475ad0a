/** Orders strings by code point, as Python does. JavaScript compares UTF-16 units: U+1F600 comes before U+FF61 there. */
export function compareCodePoints(left: string, right: string): number {
  const end = Math.min(left.length, right.length);
  let at = 0;
  while (at < end && left.charCodeAt(at) === right.charCodeAt(at)) at++;
  if (at === end) return left.length - right.length;
  // The second half of a pair is only comparable together with its first.
  if (at > 0 && isHighSurrogate(left.charCodeAt(at - 1))) at--;
  const difference = codePoint(left, at) - codePoint(right, at);
  return difference === 0 ? codePoint(left, at + 1) - codePoint(right, at + 1) : difference;
}

/** The keys by code point. */
export function sortKeys(keys: readonly string[]): string[] {
  // Without surrogates both orders are the same, and the built-in one is faster.
  return keys.some(hasSurrogate) ? keys.toSorted(compareCodePoints) : keys.toSorted();
}

function hasSurrogate(key: string): boolean {
  return /[\ud800-\udfff]/.test(key);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function codePoint(text: string, at: number): number {
  return text.codePointAt(at) ?? -1;
}
