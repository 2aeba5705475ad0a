import type { Exporter, ExportOutcome } from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";

import { idOf } from "./call-id.js";
import type { DeliveryLog } from "./delivery-log.js";

/** The exporter, with a note of what became of each record at each try. It does and answers what it would without. */
export function watchedExporter(exporter: Exporter, log: Pick<DeliveryLog, "tried" | "knows">): Exporter {
  const { name } = exporter;
  return {
    name,
    async export(batch, context) {
      // Exporters may change the list they are given.
      const ids = batch.map((payload) => {
        log.knows(payload);
        return idOf(payload);
      });
      try {
        const outcome = await exporter.export(batch, context);
        note(log, ids, name, context.attempt, outcome);
        return outcome;
      } catch (error) {
        const why = { code: "threw", reason: wordsOf(error) };
        for (const id of ids) if (id !== null) log.tried(id, name, "retry", context.attempt, why);
        throw error;
      }
    },
  };
}

/** The pipeline reads an outcome with care, and so must whoever reads along. */
function note(
  log: Pick<DeliveryLog, "tried">,
  ids: readonly (string | null)[],
  name: string,
  attempt: number,
  outcome: ExportOutcome,
): void {
  const items: unknown = outcome?.items;
  if (!Array.isArray(items) || items.length !== ids.length) return;
  for (const [index, id] of ids.entries()) {
    const item = outcome.items[index];
    if (id === null || !item) continue;
    switch (item.status) {
      case "accepted":
        log.tried(id, name, "delivered", attempt);
        break;
      case "retry":
        log.tried(id, name, "retry", attempt, item.reason === undefined ? {} : { reason: item.reason });
        break;
      case "rejected":
        log.tried(id, name, "rejected", attempt, { code: item.code, reason: item.reason });
        break;
      default:
    }
  }
}
