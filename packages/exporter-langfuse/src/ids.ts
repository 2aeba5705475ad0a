/**
 * An id as Langfuse takes it: at most 800 characters and no carriage return. An id that has to be changed for it gets a
 * mark of the original, so that two long ids that begin alike stay two.
 */
export function toLangfuseId(id: string): string {
  if (id !== "" && id.length <= MAX_ID && !id.includes("\r")) return id;
  return `${id.replaceAll("\r", " ").slice(0, MAX_ID - 20)}~${fingerprint(id)}`;
}

/** Room is left for the suffixes of the two events. */
const MAX_ID = 780;

/** FNV-1a of 64 bits in hexadecimal: telling apart, not protecting, is all it is for. */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let at = 0; at < text.length; at++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(at))) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}
