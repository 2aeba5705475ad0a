import type { LangfuseBatch, LangfuseBatchEmit, StandardLoggingPayload } from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";
import { parentOf, readCall, toSpanId, toTraceId } from "@waybill/exporter-otlp";

import { eventId } from "./event-id.js";
import { toIsoTime } from "./iso-time.js";
import { toLitellmEvents, litellmMetadata, type LitellmOptions } from "./litellm.js";
import { textOf, withoutUndefined } from "./members.js";
import { toObservation } from "./observation.js";
import {
  callIdOf,
  checkMappingOptions,
  traceText,
  type BatchOptions,
  type MappingOptions,
} from "./options.js";
import { version } from "./version.js";

/** An event that Waybill writes. */
export type Event = LangfuseBatchEmit["batch"][number];

/**
 * Maps payloads to the body of Langfuse's batch ingestion: for each a trace and one complete generation. Pure: equal
 * payloads give equal events, ids and times included, so that sending them twice stores them once. With `compat: "litellm"`
 * the events are those that LiteLLM sends.
 * @throws WaybillError `bad-option` for an environment that the server would not keep
 */
export function toLangfuseBatch(
  payloads: readonly StandardLoggingPayload[],
  options: LitellmOptions & BatchOptions,
): LangfuseBatch;
export function toLangfuseBatch(
  payloads: readonly StandardLoggingPayload[],
  options?: BatchOptions & { compat?: undefined },
): LangfuseBatchEmit;
export function toLangfuseBatch(
  payloads: readonly StandardLoggingPayload[],
  options: BatchOptions & (LitellmOptions | { compat?: undefined }) = {},
): LangfuseBatch {
  checkMappingOptions(options);
  const batch = payloads.flatMap((payload, index) => {
    try {
      return options.compat ? toLitellmEvents(payload, options) : toEvents(payload, options);
    } catch (error) {
      options.onUnmappable?.(index, wordsOf(error));
      return [];
    }
  });
  const metadata = options.compat ? litellmMetadata(batch.length, options) : sdkMetadata(batch.length);
  return { batch, metadata } as LangfuseBatch;
}

/** What a batch says about its sender. */
export function sdkMetadata(events: number): NonNullable<LangfuseBatchEmit["metadata"]> {
  return { batch_size: events, sdk_name: "waybill", sdk_version: version };
}

/**
 * The events of one payload. The ids are those of the span that the payload is over OTLP.
 * @throws TypeError when the payload has no id; what its getters throw
 */
export function toEvents(
  payload: StandardLoggingPayload,
  options: MappingOptions = {},
  withContent = true,
): Event[] {
  const callId = callIdOf(payload);
  const call = readCall(payload);
  const parent = parentOf(call.waybill.traceparent);
  const traceId = parent?.traceId ?? toTraceId(textOf(payload.trace_id) ?? callId);
  const observation = toObservation(payload, call, options, withContent);
  const { start, end, traceName, userId, sessionId, tags, name, input, output, ...rest } = observation;
  const startTime = toIsoTime(start);
  const endTime = toIsoTime(end);
  const shared = withoutUndefined({ input, output, environment: options.environment });
  const appVersion = traceText(options.version);
  const envelope = (type: Event["type"]) => ({
    id: eventId(callId, "langfuse", type),
    timestamp: endTime,
  });
  return [
    {
      ...envelope("trace-create"),
      type: "trace-create",
      body: withoutUndefined({
        id: traceId,
        timestamp: startTime,
        name: traceName,
        userId,
        sessionId,
        release: traceText(options.release),
        version: appVersion,
        tags,
        ...shared,
      }),
    },
    {
      ...envelope("generation-create"),
      type: "generation-create",
      body: withoutUndefined({
        id: toSpanId(callId),
        traceId,
        parentObservationId: parent?.spanId,
        name: name.slice(0, 1000),
        startTime,
        endTime,
        version: appVersion,
        ...rest,
        ...shared,
      }),
    },
  ];
}
