import type { ItemOutcome } from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";

/** What came back for a request. */
export type Answer = {
  /** 0 when nothing came. A redirect is 3xx also where a browser hides which. */
  status: number;
  /** The body, or as much as there is when `problem` says that it broke off or was too long. */
  text: string;
  /** What the other side asks to wait, in milliseconds: 0 to 15 minutes. */
  retryAfterMs?: number | undefined;
  problem?: string | undefined;
};

/** What an answer means for the parcels of its request. */
export type Reply = {
  /** One for each, in order, or one for all. Retry for all means that nothing can be sent for now. */
  outcome: readonly ItemOutcome[] | ItemOutcome;
  /** All are refused, but less of them may be taken: together they are too large, or something in one of them is wrong. */
  refusedFor?: "size" | "content";
  unattributedRejected?: number;
  pause?: { ms: number; reason: string };
};

/** Time for a person to look at keys and addresses: 5 minutes. */
export const LONG_PAUSE_MS = 300_000;

/**
 * What an answer means that is not the success of a request. Only what is wrong with the parcels themselves is refused;
 * wrong keys, a suspended plan, an address that is another's or has moved can be repaired, and the parcels wait.
 */
export function refusalOf({
  status,
  text,
  problem,
  retryAfterMs: asked,
}: Answer): Reply & { outcome: Exclude<ItemOutcome, { status: "accepted" }> } {
  const reason = [status > 0 ? `answered ${status}` : "no answer", problem, text.slice(0, 300).trim()]
    .filter(Boolean)
    .join(": ");
  const refusedFor = status === 413 ? "size" : [400, 422].includes(status) ? "content" : undefined;
  if (refusedFor) return { outcome: { status: "rejected", code: String(status), reason }, refusedFor };
  const isBusy = [0, 408, 425, 429].includes(status) || status >= 500;
  const ms = isBusy ? asked : LONG_PAUSE_MS;
  return {
    outcome: { status: "retry", ...(ms === undefined ? {} : { afterMs: ms }), reason },
    ...(ms ? { pause: { ms, reason } } : {}),
  };
}

/** Longer is nobody made to wait: 15 minutes. */
const MAX_RETRY_AFTER_MS = 900_000;

/** Milliseconds of a `Retry-After` header, which is whole seconds or an HTTP date; undefined when it is neither. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^-?[0-9]+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms));
}

/** An endless answer must not fill the memory of whoever sends logs: 1 MiB. */
const MAX_ANSWER_BYTES = 1_048_576;

/** Reads an answer, however it ends. `now` is epoch milliseconds. */
export async function readAnswer(response: Response, now: number): Promise<Answer> {
  const answer: Answer = {
    status: response.type === "opaqueredirect" || response.redirected ? 302 : response.status,
    text: "",
    retryAfterMs: retryAfterMs(response.headers.get("retry-after"), now),
  };
  const reader = response.body?.getReader();
  try {
    if (reader) await readText(reader, answer);
  } catch (error) {
    answer.problem = wordsOf(error);
    // Whoever still sends is told to stop; how that goes is nobody's concern.
    reader?.cancel().catch(() => undefined);
  }
  return answer;
}

async function readText(reader: ReadableStreamDefaultReader<Uint8Array>, answer: Answer): Promise<void> {
  const decoder = new TextDecoder();
  for (let bytes = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return;
    bytes += value.length;
    if (bytes > MAX_ANSWER_BYTES) throw new RangeError("the answer is over 1 MiB");
    answer.text += decoder.decode(value, { stream: true });
  }
}
