import type { Report } from "./finding.js";
import {
  firstNumber,
  isClose,
  membersOf,
  momentOf,
  numberOf,
  plain,
  textOf,
  type Members,
} from "./members.js";
import { isTotal } from "./usage.js";

const counted = ["prompt_tokens", "completion_tokens", "total_tokens"] as const;
/** The Responses API's names of the counts. */
const responsesNames = {
  prompt_tokens: "input_tokens",
  completion_tokens: "output_tokens",
  total_tokens: "total_tokens",
} as const;
/** Calls that are charged by the token; others cost something without any. */
const tokenCalls = /^a?(?:completion|text_completion|embedding|responses|anthropic_messages)?$/;
const expected = [...counted, "response_cost", "startTime", "endTime"] as const;

/** Contradictions inside a standard logging payload. */
export function lintStandardLoggingPayload(document: unknown, report: Report): void {
  const payload = membersOf(document);
  for (const name of expected) {
    if (payload[name] === undefined)
      report("missing-field", `/${name}`, "was removed, so nobody can count with it");
  }
  lintTokens(payload, report);
  lintTimes(payload, report);
  lintCosts(payload, report);
  if (payload.status === "failure" && !textOf(payload.error_str) && !hasText(payload.error_information)) {
    report("failure-without-error", "/error_information", "a failure that does not say what failed");
  }
  if (textOf(payload.trace_id) && payload.trace_id === payload.session_id) {
    const message = "holds the session's id, so the calls of one request cannot be told apart";
    report("trace-is-session", "/trace_id", message);
  }
}

function lintTokens(payload: Members, report: Report): void {
  const [prompt, completion, total] = counted.map((name) => numberOf(payload[name]));
  const usage = membersOf(membersOf(payload.response).usage);
  const details = membersOf(usage.completion_tokens_details ?? usage.output_tokens_details);
  const reasoning = numberOf(details.reasoning_tokens) ?? numberOf(usage.reasoning_tokens) ?? 0;
  if (prompt !== undefined && completion !== undefined && total !== undefined) {
    if (!isTotal(total, prompt, completion, reasoning)) {
      const message = `${total} is not ${prompt} prompt and ${completion} completion tokens`;
      report("total-tokens", "/total_tokens", message);
    }
  }
  for (const name of counted) {
    const [stated, returned] = [numberOf(payload[name]), firstNumber(usage, [name, responsesNames[name]])];
    if (stated !== undefined && returned !== undefined && stated !== returned) {
      report("usage-mismatch", `/${name}`, `is ${stated}, and the response's usage says ${returned}`);
    }
  }
}

function lintTimes(payload: Members, report: Report): void {
  const [start, end, first] = [payload.startTime, payload.endTime, payload.completionStartTime].map(
    secondsOf,
  );
  if (start !== undefined && end !== undefined && end < start) {
    report("end-before-start", "/endTime", "the call ends before it starts");
  }
  const isOutside =
    (start !== undefined && (first ?? start) < start) || (end !== undefined && (first ?? end) > end);
  if (isOutside)
    report("completion-start-outside", "/completionStartTime", "the first token lies outside the call");
  if (payload.stream === true && first !== undefined && first === end) {
    const message = "equals endTime on a stream: the time of the first token is unknown, not late";
    report("completion-start-is-end", "/completionStartTime", message);
  }
  const stated = numberOf(payload.response_time);
  const until = payload.stream === true ? first : end;
  if (
    stated !== undefined &&
    start !== undefined &&
    until !== undefined &&
    Math.abs(until - start - stated) > 1e-3
  ) {
    report("response-time", "/response_time", `is ${stated} s, and the times say ${plain(until - start)} s`);
  }
}

function lintCosts(payload: Members, report: Report): void {
  const cost = numberOf(payload.response_cost);
  const isByToken = tokenCalls.test(typeof payload.call_type === "string" ? payload.call_type : "");
  if (cost !== undefined && cost > 0 && payload.total_tokens === 0 && isByToken) {
    report("cost-without-usage", "/response_cost", "there is a cost and no tokens");
  }
  if (cost === 0 && payload.response_cost_failure_debug_info) {
    report(
      "zero-for-unknown",
      "/response_cost",
      "is 0 for want of a price: the cost is unknown, not nothing",
    );
  }
  if (payload.cache_hit === true && payload.saved_cache_cost === 0) {
    report("cache-hit-without-saving", "/saved_cache_cost", "is 0, although the answer came from the cache");
  }
  const breakdown = membersOf(payload.cost_breakdown);
  const total = numberOf(breakdown.total_cost);
  if (total === undefined) return;
  if (cost !== undefined && !isClose(cost, total)) {
    report(
      "cost-breakdown",
      "/cost_breakdown/total_cost",
      `is ${plain(total)} USD, and response_cost ${plain(cost)}`,
    );
  }
  if (numberOf(breakdown.input_cost) === undefined || numberOf(breakdown.output_cost) === undefined) return;
  const sum = sumOfBreakdown(breakdown);
  if (!isClose(sum, total)) {
    report(
      "cost-breakdown-sum",
      "/cost_breakdown/total_cost",
      `is ${plain(total)} USD, and its parts make ${plain(sum)}`,
    );
  }
}

/** LiteLLM's identity: cache and reasoning costs stand inside the input's and the output's. */
function sumOfBreakdown(breakdown: Members): number {
  const amount = (name: string) => numberOf(breakdown[name]) ?? 0;
  const additional = Object.values(membersOf(breakdown.additional_costs)).map(
    (value) => numberOf(value) ?? 0,
  );
  return (
    amount("input_cost") +
    amount("output_cost") +
    amount("tool_usage_cost") +
    amount("guardrail_cost") +
    additional.reduce((sum, each) => sum + each, 0) -
    amount("discount_amount") +
    amount("margin_total_amount")
  );
}

/** Epoch seconds, or the text of older payloads. */
function secondsOf(value: unknown): number | undefined {
  const moment = momentOf(value);
  return moment === undefined ? numberOf(value) : moment / 1000;
}

/** Whether the error says anything beyond who met it. */
function hasText(value: unknown): boolean {
  const { llm_provider: _, ...error } = membersOf(value);
  return Object.values(error).some((member) => textOf(member) !== undefined);
}
