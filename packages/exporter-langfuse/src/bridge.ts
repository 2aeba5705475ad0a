import {
  toKeyValues,
  toNanoseconds,
  toSpanId,
  toTraceId,
  type Attributes,
  type OtlpSpan,
  type OtlpTraces,
} from "@waybill/exporter-otlp";
import { toJson } from "@waybill/exporter-otlp/http";

import { mergeEvents, type BridgeFinding, type Entity, type Note } from "./bridge-merge.js";
import { bridgedCost, bridgedUsage } from "./bridge-usage.js";
import { toIsoTime, toMilliseconds } from "./iso-time.js";
import { isMembers, membersOf, textOf, type Members } from "./members.js";
import { tagsOf } from "./observation.js";
import { isEnvironment, traceText } from "./options.js";
import { parametersOf } from "./parameters.js";
import { version } from "./version.js";

export type { BridgeFinding } from "./bridge-merge.js";

/** A recorded batch as spans, and what to know about that. */
export type BridgedBatch = { traces: OtlpTraces; findings: BridgeFinding[] };

/** Who the spans are said to be from. */
export type BridgeOptions = { serviceName?: string | undefined };

/**
 * Turns a batch of Langfuse's ingestion, of any sender, into the body of `POST /v1/traces`: a span for each observation and
 * a root for each trace; a trace with one observation that is like it is folded into one span. Pure; never throws for what
 * is in the batch: what is wrong in it is a finding.
 */
export function batchToOtlp(batch: unknown, options: BridgeOptions = {}): BridgedBatch {
  const findings: BridgeFinding[] = [];
  const note: Note = (code, path, message) => findings.push({ code, path, message });
  const { traces, observations } = mergeEvents(batch, note);
  const byTrace = new Map<string, Entity[]>(traces.map(({ id }) => [id, []]));
  const orphans: Entity[] = [];
  for (const observation of observations) {
    const traceId = textOf(observation.body.traceId);
    const siblings = traceId === undefined ? undefined : byTrace.get(traceId);
    if (siblings) siblings.push(observation);
    else {
      orphans.push(observation);
      const message =
        traceId === undefined ? "names no trace, and gets one of its own" : "names no trace of this batch";
      note("orphan_observation", `${observation.path}/body/traceId`, message);
    }
  }
  const spans = [
    ...traces.flatMap((trace) => spansOfTrace(trace, byTrace.get(trace.id) ?? [], note)),
    ...orphans.flatMap((orphan) => spanOf(orphan, {}, { isRoot: true }, note)),
  ];
  const service = { "service.name": options.serviceName ?? "langfuse-batch" };
  const resource = { attributes: toKeyValues(service) };
  const scopeSpans = [{ scope: { name: "waybill", version }, spans }];
  return { traces: { resourceSpans: [{ resource, scopeSpans }] }, findings };
}

/** What of a span does not come from its observation. */
type Place = { parentSpanId?: string; isRoot: boolean; traceId?: string };

function spansOfTrace(trace: Entity, observations: Entity[], note: Note): OtlpSpan[] {
  const traceId = toTraceId(trace.id);
  const [only] = observations;
  if (only && observations.length === 1 && isSame(trace.body, only.body)) {
    // LiteLLM's pair says everything twice.
    return spanOf(only, trace.body, { isRoot: true, traceId }, note);
  }
  const rootId = toSpanId(`root:${traceId}`);
  const children = observations.flatMap((each) =>
    spanOf(each, trace.body, { parentSpanId: rootId, isRoot: false, traceId }, note),
  );
  const start = toNanoseconds(trace.body.timestamp) ?? 0n;
  const ends = children.map(({ endTimeUnixNano }) => BigInt(endTimeUnixNano));
  const end = ends.reduce((latest, each) => (each > latest ? each : latest), start);
  const root: OtlpSpan = {
    traceId,
    spanId: rootId,
    flags: 0x101,
    name: textOf(trace.body.name) ?? "trace",
    kind: 1,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(end),
    attributes: toKeyValues({
      "langfuse.observation.type": "span",
      "langfuse.observation.input": jsonOf(trace.body.input, `${trace.path}/body/input`, note),
      "langfuse.observation.output": jsonOf(trace.body.output, `${trace.path}/body/output`, note),
      ...traceAttributes(trace.body, `${trace.path}/body`, note),
      "langfuse.internal.is_app_root": true,
    }),
    status: { code: 0 },
  };
  return [root, ...children];
}

function isSame(trace: Members, observation: Members): boolean {
  try {
    return (
      trace.name === observation.name && JSON.stringify(trace.input) === JSON.stringify(observation.input)
    );
  } catch {
    return false;
  }
}

const levels = new Set(["DEBUG", "DEFAULT", "WARNING", "ERROR"]);

function spanOf({ id, kind, path: at, body }: Entity, trace: Members, place: Place, note: Note): OtlpSpan[] {
  const path = `${at}/body`;
  const known = toNanoseconds(body.startTime) ?? toNanoseconds(trace.timestamp);
  const until = kind === "event" ? known : toNanoseconds(body.endTime);
  const start = known ?? until ?? 0n;
  if (until !== undefined && until < start)
    note("end_before_start", `${path}/endTime`, "lies before the start, which is sent for both");
  const end = until !== undefined && until > start ? until : start;
  const isModel = kind !== "span" && kind !== "event";
  const level = textOf(body.level) ?? "DEFAULT";
  if (!levels.has(level)) note("level", `${path}/level`, `${level} is no level, and is left out`);
  const parent = textOf(body.parentObservationId);
  const parentSpanId = parent === undefined ? place.parentSpanId : toSpanId(parent);
  const usage = isModel ? bridgedUsage(body, path, note) : undefined;
  const cost = isModel ? bridgedCost(body, path, note) : undefined;
  const attributes: Attributes = {
    "langfuse.observation.type": kind,
    "langfuse.observation.level": levels.has(level) ? level : undefined,
    "langfuse.observation.status_message": textOf(body.statusMessage),
    "langfuse.observation.input": jsonOf(body.input, `${path}/input`, note),
    "langfuse.observation.output": jsonOf(body.output, `${path}/output`, note),
    ...(isModel
      ? {
          "langfuse.observation.model.name": textOf(body.model),
          "langfuse.observation.model.parameters": toJson(parametersOf(membersOf(body.modelParameters))),
          "langfuse.observation.usage_details": usage && toJson(usage),
          "langfuse.observation.cost_details": cost && toJson(cost),
          "langfuse.observation.completion_start_time": firstTokenOf(body, { start, end, path }, note),
        }
      : {}),
    ...promptLink(body, isModel),
    "langfuse.observation.metadata": jsonOf(
      { ...metadataOf(body.metadata), source_id: id },
      `${path}/metadata`,
      note,
    ),
    ...traceAttributes(trace, path, note, body),
    "langfuse.internal.is_app_root": place.isRoot || undefined,
  };
  return [
    {
      traceId: place.traceId ?? toTraceId(textOf(body.traceId) ?? id),
      spanId: toSpanId(id),
      ...(parentSpanId === undefined ? {} : { parentSpanId }),
      flags: parentSpanId === undefined ? 0x101 : 0x301,
      name: textOf(body.name) ?? kind,
      kind: isModel ? 3 : 1,
      startTimeUnixNano: String(start),
      endTimeUnixNano: String(end),
      attributes: toKeyValues(attributes),
      status: level === "ERROR" ? { code: 2, message: textOf(body.statusMessage) ?? "" } : { code: 0 },
    },
  ];
}

function firstTokenOf(
  { completionStartTime }: Members,
  { start, end, path }: { start: bigint; end: bigint; path: string },
  note: Note,
): string | undefined {
  const first = toNanoseconds(completionStartTime);
  if (first === undefined) return undefined;
  if (first >= start && toMilliseconds(first) < toMilliseconds(end)) return toIsoTime(first);
  note("completion_start", `${path}/completionStartTime`, "is no time of a first token, and is left out");
  return undefined;
}

function promptLink({ promptName, promptVersion }: Members, isModel: boolean): Attributes {
  const isWhole = isModel && textOf(promptName) !== undefined && Number.isSafeInteger(promptVersion);
  if (!isWhole) return {};
  return {
    "langfuse.observation.prompt.name": textOf(promptName),
    "langfuse.observation.prompt.version": promptVersion as number,
  };
}

/** What stands on a trace, which Langfuse reads of every span. What the observation says itself comes first. */
function traceAttributes(trace: Members, path: string, note: Note, own: Members = {}): Attributes {
  const environment = own.environment ?? trace.environment ?? undefined;
  if (environment !== undefined && !isEnvironment(environment))
    note("environment", `${path}/environment`, "is no name that the server keeps, and is left out");
  const metadata = metadataOf(trace.metadata);
  return {
    "langfuse.trace.name": traceText(textOf(trace.name)),
    "langfuse.trace.tags": tagsOf(trace.tags),
    "langfuse.trace.public": typeof trace.public === "boolean" ? trace.public : undefined,
    "langfuse.trace.metadata":
      Object.keys(metadata).length > 0 ? jsonOf(metadata, `${path}/metadata`, note) : undefined,
    "user.id": traceText(textOf(trace.userId)),
    "session.id": traceText(textOf(trace.sessionId)),
    "langfuse.release": traceText(textOf(trace.release)),
    "langfuse.version": traceText(textOf(trace.version, own.version)),
    "langfuse.environment": isEnvironment(environment) ? environment : undefined,
  };
}

/** Metadata as the server keeps it: what is no object becomes one. */
function metadataOf(metadata: unknown): Members {
  if (metadata === undefined || metadata === null) return {};
  return isMembers(metadata) ? metadata : { metadata };
}

/** JSON text of content; texts stay what they are in JSON. Falsy content is not stored, and so not sent. */
function jsonOf(value: unknown, path: string, note: Note): string | undefined {
  if (!value) return undefined;
  try {
    return toJson(value);
  } catch {
    note("content", path, "has no JSON text, and is left out");
    return undefined;
  }
}
