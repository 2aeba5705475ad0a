import type { Exporter, ItemOutcome, StandardLoggingPayload } from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";

import type { AuditVerdict } from "./call-filter.js";
import { rowOf } from "./ledger-record.js";
import type { LedgerRow } from "./ledger-row.js";
import type { Appended, LedgerStore } from "./ledger-store.js";
import { LedgerError } from "./problems.js";
import { toLedgerRecord, type Mapped } from "./record.js";

export type LedgerExporterOptions = {
  /** Name of the exporter; "ledger" by default. */
  name?: string;
  /** The verdict on the costs that a payload states; null, or what is thrown, is no verdict. */
  auditOf?: (payload: StandardLoggingPayload) => AuditVerdict | null;
  /** Told of the calls that have entered, in the order of entering; not of repeats. What it throws is its own affair. */
  onAppended?: (rows: LedgerRow[]) => void;
  /** Told of what a listener threw; writes to standard error by default. */
  onMisbehaved?: (reason: string) => void;
};

/**
 * Delivers payloads into a ledger. A payload that it refuses is rejected with the code of the refusal; when the disk fails,
 * all are to be tried again. A payload that is there already is accepted.
 */
export function ledgerExporter(
  store: Pick<LedgerStore, "append">,
  { name = "ledger", auditOf, onAppended, onMisbehaved = report }: LedgerExporterOptions = {},
): Exporter {
  const audited = (payload: StandardLoggingPayload): AuditVerdict | null => {
    try {
      return auditOf?.(payload) ?? null;
    } catch (error) {
      onMisbehaved(wordsOf(error));
      return null;
    }
  };
  return {
    name,
    async export(batch) {
      const mapped = batch.map((payload) => toLedgerRecord(payload, { audit: audited(payload) }));
      const records = mapped.flatMap((each) => ("record" in each ? [each.record] : []));
      let appended: Appended[];
      try {
        appended = await store.append(records);
      } catch (error) {
        const reason = LedgerError.isInstance(error) ? `${error.code}: ${error.message}` : wordsOf(error);
        return { items: mapped.map((each) => outcomeOf(each, { status: "retry", reason })) };
      }
      const rows: LedgerRow[] = [];
      let next = 0;
      const items = mapped.map((each) => {
        if ("refused" in each) return outcomeOf(each, { status: "accepted" });
        const outcome = appended[next++];
        if (!outcome) return { status: "retry", reason: "the ledger did not answer for it" } as const;
        if ("refused" in outcome) return outcomeOf(outcome, { status: "accepted" });
        if (outcome.added) rows.push(rowOf(each.record, outcome.seq));
        return { status: "accepted" } as const;
      });
      try {
        if (rows.length > 0) onAppended?.(rows);
      } catch (error) {
        onMisbehaved(wordsOf(error));
      }
      return { items };
    },
  };
}

function outcomeOf(each: Mapped | Appended, otherwise: ItemOutcome): ItemOutcome {
  return "refused" in each ? { status: "rejected", code: each.refused, reason: each.reason } : otherwise;
}

function report(reason: string): void {
  console.error(`a listener of the ledger threw: ${reason}`);
}
