import type { FlushReport } from "@waybill/pipeline";

/** How a run ended: what became of its records (null when nobody can say), and what went wrong at the end. */
export type StopReport = { records: FlushReport | null; failed: readonly string[] };

/** The last line of a run, and its exit code: 1 when records were lost, or something could not be brought to its end. */
export function summary({ records, failed }: StopReport): { line: string; code: number } {
  if (!records) return { line: "what became of the records is not known", code: 1 };
  const { sent, rejected, spooled, buffered, dead, dropped } = records;
  const accepted = sent + rejected + spooled + buffered + dead + dropped;
  const lost = dropped + buffered;
  const counts = [
    `${count(accepted)} accepted`,
    `${count(sent)} sent`,
    `${count(spooled)} spooled`,
    ...(rejected > 0 ? [`${count(rejected)} rejected`] : []),
    ...(dead > 0 ? [`${count(dead)} dead`] : []),
    `${count(lost)} lost`,
  ];
  return { line: counts.join(", "), code: lost > 0 || failed.length > 0 ? 1 : 0 };
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
