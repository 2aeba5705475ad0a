import { hash } from "node:crypto";

import { wellFormed } from "../plain-text.js";

/**
 * A number for an id, by which tables are joined and searched: comparing eight bytes a million times is several times faster
 * than comparing texts. 64 bits of SHA-256: two ids with one number do not come by chance, and to look for them pays nobody.
 */
export function markOf(id: string): bigint {
  return hash("sha256", wellFormed(id), "buffer").readBigInt64LE();
}
