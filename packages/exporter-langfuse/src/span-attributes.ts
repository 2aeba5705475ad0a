import type { StandardLoggingPayload } from "@waybill/core";
import type { Attributes, Call } from "@waybill/exporter-otlp";
import { toJson } from "@waybill/exporter-otlp/http";

import { toObservation } from "./observation.js";
import { traceText, type MappingOptions } from "./options.js";

/** What Langfuse takes for a span around other spans: it ignores the model, the tokens and the cost of one. */
const wrapping = /^(?:invoke_agent|agent_step)$/;

/**
 * The attributes that Langfuse reads of a span, beside those of the conventions. Objects are JSON text, as it wants them;
 * usage and cost are Langfuse's own buckets, which win over the conventions' inclusive counts. What stands on the trace
 * stands on every span, since that is where it is read.
 */
export function toLangfuseAttributes(
  payload: StandardLoggingPayload,
  call: Call,
  options: MappingOptions = {},
  withContent = true,
): Attributes {
  const observation = toObservation(payload, call, options, withContent);
  const json = (value: unknown) => (value === undefined ? undefined : toJson(value));
  return {
    ...(wrapping.test(call.operation) ? { "gen_ai.operation.name": "chat" } : {}),
    "langfuse.observation.type": "generation",
    "langfuse.observation.level": observation.level,
    "langfuse.observation.status_message": observation.statusMessage,
    "langfuse.observation.model.parameters": toJson(observation.modelParameters),
    "langfuse.observation.usage_details": json(observation.usageDetails),
    "langfuse.observation.cost_details": json(observation.costDetails),
    "langfuse.observation.completion_start_time": observation.completionStartTime,
    "langfuse.observation.input": json(observation.input),
    "langfuse.observation.output": json(observation.output),
    "langfuse.observation.metadata": toJson(observation.metadata),
    "langfuse.trace.name": observation.traceName,
    "langfuse.trace.tags": observation.tags,
    "user.id": observation.userId,
    "session.id": observation.sessionId,
    "langfuse.environment": options.environment,
    "langfuse.release": traceText(options.release),
    "langfuse.version": traceText(options.version),
    "langfuse.internal.is_app_root": true,
  };
}
