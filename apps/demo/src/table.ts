import type { Report } from "./report.js";

/** The report for a person at a terminal. */
export function toTable({ calls, documents, export: sent }: Report): string {
  const sections: string[] = [];
  if (calls.length > 0) {
    const rows = calls.map(({ recording, status, chunks, content, finish, usage, exact, price }) => [
      printable(recording),
      printable(content.start) + (content.chars > 30 ? "…" : ""),
      String(content.chars),
      String(chunks),
      status === "complete" ? (finish ?? "none") : status,
      usage ? `${String(usage.prompt_tokens)} + ${String(usage.completion_tokens)}` : "unknown",
      exact === null ? reasons[price.status] : `$${exact}`,
    ]);
    const head = ["recorded stream", "answer", "characters", "chunks", "ended", "tokens", "cost"];
    sections.push(table(head, rows, new Set([2, 3])));
  }
  for (const { file, schema, ok, issues, lints, audit } of documents) {
    const lines = [`${file}: ${ok ? "valid" : "not a valid"} ${schema}, ${verdicts[audit.verdict]}`];
    for (const { path, message } of issues) lines.push(`  issue    ${path}: ${message}`);
    for (const { severity, path, message } of lints) lines.push(`  ${severity.padEnd(8)} ${path} ${message}`);
    for (const { path, claimed, exact, verdict, causes } of audit.claims) {
      if (verdict !== "mismatch") continue;
      lines.push(`  mismatch ${path} claims ${amount(claimed)} USD, and it is ${exact} USD`);
      for (const cause of causes) lines.push(`           ${cause.message}`);
    }
    sections.push(lines.join("\n"));
  }
  if (sent.events > 0) {
    const rows = sent.stored.map(({ id, usageDetails, costDetails }) => [
      id,
      details(usageDetails),
      costDetails === null ? "unknown" : details(costDetails),
    ]);
    sections.push(
      `Langfuse: ${sent.events} events sent, ${sent.accepted} accepted, ${sent.rejected} rejected\n` +
        table(["stored generation", "tokens", "USD"], rows),
    );
  }
  return `${sections.join("\n\n")}\n`.replace(/[ \t]+$/gm, "");
}

const reasons: Record<Report["calls"][number]["price"]["status"], string> = {
  priced: "priced",
  free: "free",
  unpriced: "unknown (no price)",
  no_usage: "unknown (no usage)",
  invalid: "unknown (bad usage)",
};

const verdicts = {
  match: "its costs add up",
  mismatch: "its costs do not add up",
  unverifiable: "no cost to verify",
};

/** Text of a model or of a file name without what a terminal would act on. */
function printable(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\p{Cc}\p{Cf}]/gu, "\ufffd");
}

/** Seven digits show what an amount is; the last bits of a double are noise to a reader. */
function amount(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 7, useGrouping: false });
}

function details(value: unknown): string {
  if (typeof value !== "object" || value === null) return "unknown";
  return Object.entries(value)
    .map(([key, count]) => `${printable(key)} ${amount(Number(count))}`)
    .join(", ");
}

/** Columns as wide as their widest cell; the named ones are aligned to the right. */
function table(head: string[], rows: string[][], right: ReadonlySet<number> = new Set()): string {
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: string[]) =>
    cells
      .map((cell, column) =>
        right.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ");
  return [line(head), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)].join("\n");
}
