import type { StandardLoggingPayload } from "@waybill/core";
import { toNanoseconds, type Call } from "@waybill/exporter-otlp";

import { contentOf } from "./content.js";
import { toIsoTime, toMilliseconds } from "./iso-time.js";
import { listOf, membersOf, textOf } from "./members.js";
import { metadataOf } from "./metadata.js";
import { traceText, type MappingOptions } from "./options.js";
import { parametersOf } from "./parameters.js";
import { detailsOf } from "./usage-details.js";

/** A call as Langfuse has it, whichever way it goes there; what is undefined is unknown. Ids and names are the span's. */
export type Observation = {
  /** Epoch nanoseconds; the end is not before the start. */
  start: bigint;
  end: bigint;
  /** ISO 8601; inside of the call, and before its end. */
  completionStartTime: string | undefined;
  model: string | undefined;
  modelParameters: Record<string, string | number | boolean>;
  usageDetails: Record<string, number> | undefined;
  costDetails: Record<string, number> | undefined;
  level: "DEFAULT" | "WARNING" | "ERROR";
  statusMessage: string | undefined;
  input?: unknown;
  output?: unknown;
  metadata: Record<string, unknown>;
  name: string;
  /** What stands on the trace, at most 200 characters each. */
  traceName: string;
  userId: string | undefined;
  sessionId: string | undefined;
  tags: string[];
};

/** Reads a payload for both forms, so that they cannot differ. */
export function toObservation(
  payload: StandardLoggingPayload,
  call: Call,
  options: MappingOptions,
  withContent: boolean,
): Observation {
  const { content: isWanted = true, maxContent = 400_000 } = options;
  const isTold = isWanted && withContent;
  const content = isTold ? contentOf(payload, maxContent) : { isCut: false };
  const start = call.start ?? call.end ?? 0n;
  const end = call.end !== undefined && call.end > start ? call.end : start;
  const level = levelOf(payload, call);
  const { usage, cost } = detailsOf(payload, call);
  const isSuppressed = options.suppressServerEstimate && !usage && level !== "ERROR";
  const parameters = membersOf(payload.model_parameters);
  const modelParameters = parametersOf(parameters);
  const metadata = membersOf(payload.metadata);
  const spendLogs = membersOf(metadata.spend_logs_metadata);
  const { trace_name: traceName } = membersOf(metadata.requester_metadata);
  const { operation } = call;
  return {
    start,
    end,
    completionStartTime: firstTokenOf(payload, start, end),
    model: textOf(call.response.model) ?? call.model,
    modelParameters,
    usageDetails: usage,
    costDetails: cost ?? (isSuppressed ? { total: 0 } : undefined),
    level,
    statusMessage: statusOf(payload, call, level, isTold),
    ...(content?.input === undefined ? {} : { input: content.input }),
    ...(content?.output === undefined ? {} : { output: content.output }),
    metadata: metadataOf(payload, call, {
      usage,
      losses: [(isWanted && !withContent) || !content ? "content" : "", content?.isCut ? "content_cut" : ""],
    }),
    name: call.model ? `${operation} ${call.model}` : operation,
    traceName: traceText(textOf(traceName)) ?? traceText(operation) ?? "call",
    userId: traceText(textOf(payload.end_user, metadata.user_api_key_end_user_id)),
    sessionId: traceText(textOf(payload.session_id, metadata.session_id, spendLogs.session_id)),
    tags: tagsOf(payload.request_tags),
  };
}

/**
 * The first token of a stream, where it can be: outside of the call it is none, and one that is the end again, as LiteLLM
 * writes it when it saw no token, would show the whole latency as time to the first token.
 */
function firstTokenOf(
  { stream, completionStartTime }: StandardLoggingPayload,
  start: bigint,
  end: bigint,
): string | undefined {
  const first = stream ? toNanoseconds(completionStartTime) : undefined;
  if (first === undefined || first < start || toMilliseconds(first) >= toMilliseconds(end)) return undefined;
  return toIsoTime(first);
}

function levelOf({ status }: StandardLoggingPayload, { waybill }: Call): Observation["level"] {
  if (status === "failure") return "ERROR";
  return waybill.status === "incomplete" ? "WARNING" : "DEFAULT";
}

/** What went wrong: in the provider's words only with content, since they may quote the prompt. */
function statusOf(
  payload: StandardLoggingPayload,
  { errorType }: Call,
  level: Observation["level"],
  isTold: boolean,
): string | undefined {
  if (level === "WARNING") return "the answer was cut short";
  if (level === "DEFAULT") return undefined;
  const { error_class, error_message } = membersOf(payload.error_information);
  const words = isTold ? textOf(error_message, payload.error_str)?.slice(0, 4096) : undefined;
  const name = typeof error_class === "string" && /^[\w.]{1,80}$/.test(error_class) ? error_class : "";
  return words ?? [...new Set([name, errorType])].filter(Boolean).join(" ");
}

/** Tags are a set, which a batch stores in order: in order they are the same in both forms. */
export function tagsOf(tags: unknown): string[] {
  return [...new Set(listOf(tags).flatMap((tag) => traceText(textOf(tag)) ?? []))].toSorted();
}
