import type { StandardLoggingPayload } from "@waybill/core";
import { readCall, toNanoseconds } from "@waybill/exporter-otlp";

import { eventId } from "./event-id.js";
import { toIsoTime } from "./iso-time.js";
import { litellmInput, litellmOutput, masked } from "./litellm-content.js";
import { litellmGenerationMetadata } from "./litellm-metadata.js";
import { clockOf, toZonedTime } from "./litellm-time.js";
import { litellmUsage, type UsageForm } from "./litellm-usage.js";
import { isMembers, listOf, membersOf, textOf, withoutUndefined, type Members } from "./members.js";
import { callIdOf, type MappingOptions } from "./options.js";
import { isSecret } from "./parameters.js";
import { pythonText } from "./python-text.js";

/** How LiteLLM's batches are written; the defaults are those of its newest version that sent batches. */
export type LitellmOptions = MappingOptions & {
  compat: "litellm";
  /** The form of `usageDetails`, by LiteLLM's versions: see {@link UsageForm}. "disjoint" by default. */
  usageDetails?: UsageForm | undefined;
  /** Zone of a generation's times, in minutes east of UTC; 0 by default. LiteLLM writes that of its process. */
  utcOffsetMinutes?: number | undefined;
  /** Where the caller's own metadata stand: beside the rest ("top", by default), or as `requester_metadata`. */
  callerMetadata?: "top" | "requester" | undefined;
  /** Whether what is known of the caller's key goes along; true by default. */
  keyInfo?: boolean | undefined;
  /** `public_key` of the batch. */
  publicKey?: string | undefined;
  /** Version of Langfuse's Python SDK that the batch names; "2.44.1" by default. */
  sdkVersion?: string | undefined;
};

/** An event of any kind. */
export type LitellmEvent = { id: string; type: string; timestamp: string; body: Members };

/** What a batch of LiteLLM says about its sender. */
export function litellmMetadata(events: number, { publicKey, sdkVersion }: LitellmOptions): Members {
  return withoutUndefined({
    batch_size: events,
    sdk_integration: "litellm",
    sdk_name: "python",
    sdk_version: sdkVersion ?? "2.44.1",
    public_key: publicKey,
  });
}

/** The events that LiteLLM sends for one payload: a trace, a span for each guardrail, a generation. */
export function toLitellmEvents(payload: StandardLoggingPayload, options: LitellmOptions): LitellmEvent[] {
  const callId = callIdOf(payload);
  const { start: known, end: until, errorType } = readCall(payload);
  const start = known ?? until ?? 0n;
  const end = until ?? start;
  const caller = membersOf(membersOf(payload.metadata).requester_metadata);
  const response = membersOf(payload.response);
  const isFailure = payload.status === "failure";
  const error = isFailure
    ? (textOf(payload.error_str, membersOf(payload.error_information).error_message) ?? errorType)
    : undefined;
  const input = masked(caller.mask_input, options, litellmInput(payload));
  const output = masked(caller.mask_output, options, error ?? litellmOutput(payload));
  const traceId =
    textOf(caller.existing_trace_id, caller.trace_id, payload.trace_id, payload.litellm_call_id) ?? callId;
  const envelope = (kind: string, body: Members): LitellmEvent => ({
    id: eventId(callId, "langfuse", kind),
    type: kind.split(":")[0] ?? kind,
    timestamp: toIsoTime(end),
    body: withoutUndefined(body),
  });
  const zoned = (time: bigint) => toZonedTime(time, options.utcOffsetMinutes);
  const responseId = textOf(response.id);
  const firstToken = toNanoseconds(payload.completionStartTime) ?? end;
  const prompt = membersOf(caller.prompt);
  return [
    envelope(
      "trace-create",
      traceBody(payload, options, { id: traceId, caller, end, input, output, isFailure }),
    ),
    ...spanBodies(payload, traceId, zoned).map((body, index) => envelope(`span-create:${index}`, body)),
    envelope("generation-create", {
      traceId,
      name: generationName(payload, caller),
      startTime: zoned(start),
      metadata: litellmGenerationMetadata(payload, caller, options),
      input,
      output,
      level: isFailure ? "ERROR" : "DEFAULT",
      // The text of an error may quote what is masked.
      statusMessage:
        error === undefined ? undefined : (masked(caller.mask_output, options, error) ?? errorType),
      parentObservationId: textOf(caller.parent_observation_id),
      version: textOf(caller.version),
      id:
        textOf(caller.generation_id) ??
        (responseId === undefined
          ? eventId(callId, "langfuse", "generation")
          : `time-${clockOf(start, options.utcOffsetMinutes)}_${responseId}`),
      endTime: zoned(end),
      completionStartTime: zoned(firstToken),
      model: textOf(payload.model),
      modelParameters: litellmParameters(payload),
      ...litellmUsage(payload, options.usageDetails ?? "disjoint"),
      promptName: prompt.version ? textOf(prompt.name) : undefined,
      promptVersion: textOf(prompt.name) && prompt.version ? prompt.version : undefined,
    }),
  ];
}

type TraceFacts = {
  id: string;
  caller: Members;
  end: bigint;
  input: unknown;
  output: unknown;
  isFailure: boolean;
};

function traceBody(payload: StandardLoggingPayload, options: LitellmOptions, facts: TraceFacts): Members {
  const { id, caller, end, input, isFailure } = facts;
  const output = isFailure ? undefined : facts.output;
  const metadata = isMembers(caller.trace_metadata) ? caller.trace_metadata : undefined;
  if (caller.existing_trace_id) {
    // Only what is asked for is changed of a trace that is there already.
    const keys = listOf(caller.update_trace_keys);
    const all: Members = { input, output, metadata, trace_metadata: metadata };
    return {
      id,
      ...(keys.includes("input") ? { input } : {}),
      ...(keys.includes("output") ? { output } : {}),
      ...(keys.includes("trace_metadata") || keys.includes("metadata") ? { metadata: all.metadata } : {}),
    };
  }
  return {
    id,
    timestamp: toIsoTime(end),
    name: textOf(caller.trace_name) ?? litellmName(payload),
    userId: textOf(
      caller.trace_user_id,
      membersOf(payload.metadata).user_api_key_end_user_id,
      payload.end_user,
    ),
    sessionId: textOf(caller.session_id, payload.session_id),
    version: textOf(caller.trace_version, caller.version),
    release: textOf(caller.trace_release, options.release),
    metadata,
    public: typeof caller.trace_public === "boolean" ? caller.trace_public : undefined,
    input,
    output,
    tags: listOf(payload.request_tags),
  };
}

function litellmName({ call_type: type }: StandardLoggingPayload): string {
  return `litellm-${textOf(type) ?? "completion"}`;
}

function generationName(payload: StandardLoggingPayload, caller: Members): string {
  const alias = textOf(membersOf(payload.metadata).user_api_key_alias);
  return textOf(caller.generation_name) ?? (alias === undefined ? litellmName(payload) : `litellm:${alias}`);
}

/** Scalars as they are, anything else as Python writes it. */
function litellmParameters({ model_parameters: given, response }: StandardLoggingPayload): Members {
  const fingerprint = textOf(membersOf(response).system_fingerprint);
  const kept = Object.entries(membersOf(given)).filter(
    ([name]) => name !== "tools" && name !== "functions" && name !== "secret_fields" && !isSecret(name),
  );
  return {
    ...Object.fromEntries(kept.map(([name, value]) => [name, isScalar(value) ? value : pythonText(value)])),
    ...(fingerprint === undefined ? {} : { system_fingerprint: fingerprint }),
  };
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

/** A span for each guardrail that ran. */
function spanBodies(
  { guardrail_information: ran }: StandardLoggingPayload,
  traceId: string,
  zoned: (time: bigint) => string,
): Members[] {
  const entries: unknown[] = Array.isArray(ran) ? ran : [ran];
  return entries.filter(isMembers).map((entry) => {
    const [start, end] = [entry.start_time, entry.end_time].map(toNanoseconds);
    return {
      traceId,
      name: "guardrail",
      input: entry.guardrail_request ?? undefined,
      output: entry.guardrail_response ?? undefined,
      metadata: withoutUndefined({
        guardrail_name: entry.guardrail_name,
        guardrail_mode: entry.guardrail_mode,
        guardrail_masked_entity_count: entry.masked_entity_count,
      }),
      startTime: start === undefined ? undefined : zoned(start),
      endTime: end === undefined ? undefined : zoned(end),
    };
  });
}
