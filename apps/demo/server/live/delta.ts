import type { LivePatch } from "../api/schemas.js";
import type { LiveState } from "./live-calls.js";
import { estimates } from "./live-row.js";
import { tailOf } from "./live-text.js";

/** What a client has seen of a call. */
export type Seen = { length: number; edition: number; state: LiveState };

/** What a client that has seen so much has yet to see, with at most so many characters; undefined when that is nothing. */
export function patchOf(
  seen: Seen,
  state: LiveState,
  length: number,
): { patch: LivePatch; seen: Seen } | undefined {
  if (state === seen.state) return undefined;
  const isReset = state.edition !== seen.edition;
  const { text } = state;
  // Half of a pair waits for the other half.
  const end = /[\uD800-\uDBFF]$/.test(text) ? text.length - 1 : text.length;
  const added = text.slice(isReset ? 0 : Math.min(seen.length, end), end);
  const append = tailOf(added, length);
  return {
    patch: {
      append,
      skipped: added.length - append.length,
      ...(isReset ? { reset: true as const } : {}),
      ...estimates(state),
    },
    seen: { length: end, edition: state.edition, state },
  };
}
