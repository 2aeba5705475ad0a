import {
  upstreamCut,
  upstreamTimeout,
  upstreamUnreachable,
  type Refusal,
  type Wait,
} from "../access/errors.js";
import { TooSlow } from "./deadline.js";

/** Limits of `fetch` itself: which wait, and how many milliseconds it allows. */
const limitsOfFetch: Readonly<Record<string, readonly [wait: Wait, ms: number]>> = {
  UND_ERR_CONNECT_TIMEOUT: ["connect", 10_000],
  UND_ERR_HEADERS_TIMEOUT: ["headers", 300_000],
  UND_ERR_BODY_TIMEOUT: ["idle", 300_000],
};

/** Why an API gave no answer, as an answer of our own. `place`: its host. */
export function noAnswer(error: unknown, place: string): Refusal {
  return timeout(error, place) ?? upstreamUnreachable(place, whyOf(error));
}

/** Why an API stopped in the middle. */
export function brokenAnswer(error: unknown, place: string): Refusal {
  return timeout(error, place) ?? upstreamCut(place, whyOf(error));
}

function timeout(error: unknown, place: string): Refusal | undefined {
  if (error instanceof TooSlow) return upstreamTimeout(place, error.wait, error.ms);
  const limit = limitsOfFetch[codeOf(error) ?? ""];
  return limit && upstreamTimeout(place, ...limit);
}

/** The network's word, and where there is none, the words nearest to the cause: those on top are always "fetch failed". */
function whyOf(error: unknown): string {
  const words = causes(error).map((each) => (each instanceof Error ? each.message : String(each)));
  return codeOf(error) ?? words.findLast((text) => text !== "") ?? "no reason is known";
}

function codeOf(error: unknown): string | undefined {
  for (const each of causes(error)) {
    const { code } = each as { code?: unknown };
    if (typeof code === "string") return code;
  }
  return undefined;
}

/** An error, its cause, and so on: the network's word is deep inside of what `fetch` throws. */
function causes(error: unknown): unknown[] {
  const found: unknown[] = [];
  // Causes may go in a circle.
  for (let at = error; at !== undefined && at !== null && found.length < 5;) {
    found.push(at);
    at = (at as { cause?: unknown }).cause;
  }
  return found;
}
