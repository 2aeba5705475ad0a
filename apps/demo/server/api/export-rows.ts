import type { LedgerRow } from "../ledger/ledger-row.js";
import { numberCell, textCell } from "./csv.js";

/** A form that rows are written in, line by line. */
export type ExportForm = {
  type: string;
  extension: string;
  head: string;
  line: (row: LedgerRow) => string;
  /** The last line: how many rows there are, and why there are no more, where something failed. */
  end: (count: number, why: string | null) => string;
};

/** The columns of a table: `text` is guarded against formulas, a `number` cannot be one. */
const columns: readonly [name: string, cell: (row: LedgerRow) => string][] = [
  ["seq", ({ seq }) => numberCell(seq)],
  ["id", ({ id }) => textCell(id)],
  ["started_at", ({ startedAt }) => textCell(startedAt)],
  ["ended_at", ({ endedAt }) => textCell(endedAt)],
  ["provider", ({ provider }) => textCell(provider)],
  ["model_asked", ({ modelAsked }) => textCell(modelAsked)],
  ["model", ({ model }) => textCell(model)],
  ["key", ({ key }) => textCell(key?.alias ?? key?.id ?? null)],
  ["status", ({ status }) => textCell(status)],
  ["error_class", ({ error }) => textCell(error?.class ?? null)],
  ["error_status", ({ error }) => numberCell(error?.status ?? null)],
  ["error_message", ({ error }) => textCell(error?.message ?? null)],
  ["stream", ({ stream }) => String(stream)],
  ["ttft_ms", ({ ttftMs }) => numberCell(ttftMs)],
  ["total_ms", ({ totalMs }) => numberCell(totalMs)],
  ["tokens_in", ({ tokens }) => numberCell(tokens?.in ?? null)],
  ["tokens_out", ({ tokens }) => numberCell(tokens?.out ?? null)],
  ["cache_read", ({ tokens }) => numberCell(tokens?.cacheRead ?? null)],
  ["cache_write", ({ tokens }) => numberCell(tokens?.cacheWrite ?? null)],
  ["reasoning", ({ tokens }) => numberCell(tokens?.reasoning ?? null)],
  ["tokens_total", ({ tokens }) => numberCell(tokens?.total ?? null)],
  ["usage_source", ({ usageSource }) => textCell(usageSource)],
  ["cost_usd", ({ cost }) => numberCell(cost)],
  ["cost_status", ({ costStatus }) => textCell(costStatus)],
  ["cost_reason", ({ costReason }) => textCell(costReason)],
  ["saved_usd", ({ saved }) => numberCell(saved)],
  ["diagnostics", ({ diagnostics }) => textCell(diagnostics.join(" "))],
  ["audit", ({ audit }) => textCell(audit)],
  ["tags", ({ tags }) => textCell(tags.join(" "))],
  ["trace_id", ({ traceId }) => textCell(traceId)],
  ["session_id", ({ sessionId }) => textCell(sessionId)],
  ["user_id", ({ userId }) => textCell(userId)],
  ["preview", ({ preview }) => textCell(preview)],
];

export const exportForms: Readonly<Record<"csv" | "jsonl", ExportForm>> = {
  csv: {
    type: "text/csv; charset=utf-8",
    extension: "csv",
    head: `${columns.map(([name]) => name).join(",")}\r\n`,
    line: (row) => `${columns.map(([, cell]) => cell(row)).join(",")}\r\n`,
    end: (count, why) =>
      `${textCell(`# ${count} calls; ${why === null ? "complete" : `incomplete: ${why}`}`)}\r\n`,
  },
  jsonl: {
    type: "application/jsonl; charset=utf-8",
    extension: "jsonl",
    head: "",
    line: (row) => `${JSON.stringify(row)}\n`,
    end: (count, why) =>
      `${JSON.stringify({ count, complete: why === null, ...(why === null ? {} : { reason: why }) })}\n`,
  },
};
