import type { ItemOutcome } from "@waybill/core";

import type { Entry } from "./batch.js";
import { MAX_PAUSE } from "./gate.js";
import type { Refusal } from "./stock.js";

/** What became of the records of a batch. */
export type Sorted = {
  accepted: Entry[];
  refused: Refusal[];
  again: Entry[];
  afterMs: number;
  reason: string;
};

/** The records of a batch by what became of them. */
export function sorted(entries: readonly Entry[], items: readonly ItemOutcome[]): Sorted {
  const sorts: Sorted = { accepted: [], refused: [], again: [], afterMs: 0, reason: "" };
  entries.forEach((entry, at) => {
    const item = items[at];
    if (item?.status === "accepted") sorts.accepted.push(entry);
    else if (item?.status === "rejected") sorts.refused.push({ entry, code: item.code, reason: item.reason });
    else {
      sorts.again.push(entry);
      sorts.afterMs = Math.min(MAX_PAUSE, Math.max(sorts.afterMs, item?.afterMs ?? 0));
      sorts.reason ||= item?.reason ?? "";
    }
  });
  return sorts;
}
