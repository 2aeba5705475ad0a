import type { SpoolSinkStats } from "@waybill/core";

import { SpoolError } from "../errors.js";
import { sinkNumber } from "../format/totals.js";
import { oldestOf, type Oldest } from "../segment/oldest.js";
import type { Shared } from "./shared.js";

/** Bytes of the records that wait. Only for use inside of `run`. */
export function bytesInUse({ segments }: Shared): number {
  return segments.all.reduce((sum, segment) => sum + segment.totals().bytes, 0);
}

/** @throws SpoolError `spool-full` */
export function checkRoom({ limits, root }: Shared, bytes: number, action: string): void {
  if (bytes <= limits.maxBytes) return;
  const message =
    `cannot ${action} in ${root}: ${bytes} bytes would wait, and maxBytes is ${limits.maxBytes}: ` +
    "let exporters catch up, or raise the limit";
  throw new SpoolError("spool-full", message);
}

/** What is held for one exporter. */
export function statsOf(shared: Shared, sink: string): SpoolSinkStats {
  return shared.run({ name: "count records" }, () => {
    const stats: SpoolSinkStats = { records: 0, oldestAt: null, dead: 0, deadBytes: 0 };
    let first: Oldest | undefined;
    for (const segment of shared.segments.all) {
      const totals = segment.totals();
      const counts = totals.sinks[sinkNumber(totals, sink) ?? -1];
      if (!counts) continue;
      stats.records += counts.waiting;
      stats.dead += counts.dead;
      stats.deadBytes += counts.deadBytes;
      // What is in a newer segment is younger, unless it came back to life.
      if (first && !shared.segments.hasStrays(segment)) continue;
      const oldest = oldestOf(segment, sink);
      if (oldest && !(first && first.place < oldest.place)) first = oldest;
    }
    stats.oldestAt = first?.storedAt ?? null;
    return stats;
  });
}

/** The exporters that anything is held for. */
export function sinksOf(shared: Shared): string[] {
  const names = shared.run({ name: "list exporters" }, () =>
    shared.segments.all.flatMap((segment) =>
      segment.totals().sinks.flatMap(({ name, waiting, dead }) => (waiting + dead > 0 ? [name] : [])),
    ),
  );
  return [...new Set(names)].toSorted();
}
