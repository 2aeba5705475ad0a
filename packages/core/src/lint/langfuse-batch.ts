import { pointer } from "../validation/issue.js";
import type { Report } from "./finding.js";
import { bodyMembers, envelopeMembers } from "./langfuse-members.js";
import { lintLangfuseUsage } from "./langfuse-usage.js";
import { itemsOf, membersOf, momentOf, textOf, type Members } from "./members.js";

/** What a Langfuse server accepts in silence and then drops, orphans or misreads. */
export function lintLangfuseBatch(document: unknown, report: Report): void {
  for (const name of Object.keys(membersOf(document))) {
    if (name === "batch" || name === "metadata") continue;
    report("unknown-member", pointer("", name), `${name} is stripped: the server does not know it`);
  }
  const events = itemsOf(membersOf(document).batch).map(membersOf);
  const traces = new Set(
    events.filter((event) => event.type === "trace-create").map((event) => membersOf(event.body).id),
  );
  events.forEach((event, index) => {
    const type = textOf(event.type) ?? "";
    const body = membersOf(event.body);
    const path = `/batch/${index}/body`;
    lintUnknownMembers(event, type, index, report);
    // An event without a body is an issue of the schema; there is nothing in it to look at.
    if (type === "sdk-log" || event.body !== body) return;
    lintBody(body, path, report);
    if (type === "trace-create") return;
    if (type === "score-create") return lintScore(body, path, report);
    lintTraceId(body, traces, path, report);
    lintTimes(body, path, report);
    const isSpan =
      /^(?:span|event)-/.test(type) || (type.startsWith("observation-") && body.type !== "GENERATION");
    if (isSpan) lintSpan(body, path, report);
    else {
      lintPromptLink(body, path, report);
      lintLangfuseUsage(body, path, report);
    }
  });
}

function lintUnknownMembers(event: Members, type: string, index: number, report: Report): void {
  const path = `/batch/${index}`;
  const unknown = (name: string) => `${name} is stripped: the server does not know it`;
  for (const name of Object.keys(event)) {
    if (!envelopeMembers.has(name)) report("unknown-member", pointer(path, name), unknown(name));
  }
  const known = bodyMembers(type);
  for (const name of known ? Object.keys(membersOf(event.body)) : []) {
    if (!known?.has(name)) report("unknown-member", pointer(`${path}/body`, name), unknown(name));
  }
  const needsId = type === "trace-create" || type === "score-create";
  if (needsId && !textOf(membersOf(event.body).id)) {
    report("missing-id", `${path}/body/id`, "without an id the server answers 201 and drops the event");
  }
}

/** The server's rule for names of environments; anything else becomes "default". */
const environmentName = /^[a-z0-9_-]{1,40}$/;

function lintBody(body: Members, path: string, report: Report): void {
  const { environment, input, output } = body;
  const isKept =
    typeof environment === "string" &&
    environmentName.test(environment) &&
    !environment.startsWith("langfuse");
  if (environment !== undefined && environment !== null && !isKept) {
    report(
      "environment",
      `${path}/environment`,
      "is changed by the server: write up to 40 of a-z, 0-9, - and _",
    );
  }
  for (const [name, value] of Object.entries({ input, output })) {
    if (value === "" || value === 0 || value === false) {
      report("falsy-content", pointer(path, name), `${JSON.stringify(value)} is not stored`);
    }
  }
  for (const [name, value] of Object.entries(body)) {
    // Content and metadata keep what is stored when null comes.
    if (value !== null || name === "input" || name === "output" || name === "metadata") continue;
    report("null-overwrites", pointer(path, name), "null erases what is stored: leave it out");
  }
}

function lintTraceId(body: Members, traces: Set<unknown>, path: string, report: Report): void {
  if (!textOf(body.traceId)) {
    const message = "without a trace id the server invents one, and no trace shows the observation";
    report("missing-trace-id", `${path}/traceId`, message);
  } else if (traces.size > 0 && !traces.has(body.traceId)) {
    report("orphan-trace-id", `${path}/traceId`, "names no trace of this batch");
  }
}

function lintTimes(body: Members, path: string, report: Report): void {
  const start = momentOf(body.startTime);
  const end = momentOf(body.endTime);
  if (start !== undefined && end !== undefined && end < start) {
    report("end-before-start", `${path}/endTime`, "lies before startTime; the server sets it to startTime");
  }
  const first = momentOf(body.completionStartTime);
  if (first !== undefined && ((start !== undefined && first < start) || (end !== undefined && first > end))) {
    report(
      "completion-start-outside",
      `${path}/completionStartTime`,
      "the first token lies outside the call",
    );
  }
  if (first !== undefined && first === end) {
    const message = "equals endTime, so the time to the first token shows as the whole latency";
    report("completion-start-is-end", `${path}/completionStartTime`, message);
  }
}

function lintSpan(body: Members, path: string, report: Report): void {
  for (const name of ["model", "usage", "usageDetails", "costDetails"]) {
    if (name in body)
      report("usage-on-span", `${path}/${name}`, "is stripped from a span: send a generation");
  }
}

function lintPromptLink(body: Members, path: string, report: Report): void {
  if (Boolean(body.promptName) !== Boolean(body.promptVersion)) {
    report(
      "prompt-link",
      `${path}/promptName`,
      "a prompt's name and its version, from 1, must be set together",
    );
  }
}

function lintScore(body: Members, path: string, report: Report): void {
  const targets = ["traceId", "sessionId", "datasetRunId"].filter((name) => textOf(body[name]));
  if (targets.length !== 1) {
    report("score-target", path, "needs exactly one of traceId, sessionId and datasetRunId");
  } else if (textOf(body.observationId) && !textOf(body.traceId)) {
    report("score-target", `${path}/observationId`, "needs the traceId too");
  }
  const { dataType, value } = body;
  const isWrong =
    (dataType === "BOOLEAN" && value !== 0 && value !== 1) ||
    (dataType === "NUMERIC" && typeof value !== "number") ||
    (["CATEGORICAL", "CORRECTION", "TEXT"].includes(dataType as string) && typeof value !== "string") ||
    (dataType === "TEXT" && typeof value === "string" && (value === "" || value.length > 500));
  if (isWrong) report("score-value", `${path}/value`, `is not a value of the type ${String(dataType)}`);
}
