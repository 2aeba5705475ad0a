import type { LangfuseBatchEmit, StandardLoggingPayload, StandardLoggingPayloadEmit } from "@waybill/core";

import { toIsoTime } from "./time.js";
import { detailsOf } from "./usage-details.js";
import { version } from "./version.js";

type Event = LangfuseBatchEmit["batch"][number];
type Trace = Extract<Event, { type: "trace-create" }>["body"];
type Generation = Extract<Event, { type: "generation-create" }>["body"];
type Members = Record<string, unknown>;

export type MappingOptions = {
  /** Langfuse environment, e.g. "production": lower-case letters, digits, hyphens and underscores. */
  environment?: string;
  /** Release of the application. */
  release?: string;
};

/**
 * Maps payloads to the body of Langfuse's batch ingestion: for each a trace and one complete generation. Pure: equal
 * payloads give equal events, ids included, so that sending them twice stores them once.
 */
export function toLangfuseBatch(
  payloads: readonly StandardLoggingPayload[],
  options: MappingOptions = {},
): LangfuseBatchEmit {
  const batch = payloads.flatMap((payload) => toEvents(payload, options));
  return { batch, metadata: { batch_size: batch.length, sdk_name: "waybill", sdk_version: version } };
}

/** The events of one payload. */
export function toEvents(payload: StandardLoggingPayload, options: MappingOptions): Event[] {
  const id = idOf(payload.id ?? payload.litellm_call_id ?? "unknown");
  const traceId = idOf(payload.trace_id ?? id);
  const start = timeOf(payload.startTime);
  const timestamp = timeOf(payload.endTime ?? payload.startTime);
  const io = { ...inputOf(payload), ...outputOf(payload) };
  const name = `litellm-${payload.call_type || "completion"}`;
  const shared = { name, ...io, ...(options.environment ? { environment: options.environment } : {}) };
  const trace: Trace = {
    id: traceId,
    timestamp: start,
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
    startTime: start,
    ...(payload.endTime === undefined || payload.endTime === null
      ? {}
      : { endTime: timeOf(payload.endTime) }),
    ...completionStart(payload),
    ...(payload.model ? { model: payload.model } : {}),
    modelParameters: scalars(payload.model_parameters ?? {}),
    ...(usage ? { usageDetails: usage } : {}),
    ...(cost ? { costDetails: cost } : {}),
    level: isFailure ? "ERROR" : "DEFAULT",
    ...(isFailure && payload.error_str ? { statusMessage: payload.error_str } : {}),
    metadata: metadataOf(payload),
  };
  return [
    { id: `${id}:trace`, timestamp, type: "trace-create", body: trace },
    { id: `${id}:generation`, timestamp, type: "generation-create", body: generation },
  ];
}

/** Ids of Langfuse: at most 800 characters, no carriage return. Room is left for the event's suffix. */
function idOf(id: string): string {
  return id.replaceAll("\r", " ").slice(0, 780) || "unknown";
}

function timeOf(time: number | string | null | undefined): string {
  // A payload without a time is still a record; the epoch shows that the time is unknown.
  return toIsoTime(time ?? 0) ?? "1970-01-01T00:00:00.000000Z";
}

/** The first token's time, unless it is only the end again: a server would show it as time to first token. */
function completionStart({ stream, completionStartTime, endTime }: StandardLoggingPayload): Members {
  if (!stream || completionStartTime === null || completionStartTime === undefined) return {};
  return completionStartTime === endTime ? {} : { completionStartTime: timeOf(completionStartTime) };
}

function inputOf({ messages, model_parameters: parameters }: StandardLoggingPayload): { input?: unknown } {
  if (messages === null || messages === undefined) return {};
  const { tools, functions } = parameters ?? {};
  return { input: { messages, ...(functions ? { functions } : {}), ...(tools ? { tools } : {}) } };
}

/** The first choice's message, or the text of a text completion. */
function outputOf({ response }: StandardLoggingPayload): { output?: unknown } {
  if (typeof response === "string") return { output: response };
  if (typeof response !== "object" || response === null || Array.isArray(response)) return {};
  const { choices }: Members = response;
  const [first] = Array.isArray(choices) ? (choices as Members[]) : [];
  const output = first?.message ?? first?.text;
  return output === undefined || output === null ? {} : { output };
}

/** The server refuses a generation whose parameters are nested, so everything but scalars becomes JSON text. */
function scalars(parameters: Members): NonNullable<Generation["modelParameters"]> {
  const kept: NonNullable<Generation["modelParameters"]> = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (name === "tools" || name === "functions" || value === undefined || name === "__proto__") continue;
    const isScalar = value === null || ["string", "number", "boolean"].includes(typeof value);
    kept[name] = isScalar ? (value as string | number | boolean | null) : JSON.stringify(value);
  }
  return kept;
}

function metadataOf(payload: StandardLoggingPayload): Members {
  const { waybill } = payload as Partial<StandardLoggingPayloadEmit>;
  return {
    provider: payload.custom_llm_provider ?? null,
    api_base: payload.api_base ?? null,
    requester_metadata: payload.metadata?.requester_metadata ?? {},
    ...(waybill
      ? {
          cost_status: waybill.cost.status,
          ...(waybill.cost.exact === null ? {} : { cost_exact: waybill.cost.exact }),
          usage_source: waybill.usageSource,
          stream_status: waybill.status,
          ...(waybill.diagnostics.length > 0
            ? { diagnostics: waybill.diagnostics.map(({ code }) => code) }
            : {}),
        }
      : {}),
  };
}
