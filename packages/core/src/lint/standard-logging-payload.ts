import type { Finding } from "./finding.js";
import { membersOf, numberOf, textOf } from "./members.js";

/** Contradictions inside a standard logging payload. */
export function lintStandardLoggingPayload(document: unknown): Finding[] {
  const payload = membersOf(document);
  const findings: Finding[] = [];
  const warn = (code: string, path: string, message: string) =>
    findings.push({ code, severity: "warning", path, message });

  const prompt = numberOf(payload.prompt_tokens);
  const completion = numberOf(payload.completion_tokens);
  const total = numberOf(payload.total_tokens);
  if (
    prompt !== undefined &&
    completion !== undefined &&
    total !== undefined &&
    total !== prompt + completion
  ) {
    warn(
      "total-tokens",
      "/total_tokens",
      `${total} is not ${prompt} prompt and ${completion} completion tokens`,
    );
  }

  const start = numberOf(payload.startTime);
  const end = numberOf(payload.endTime);
  const first = numberOf(payload.completionStartTime);
  if (start !== undefined && end !== undefined && end < start) {
    warn("end-before-start", "/endTime", "the call ends before it starts");
  }
  if (first !== undefined && ((start !== undefined && first < start) || (end !== undefined && first > end))) {
    warn("completion-start-outside", "/completionStartTime", "the first token lies outside the call");
  }
  if (payload.stream === true && first !== undefined && first === end) {
    findings.push({
      code: "completion-start-is-end",
      severity: "info",
      path: "/completionStartTime",
      message: "equals endTime on a stream: the time of the first token is unknown, not late",
    });
  }

  const cost = numberOf(payload.response_cost);
  if (cost !== undefined && cost > 0 && total === 0) {
    warn("cost-without-usage", "/response_cost", "there is a cost and no tokens");
  }
  const breakdown = numberOf(membersOf(payload.cost_breakdown).total_cost);
  if (cost !== undefined && breakdown !== undefined && !close(cost, breakdown)) {
    warn("cost-breakdown", "/cost_breakdown/total_cost", `${breakdown} is not the response_cost ${cost}`);
  }
  if (payload.status === "failure" && !textOf(payload.error_str) && !hasText(payload.error_information)) {
    warn("failure-without-error", "/error_information", "a failure that does not say what failed");
  }
  if (textOf(payload.trace_id) && payload.trace_id === payload.session_id) {
    warn(
      "trace-is-session",
      "/trace_id",
      "holds the session's id, so calls of one request cannot be told apart",
    );
  }
  return findings;
}

function hasText(value: unknown): boolean {
  return Object.values(membersOf(value)).some((member) => textOf(member) !== undefined);
}

/** Sums of doubles differ in the last bits; more than a billionth is another number. */
function close(left: number, right: number): boolean {
  return Math.abs(left - right) <= 1e-9 * Math.max(Math.abs(left), Math.abs(right));
}
