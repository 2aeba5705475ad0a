import {
  refusal,
  upstreamCut,
  upstreamTimeout,
  upstreamUnreachable,
  type Refusal,
} from "../access/errors.js";
import { TooSlow } from "./deadline.js";

/** Why an API gave no answer, as an answer of our own. */
export function noAnswer(error: unknown, place: string): Refusal {
  if (error instanceof TooSlow) return upstreamTimeout(place, error.wait, error.ms);
  const code = codeOf(error);
  // undici's own limit on connecting.
  if (code === "UND_ERR_CONNECT_TIMEOUT") return upstreamTimeout(place, "connect", 10_000);
  return upstreamUnreachable(place, code ?? wordsOf(error));
}

/** Why an API stopped in the middle. */
export function brokenAnswer(error: unknown, place: string): Refusal {
  if (error instanceof TooSlow) return upstreamTimeout(place, error.wait, error.ms);
  return upstreamCut(place, codeOf(error) ?? wordsOf(error));
}

export function internal(error: unknown): Refusal {
  return refusal(500, "internal_error", `something here failed (${wordsOf(error)}); please report it`);
}

/** The network's word for what happened is deep inside of what `fetch` throws. */
function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; typeof at === "object" && at !== null && depth < 5; depth++) {
    const { code, cause } = at as { code?: unknown; cause?: unknown };
    if (typeof code === "string") return code;
    at = cause;
  }
  return undefined;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
