import type { JS } from "@duckdb/node-api";

import { amountText } from "../amounts.js";
import { rowOf, type LedgerRecord } from "../ledger-record.js";
import type { LedgerRow } from "../ledger-row.js";
import type { Row } from "./database.js";

/** What a row is read from. Amounts come as text: a driver that knows no decimals would make doubles of them. */
export const rowColumns = `seq, id, epoch_us(started), epoch_us(ended), provider, model_asked, model,
  key_id, key_alias, key_last_four, status, error_class, error_status, error_message, stream, ttft, total,
  tokens_in, tokens_out, cache_read, cache_write, reasoning, tokens_total, usage_source,
  cost::VARCHAR, cost_status, cost_reason, saved::VARCHAR, diagnostics, audit, tags, preview,
  trace_id, session_id, user_id`;

/** A row of `rowColumns`. */
export function readRow(row: Row): LedgerRow {
  const cells = row.values();
  const next = (): JS => cells.next().value ?? null;
  const text = (): string | null => next() as string | null;
  const count = (): number | null => countIn(next());
  const seq = count() ?? 0;
  const [id, started, ended] = [text() ?? "", count() ?? 0, count()];
  const [provider, modelAsked, model] = [text(), text(), text()];
  const [keyId, alias, lastFour] = [text(), text(), text()];
  const status = text() as LedgerRecord["status"];
  const [errorClass, errorStatus, errorMessage] = [text(), count(), text()];
  const stream = next() === true;
  const [ttft, total] = [count(), count()];
  const tokens = {
    in: count(),
    out: count(),
    cacheRead: count(),
    cacheWrite: count(),
    reasoning: count(),
    total: count(),
  };
  const usageSource = text() as LedgerRecord["usageSource"];
  const cost = moneyIn(next());
  const costStatus = text() as LedgerRecord["costStatus"];
  const [costReason, saved] = [text(), moneyIn(next())];
  const diagnostics = next() as string[];
  const audit = text() as LedgerRecord["audit"];
  const tags = next() as string[];
  const record: LedgerRecord = {
    id,
    started,
    ended,
    provider,
    modelAsked,
    model,
    caller: keyId === null ? null : { id: keyId, alias, lastFour },
    status,
    errorClass,
    errorStatus,
    errorMessage,
    stream,
    ttft,
    total,
    tokens,
    usageSource,
    cost,
    costStatus,
    costReason,
    saved,
    diagnostics,
    audit,
    tags,
    preview: text() ?? "",
    traceId: text(),
    sessionId: text(),
    userId: text(),
    // A row has none of these.
    key: "",
    charged: null,
    gap: null,
    rate: null,
    freshIn: null,
    plainOut: null,
    payload: "",
  };
  return rowOf(record, seq);
}

/** A count; what a sum has beyond safe integers is shown as the nearest one. */
export function countIn(cell: JS | undefined): number | null {
  return cell === null || cell === undefined ? null : Number(cell);
}

export function textIn(cell: JS | undefined): string | null {
  return typeof cell === "string" ? cell : null;
}

/** An amount as it was read, without the zeros that fill it up: decimal text, or whole dollars and the rest apart. */
export function moneyIn(cell: JS | undefined): string | null {
  if (typeof cell !== "string") return null;
  return amountText(cell.split("|").reduce((sum, part) => sum + unitsIn(part), 0n));
}

function unitsIn(text: string): bigint {
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  const units = BigInt(whole + fraction.padEnd(24, "0"));
  return text.startsWith("-") ? -units : units;
}
