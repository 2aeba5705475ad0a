import { pointer } from "../validation/issue.js";
import type { Finding } from "./finding.js";
import { itemsOf, membersOf, numberOf, textOf, type Members } from "./members.js";

/** What a Langfuse server accepts in silence and then drops, orphans or misreads. */
export function lintLangfuseBatch(document: unknown): Finding[] {
  const events = itemsOf(membersOf(document).batch).map(membersOf);
  const traces = new Set(
    events.filter((event) => event.type === "trace-create").map((event) => membersOf(event.body).id),
  );
  const findings: Finding[] = [];
  events.forEach((event, index) => {
    const body = membersOf(event.body);
    const path = `/batch/${index}/body`;
    const add: Add = (code, severity, member, message) =>
      findings.push({ code, severity, path: member === "" ? path : pointer(path, member), message });
    if (event.type === "trace-create" || event.type === "score-create") lintId(body, add);
    else if (event.type !== "sdk-log") {
      lintTraceId(body, traces, add);
      lintTimes(body, add);
      lintUsage(body, add);
    }
  });
  return findings;
}

type Add = (code: string, severity: Finding["severity"], member: string, message: string) => void;

function lintId(body: Members, add: Add): void {
  if (!textOf(body.id))
    add("missing-id", "error", "id", "without an id the server answers 201 and drops the event");
}

function lintTraceId(body: Members, traces: Set<unknown>, add: Add): void {
  if (!textOf(body.traceId)) {
    add(
      "missing-trace-id",
      "warning",
      "traceId",
      "without a trace id the server invents one, and no trace shows it",
    );
  } else if (traces.size > 0 && !traces.has(body.traceId)) {
    add("orphan-trace-id", "warning", "traceId", "names no trace of this batch");
  }
}

function lintTimes(body: Members, add: Add): void {
  const start = timeOf(body.startTime);
  const end = timeOf(body.endTime);
  if (start !== undefined && end !== undefined && end < start) {
    add("end-before-start", "warning", "endTime", "lies before startTime; the server sets it to startTime");
  }
  const first = timeOf(body.completionStartTime);
  if (first !== undefined && first === end) {
    add(
      "completion-start-is-end",
      "info",
      "completionStartTime",
      "equals endTime, so the time to the first token shows as the whole latency",
    );
  }
}

function lintUsage(body: Members, add: Add): void {
  const usage = membersOf(body.usage);
  for (const member of ["input", "output", "total"]) {
    if ((numberOf(usage[member]) ?? 0) < 0) add("negative-usage", "error", "usage", `${member} is negative`);
  }
  if (["prompt_tokens", "completion_tokens", "total_tokens"].some((member) => member in usage)) {
    add("usage-snake-case", "error", "usage", "snake-case members are stripped, so the usage is empty");
  }
  const costs = membersOf(body.costDetails);
  if (Object.keys(costs).length > 2 && !("total" in costs)) {
    add("cost-without-total", "error", "costDetails", "without a total the server shows no cost at all");
  }
  const stated = numberOf(usage.totalCost) ?? numberOf(costs.total);
  const metadata = membersOf(body.metadata);
  const claims = [
    numberOf(metadata.litellm_response_cost),
    numberOf(membersOf(metadata.hidden_params).response_cost),
  ];
  const other = claims.find((claim) => claim !== undefined && stated !== undefined && claim !== stated);
  if (other !== undefined) {
    add(
      "costs-disagree",
      "warning",
      "metadata",
      `says ${plain(other)} USD where the usage says ${plain(stated ?? 0)} USD`,
    );
  }
}

function timeOf(value: unknown): number | undefined {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** A double without the noise of its last bits. */
function plain(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 12, useGrouping: false });
}
