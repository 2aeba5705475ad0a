import { printable } from "../printable.js";
import type { Report } from "./report.js";

/** The report for a person at a terminal; empty when there is nothing to show. */
export function toTable(report: Report): string {
  const sections = [
    ...(report.calls.length > 0 ? [callsSection(report.calls)] : []),
    ...report.documents.map(documentSection),
    ...(report.export.events > 0 ? [deliverySection(report.export)] : []),
  ];
  return sections.length > 0 ? `${sections.join("\n\n")}\n`.replace(/[ \t]+$/gm, "") : "";
}

const reasons: Record<Report["calls"][number]["price"]["status"], string> = {
  priced: "priced",
  free: "free",
  unpriced: "unknown (no price)",
  no_usage: "unknown (no usage)",
  invalid: "unknown (bad usage)",
};

function callsSection(calls: Report["calls"]): string {
  const rows = calls.map(({ recording, status, chunks, content, finish, usage, exact, price }) => [
    printable(recording),
    printable(content.start) + (content.chars > 30 ? "…" : ""),
    String(content.chars),
    String(chunks),
    status === "complete" ? printable(finish ?? "none") : status,
    usage ? `${String(usage.prompt_tokens ?? "?")} + ${String(usage.completion_tokens ?? "?")}` : "unknown",
    exact === null ? reasons[price.status] : `$${exact}`,
  ]);
  const head = ["recorded stream", "answer", "characters", "chunks", "ended", "tokens", "cost"];
  const notes = calls.flatMap((call) =>
    notesOf(call).map((note) => `${printable(call.recording)}: ${printable(note)}`),
  );
  return [table(head, rows, new Set([2, 3])), ...notes].join("\n");
}

/** What a row has no room for: what was odd about the stream, its error, and why a price is missing. */
function notesOf({ diagnostics, error, price, payloadIssues }: Report["calls"][number]): string[] {
  const unusual = price.status === "unpriced" || price.status === "invalid";
  return [
    ...diagnostics.map(({ code, chunk, message }) => `${code} at chunk ${chunk}: ${message}`),
    ...(error === undefined ? [] : [`error: ${error}`]),
    ...(unusual ? [`no price: ${price.reason ?? price.status}`] : []),
    ...payloadIssues.map(({ path, message }) => `payload ${path}: ${message}`),
  ];
}

const verdicts = {
  match: "its costs add up",
  mismatch: "its costs do not add up",
  unverifiable: "its costs cannot be verified",
};

function documentSection({ file, schema, ok, issues, lints, audit }: Report["documents"][number]): string {
  const verdict = audit.claims.length > 0 ? verdicts[audit.verdict] : "it states no cost";
  const lines = [`${printable(file)}: ${ok ? "valid" : "not a valid"} ${schema}, ${verdict}`];
  const add = (label: string, text: string) => lines.push(`  ${label.padEnd(8)} ${printable(text)}`);
  for (const { path, message } of issues) add("issue", `${path}: ${message}`);
  for (const { severity, path, message } of lints) add(severity, `${path} ${message}`);
  for (const { path, claimed, exact, verdict: each, causes, reason } of audit.claims) {
    if (each === "unverifiable") add("unknown", `${path} claims ${amount(claimed)} USD: ${reason ?? each}`);
    if (each !== "mismatch") continue;
    add("mismatch", `${path} claims ${amount(claimed)} USD, and it is ${exact} USD`);
    for (const cause of causes) add("", cause.message);
  }
  return lines.join("\n");
}

function deliverySection({ events, accepted, rejected, stored }: Report["export"]): string {
  const rows = stored.map(({ id, usageDetails, costDetails }) => [
    printable(id),
    details(usageDetails),
    details(costDetails),
  ]);
  const summary = `sent to a Langfuse stub on loopback: ${events} events, ${accepted} accepted, ${rejected} rejected`;
  return `${summary}\n${table(["stored generation", "tokens", "USD"], rows)}`;
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
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return right.has(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ");
  return [line(head), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)].join("\n");
}
