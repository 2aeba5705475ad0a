/*
 * What the generated validators call at run time, in place of ajv's own runtime.
 */

/** Length of a string in code points, as JSON Schema counts it. */
export function ucs2length(text: string): number {
  const units = text.length;
  let length = 0;
  for (let at = 0; at < units; at++) {
    length++;
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit <= 0xdbff && at + 1 < units) {
      const next = text.charCodeAt(at + 1);
      if (next >= 0xdc00 && next <= 0xdfff) at++;
    }
  }
  return length;
}
