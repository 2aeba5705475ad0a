import type {
  Exporter,
  ExportContext,
  ExportOutcome,
  ItemOutcome,
  StandardLoggingPayload,
} from "@waybill/core";

type Batch = readonly StandardLoggingPayload[];
type Answer = ItemOutcome | Partial<ExportOutcome> | "throw" | "hang";

/** An exporter that does what it is told, and remembers what it was sent. */
export class FakeExporter implements Exporter {
  readonly name: string;
  /** What it answers: for a batch, or for each record of it. Accepted by default. */
  answer: (batch: Batch, context: ExportContext) => Answer | Answer[] = () => ({ status: "accepted" });
  readonly batches: string[][] = [];
  readonly texts: string[] = [];
  /** Ids that were accepted, once for each time. */
  readonly accepted: string[] = [];
  readonly signals: AbortSignal[] = [];

  constructor(name = "fake") {
    this.name = name;
  }

  async export(batch: Batch, context: ExportContext): Promise<ExportOutcome> {
    this.batches.push(batch.map(({ id }) => id ?? ""));
    this.texts.push(JSON.stringify(batch));
    this.signals.push(context.signal);
    const answer = this.answer(batch, context);
    if (answer === "throw") throw new TypeError("fetch failed");
    if (answer === "hang") return new Promise(() => {});
    const each = Array.isArray(answer) ? (answer as ItemOutcome[]) : undefined;
    const outcome = "items" in answer || "pause" in answer || "unattributedRejected" in answer ? answer : {};
    const items =
      each ??
      (answer as ExportOutcome).items ??
      batch.map(() => ("status" in answer ? answer : { status: "accepted" }));
    if (!Array.isArray(items)) return outcome as ExportOutcome;
    items.forEach((item: ItemOutcome, at: number) => {
      if (item?.status === "accepted") this.accepted.push(batch[at]?.id ?? "");
    });
    return { ...outcome, items };
  }
}

export const accepted: ItemOutcome = { status: "accepted" };
export const retry: ItemOutcome = { status: "retry", reason: "500" };
export const rejected: ItemOutcome = { status: "rejected", code: "400", reason: "no" };

/** A record of a call. */
export function payloadOf(id: string, more: object = {}): StandardLoggingPayload {
  return {
    id,
    status: "success",
    model: "gpt-4o",
    messages: [{ role: "user", content: "Which planet has rings?" }],
    response: {
      id,
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Saturn" } }],
    },
    ...more,
  };
}
