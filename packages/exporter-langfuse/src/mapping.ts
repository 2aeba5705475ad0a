import { WaybillError, type LangfuseBatchEmit, type StandardLoggingPayload } from "@waybill/core";

import { toLangfuseId } from "./ids.js";
import { toIsoTime } from "./time.js";
import { detailsOf, isWaybill } from "./usage-details.js";
import { version } from "./version.js";

type Event = LangfuseBatchEmit["batch"][number];
type Trace = Extract<Event, { type: "trace-create" }>["body"];
type Generation = Extract<Event, { type: "generation-create" }>["body"];
type Members = Record<string, unknown>;

/** What is added to every event. */
export type MappingOptions = {
  /** Langfuse environment, e.g. "production": lower-case letters, digits, hyphens and underscores. */
  environment?: string;
  /** Release of the application. */
  release?: string;
};

/** The server's rule for names of environments; it makes anything else "default" in silence. */
const environmentName = /^(?!langfuse)[a-z0-9_-]{1,40}$/;

/** @throws WaybillError `bad-option` for an environment that the server would not keep. */
export function checkOptions({ environment }: MappingOptions): void {
  if (environment === undefined || environmentName.test(environment)) return;
  throw new WaybillError(
    "bad-option",
    `environment: ${JSON.stringify(environment)} is not up to 40 of a-z, 0-9, - and _`,
  );
}

/**
 * Maps payloads to the body of Langfuse's batch ingestion: for each a trace and one complete generation. Pure: equal
 * payloads give equal events, ids included, so that sending them twice stores them once.
 */
export function toLangfuseBatch(
  payloads: readonly StandardLoggingPayload[],
  options: MappingOptions = {},
): LangfuseBatchEmit {
  checkOptions(options);
  const batch = payloads.flatMap((payload) => toEvents(payload, options));
  return { batch, metadata: sdkMetadata(batch.length) };
}

/** What a batch says about its sender. */
export function sdkMetadata(events: number): NonNullable<LangfuseBatchEmit["metadata"]> {
  return { batch_size: events, sdk_name: "waybill", sdk_version: version };
}

/** The events of one payload. */
export function toEvents(payload: StandardLoggingPayload, options: MappingOptions): Event[] {
  const id = toLangfuseId(payload.id || payload.litellm_call_id || "");
  const traceId = payload.trace_id ? toLangfuseId(payload.trace_id) : id;
  const start = isoTimeOf(payload.startTime);
  const end = isoTimeOf(payload.endTime);
  // A payload without a time is still a record; the epoch shows that the time is unknown.
  const startTime = start ?? end ?? "1970-01-01T00:00:00.000000Z";
  const io = { ...inputOf(payload), ...outputOf(payload) };
  const name = `litellm-${payload.call_type || "completion"}`.slice(0, 1000);
  const shared = { name, ...io, ...(options.environment ? { environment: options.environment } : {}) };
  const trace: Trace = {
    id: traceId,
    timestamp: startTime,
    ...shared,
    ...(payload.session_id ? { sessionId: payload.session_id.slice(0, 200) } : {}),
    ...(payload.end_user ? { userId: payload.end_user.slice(0, 200) } : {}),
    ...(options.release ? { release: options.release } : {}),
    tags: payload.request_tags ?? [],
  };
  const { usage, cost } = detailsOf(payload);
  const isFailure = payload.status === "failure";
  const generation: Generation = {
    id,
    traceId,
    ...shared,
    startTime,
    ...timesOf(payload, startTime, end),
    ...(payload.model ? { model: payload.model } : {}),
    modelParameters: scalars(payload.model_parameters ?? {}),
    ...(usage ? { usageDetails: usage } : {}),
    ...(cost ? { costDetails: cost } : {}),
    level: isFailure ? "ERROR" : "DEFAULT",
    ...(isFailure && payload.error_str ? { statusMessage: payload.error_str } : {}),
    metadata: metadataOf(payload),
  };
  const timestamp = end ?? startTime;
  return [
    { id: `${id}:trace`, timestamp, type: "trace-create", body: trace },
    { id: `${id}:generation`, timestamp, type: "generation-create", body: generation },
  ];
}

function isoTimeOf(time: number | string | null | undefined): string | undefined {
  return time === null || time === undefined ? undefined : toIsoTime(time);
}

/**
 * The end and the first token, where they can be. An end before the start is left out, because the server would make it
 * the start. So is a first token outside the call, or one that is only the end again: the server would show the whole
 * latency as time to first token.
 */
function timesOf(
  payload: StandardLoggingPayload,
  start: string,
  end: string | undefined,
): Partial<Generation> {
  const endTime = end !== undefined && Date.parse(end) >= Date.parse(start) ? end : undefined;
  const first = payload.stream ? isoTimeOf(payload.completionStartTime) : undefined;
  const isInside =
    first !== undefined &&
    Date.parse(first) >= Date.parse(start) &&
    (endTime === undefined || Date.parse(first) < Date.parse(endTime));
  return {
    ...(endTime ? { endTime } : {}),
    ...(isInside ? { completionStartTime: first } : {}),
  };
}

function inputOf({ messages, model_parameters: parameters }: StandardLoggingPayload): { input?: unknown } {
  if (messages === null || messages === undefined) return {};
  const { tools, functions } = parameters ?? {};
  return { input: { messages, ...(functions ? { functions } : {}), ...(tools ? { tools } : {}) } };
}

/** The first choice's message, or the text of a text completion. */
function outputOf({ response }: StandardLoggingPayload): { output?: unknown } {
  if (typeof response === "string") return response === "" ? {} : { output: response };
  if (typeof response !== "object" || response === null || Array.isArray(response)) return {};
  const { choices }: Members = response;
  const [first] = Array.isArray(choices) ? (choices as Members[]) : [];
  const output = first?.message ?? first?.text;
  // The server does not store what is falsy.
  return output ? { output } : {};
}

/** The server refuses a generation whose parameters are nested, so everything but scalars becomes JSON text. */
function scalars(parameters: Members): NonNullable<Generation["modelParameters"]> {
  const kept: NonNullable<Generation["modelParameters"]> = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (name === "tools" || name === "functions" || name === "__proto__") continue;
    if (value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) {
      kept[name] = value as string | number | boolean | null;
    } else {
      const text: string | undefined = JSON.stringify(value);
      if (text !== undefined) kept[name] = text;
    }
  }
  return kept;
}

function metadataOf(payload: StandardLoggingPayload): Members {
  const { waybill } = payload as { waybill?: unknown };
  return {
    provider: payload.custom_llm_provider ?? null,
    api_base: payload.api_base ?? null,
    requester_metadata: payload.metadata?.requester_metadata ?? {},
    ...(isWaybill(waybill)
      ? {
          cost_status: waybill.cost.status,
          ...(typeof waybill.cost.exact === "string" ? { cost_exact: waybill.cost.exact } : {}),
          usage_source: waybill.usageSource,
          stream_status: waybill.status,
          ...(Array.isArray(waybill.diagnostics) && waybill.diagnostics.length > 0
            ? { diagnostics: waybill.diagnostics.map(({ code }) => code) }
            : {}),
        }
      : {}),
  };
}
