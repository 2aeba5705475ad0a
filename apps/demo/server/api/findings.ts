import { lint, type Issue, type SchemaName } from "@waybill/core";
import { checkStandardLoggingPayloadEmit } from "@waybill/core/emit";
import { check } from "@waybill/core/registry";
import { audit, type CostEngine } from "@waybill/cost";

import type { AuditReportAnswer, CheckAnswer } from "./schemas/findings.js";

/** More than this nobody reads, and an answer has no room for. Checks list a hundred issues themselves, and lints a thousand. */
const MOST_CLAIMS = 500;

function checked(schema: string, result: { ok: true } | { ok: false; issues: Issue[] }): CheckAnswer {
  const issues = result.ok ? [] : result.issues;
  return {
    schema,
    ok: result.ok,
    issues: issues.map(({ path, code, message }) => ({ path, code, message })),
  };
}

/** Whether a record is what Waybill writes. */
export function checkEmitted(payload: unknown): CheckAnswer {
  return checked("standard-logging-payload", checkStandardLoggingPayloadEmit(payload));
}

/** Whether a document is of the format that it looks like. */
export function checkDocument(schema: SchemaName, document: unknown): CheckAnswer {
  return checked(schema, check(schema, document));
}

/** A document that is of no known format, or cannot be read at all. */
export function unreadable(issues: Issue[]): CheckAnswer {
  return checked("json", { ok: false, issues });
}

export function lintsOf(schema: SchemaName, document: unknown): ReturnType<typeof lint> {
  return lint(schema, document);
}

/** The costs that a document states, beside what they should be. */
export function auditOf(document: unknown, engine: CostEngine, schema?: SchemaName): AuditReportAnswer {
  const { verdict, claims, reason } = audit(document, { engine, ...(schema ? { schema } : {}) });
  // What is wrong comes first where not all has room.
  const ordered = claims.length > MOST_CLAIMS ? claims.toSorted(byVerdict) : claims;
  const listed = ordered.slice(0, MOST_CLAIMS);
  return {
    verdict,
    claims: listed.map((claim) => ({
      ...claim,
      claimed: Number.isFinite(claim.claimed) ? claim.claimed : null,
    })),
    more: claims.length - listed.length,
    ...(reason === undefined ? {} : { reason }),
  };
}

function byVerdict(left: { verdict: string }, right: { verdict: string }): number {
  return Number(right.verdict === "mismatch") - Number(left.verdict === "mismatch");
}
