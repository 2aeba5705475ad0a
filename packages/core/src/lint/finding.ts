/** What `lint` can find, by code; `docs/lints.md` explains each. */
export const lintSeverities = {
  "arguments-not-json": "warning",
  "cache-hit-without-saving": "warning",
  "cached-over-prompt": "warning",
  "completion-start-is-end": "info",
  "completion-start-outside": "warning",
  "lost-cost": "error",
  "cost-breakdown": "warning",
  "cost-breakdown-sum": "warning",
  "cost-without-total": "error",
  "cost-without-usage": "warning",
  "costs-disagree": "warning",
  "duplicate-index": "warning",
  "end-before-start": "warning",
  environment: "warning",
  "failure-without-error": "warning",
  "falsy-content": "warning",
  "headers-recorded": "error",
  "ids-differ": "warning",
  "inclusive-input": "error",
  "invalid-chunk": "warning",
  "lost-count": "error",
  "missing-field": "info",
  "more-findings": "info",
  "missing-id": "error",
  "missing-trace-id": "warning",
  "negative-usage": "error",
  "null-overwrites": "info",
  "odd-count": "warning",
  "orphan-trace-id": "warning",
  "prompt-link": "error",
  "provider-usage": "error",
  "response-time": "warning",
  "score-target": "error",
  "score-value": "error",
  "stream-flag": "warning",
  "streaming-without-chunks": "error",
  "total-tokens": "warning",
  "trace-is-session": "warning",
  "unknown-member": "warning",
  unreadable: "error",
  "usage-camel-case": "error",
  "usage-mismatch": "warning",
  "usage-on-span": "error",
  "usage-snake-case": "error",
  "usage-total": "warning",
  "zero-for-unknown": "info",
} as const;

/** The code of a finding. */
export type LintCode = keyof typeof lintSeverities;

/** Something that a schema cannot say and a reader should know. */
export type Finding = {
  /** Stable word. */
  code: LintCode;
  /** error: data is lost or false. warning: probably a mistake. info: worth knowing. */
  severity: "error" | "warning" | "info";
  /** JSON Pointer of the member. */
  path: string;
  message: string;
};

/** Notes findings while a document is walked. */
export type Report = (code: LintCode, path: string, message: string) => void;

/** More findings than this are counted, not listed. */
const MAX_FINDINGS = 1000;

/** Walks a document and returns what its rule reported. */
export function collect(walk: (report: Report) => void): Finding[] {
  const findings: Finding[] = [];
  let more = 0;
  const add: Report = (code, path, message) =>
    findings.push({ code, severity: lintSeverities[code], path, message: message.slice(0, 500) });
  walk((code, path, message) => (findings.length < MAX_FINDINGS ? add(code, path, message) : more++));
  if (more > 0) add("more-findings", "", `${more} more findings are not listed`);
  return findings;
}
