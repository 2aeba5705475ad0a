import type { CostStatus, UsageSource } from "@waybill/core";

import type { AuditVerdict, CallStatus } from "./call-filter.js";
import type { CallKey, CallTokens, LedgerRow } from "./ledger-row.js";

/**
 * One call on its way into the ledger: the columns of its row, and its payload. Times are epoch microseconds, durations
 * microseconds, amounts USD as decimal text. Columns hold well-formed text; what was not is exact in `payload` alone.
 */
export type LedgerRecord = {
  id: string;
  /** Two records with the same one are records of the same answer: only the first is kept. */
  key: string;
  started: number;
  ended: number | null;
  provider: string | null;
  modelAsked: string | null;
  model: string | null;
  caller: CallKey | null;
  status: CallStatus;
  errorClass: string | null;
  errorStatus: number | null;
  errorMessage: string | null;
  stream: boolean;
  ttft: number | null;
  total: number | null;
  /** The longest gap between chunks. */
  gap: number | null;
  /** Output tokens per second, where it means something. */
  rate: number | null;
  tokens: CallTokens;
  /** Tokens of the prompt that no cache took part in, and of the answer that are no reasoning. */
  freshIn: number | null;
  plainOut: number | null;
  usageSource: UsageSource;
  cost: string | null;
  costStatus: CostStatus;
  costReason: string | null;
  saved: string | null;
  /** What a budget was charged for a call whose cost is unknown. */
  charged: string | null;
  diagnostics: string[];
  audit: AuditVerdict | null;
  tags: string[];
  preview: string;
  traceId: string | null;
  sessionId: string | null;
  userId: string | null;
  /** The payload as JSON text. */
  payload: string;
};

/** The row of a record that has entered. */
export function rowOf(record: LedgerRecord, seq: number): LedgerRow {
  const { errorClass, errorStatus, errorMessage, tokens } = record;
  return {
    seq,
    id: record.id,
    startedAt: isoTime(record.started),
    endedAt: record.ended === null ? null : isoTime(record.ended),
    provider: record.provider,
    modelAsked: record.modelAsked,
    model: record.model,
    key: record.caller,
    status: record.status,
    error: errorMessage === null ? null : { class: errorClass, status: errorStatus, message: errorMessage },
    stream: record.stream,
    ttftMs: milliseconds(record.ttft),
    totalMs: milliseconds(record.total),
    tokens: Object.values(tokens).every((count) => count === null) ? null : tokens,
    usageSource: record.usageSource,
    cost: record.cost,
    costStatus: record.costStatus,
    costReason: record.costReason,
    saved: record.saved,
    diagnostics: record.diagnostics,
    audit: record.audit,
    tags: record.tags,
    preview: record.preview,
    traceId: record.traceId,
    sessionId: record.sessionId,
    userId: record.userId,
  };
}

/** Epoch microseconds as ISO UTC with milliseconds. */
export function isoTime(microseconds: number): string {
  return new Date(Math.floor(microseconds / 1000)).toISOString();
}

function milliseconds(microseconds: number | null): number | null {
  return microseconds === null ? null : microseconds / 1000;
}
