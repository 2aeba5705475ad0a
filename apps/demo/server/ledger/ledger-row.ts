import type { CostStatus, UsageSource } from "@waybill/core";

import type { AuditVerdict, CallStatus } from "./call-filter.js";

/** Tokens of one call as its provider counts them; null is what nobody counted. */
export type CallTokens = {
  in: number | null;
  out: number | null;
  cacheRead: number | null;
  cacheWrite: number | null;
  reasoning: number | null;
  total: number | null;
};

/** What failed. */
export type CallFailure = { class: string | null; status: number | null; message: string };

/** The caller's key. */
export type CallKey = { id: string; alias: string | null; lastFour: string | null };

/** One call as lists show it. Amounts are USD as decimal text, times ISO UTC with milliseconds. */
export type LedgerRow = {
  /** The order of entering the ledger, from 1. Numbers may be missing, none comes twice. */
  seq: number;
  id: string;
  startedAt: string;
  endedAt: string | null;
  provider: string | null;
  modelAsked: string | null;
  model: string | null;
  key: CallKey | null;
  status: CallStatus;
  error: CallFailure | null;
  stream: boolean;
  ttftMs: number | null;
  totalMs: number | null;
  tokens: CallTokens | null;
  usageSource: UsageSource;
  cost: string | null;
  costStatus: CostStatus;
  costReason: string | null;
  /** What the provider's prompt cache saved; negative when writing it cost more; null when that is unknown. */
  saved: string | null;
  diagnostics: string[];
  audit: AuditVerdict | null;
  tags: string[];
  /** At most 240 characters of what the call said, or of why it failed. No control characters. */
  preview: string;
  traceId: string | null;
  sessionId: string | null;
  userId: string | null;
};
