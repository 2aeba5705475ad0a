import type { Exporter, ExportOutcome, ItemOutcome, StandardLoggingPayload } from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";

import type { Clock } from "./clock.js";

/** What an exporter did with a batch. */
export type Verdict =
  | { kind: "outcome"; outcome: ExportOutcome }
  /** It threw, hung or answered what makes no sense: nobody knows what was delivered. */
  | { kind: "misbehaved"; code: "threw" | "timeout" | "nonsense" | "closed"; reason: string };

/** How a batch is handed over. */
export type AskOptions = { attempt: number; timeoutMs: number; clock: Clock; stop: AbortSignal };

/** Hands a batch to an exporter. Always resolves, at the latest after the time that the exporter has, or when all stops. */
export async function ask(
  exporter: Exporter,
  payloads: readonly StandardLoggingPayload[],
  { attempt, timeoutMs, clock, stop }: AskOptions,
): Promise<Verdict> {
  const controller = new AbortController();
  const count = payloads.length;
  return new Promise((resolve) => {
    const end = (verdict: Verdict): void => {
      cancel();
      stop.removeEventListener("abort", stopped);
      resolve(verdict);
      // An exporter that goes on after the end is told that nobody listens.
      if (verdict.kind === "misbehaved") controller.abort(new Error(verdict.reason));
    };
    const stopped = (): void =>
      end({ kind: "misbehaved", code: "closed", reason: "the pipeline was closed" });
    const cancel = clock.after(
      timeoutMs,
      () => end({ kind: "misbehaved", code: "timeout", reason: `no outcome after ${timeoutMs} ms` }),
      true,
    );
    if (stop.aborted) return stopped();
    stop.addEventListener("abort", stopped, { once: true });
    // A function that throws at once is treated as one whose promise rejects.
    void (async () => exporter.export(payloads, { signal: controller.signal, attempt }))().then(
      (outcome) => end(verdictOf(outcome, count)),
      (error: unknown) =>
        end({ kind: "misbehaved", code: "threw", reason: wordsOf(error).slice(0, MAX_WORDS) }),
    );
  });
}

/** Whatever an exporter answers, read with care: it may be written in JavaScript. */
function verdictOf(answer: unknown, count: number): Verdict {
  try {
    const { items, pause, unattributedRejected } = (answer ?? {}) as {
      [name in keyof ExportOutcome]: unknown;
    };
    if (!Array.isArray(items)) return nonsense("it has no list of items");
    if (items.length !== count) return nonsense(`it has ${items.length} items for ${count} payloads`);
    const outcomes = Array.from(items, (item) => outcomeOf(item as Loose));
    const wrong = outcomes.indexOf(undefined);
    if (wrong >= 0) return nonsense(`item ${wrong} is not accepted, retry or rejected`);
    const outcome: ExportOutcome = { items: outcomes as ItemOutcome[] };
    // A pause of no time would be a licence to ask again at once.
    const ms = numberOf((pause as Loose | undefined)?.["ms"]);
    if (ms > 0) outcome.pause = { ms, reason: textOf((pause as Loose)["reason"]) };
    if (numberOf(unattributedRejected) > 0) outcome.unattributedRejected = numberOf(unattributedRejected);
    return { kind: "outcome", outcome };
  } catch (error) {
    return nonsense(wordsOf(error).slice(0, MAX_WORDS));
  }
}

type Loose = Record<string, unknown>;

function outcomeOf(item: Loose | null): ItemOutcome | undefined {
  switch (item?.["status"]) {
    case "accepted":
      return { status: "accepted" };
    case "rejected":
      return { status: "rejected", code: textOf(item["code"]), reason: textOf(item["reason"]) };
    case "retry": {
      const reason = textOf(item["reason"]);
      return { status: "retry", afterMs: numberOf(item["afterMs"]), ...(reason === "" ? {} : { reason }) };
    }
    default:
      return undefined;
  }
}

/** Reasons are the other side's words, and those may be long. */
const MAX_WORDS = 512;

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value).slice(0, MAX_WORDS) : "";
}

/** A time or a count; what is none is none. */
function numberOf(value: unknown): number {
  return typeof value === "number" && value > 0 ? value : 0;
}

function nonsense(what: string): Verdict {
  return { kind: "misbehaved", code: "nonsense", reason: `the outcome makes no sense: ${what}` };
}
