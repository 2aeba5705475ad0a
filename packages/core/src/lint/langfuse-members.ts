/*
 * The members that a Langfuse server reads, by event. All others it strips in silence, so a misspelt name is lost data.
 */

const shared = ["id", "name", "environment", "metadata", "input", "output", "version"];
const event = [...shared, "traceId", "startTime", "level", "statusMessage", "parentObservationId"];
const span = [...event, "endTime"];
const generation = [
  ...span,
  "completionStartTime",
  "model",
  "modelParameters",
  "usage",
  "usageDetails",
  "costDetails",
  "promptName",
  "promptVersion",
];
const trace = [...shared, "timestamp", "externalId", "sessionId", "userId", "release", "public", "tags"];
const score = [
  "id",
  "traceId",
  "sessionId",
  "datasetRunId",
  "observationId",
  "name",
  "value",
  "dataType",
  "comment",
  "metadata",
  "environment",
  "configId",
  "queueId",
  "source",
  "executionTraceId",
];

/** The members of an event around its body. */
export const envelopeMembers: ReadonlySet<string> = new Set(["id", "timestamp", "type", "body", "metadata"]);

const members: Record<string, readonly string[]> = {
  "trace-create": trace,
  "event-create": event,
  "span-create": span,
  "span-update": span,
  "score-create": score,
  "observation-create": [...generation, "type"],
  "observation-update": [...generation, "type"],
};

/** The members of a body that the server reads; undefined for events whose body is free. */
export function bodyMembers(type: string): ReadonlySet<string> | undefined {
  if (type === "sdk-log") return undefined;
  return new Set(Object.hasOwn(members, type) ? members[type] : generation);
}

/** The members of the legacy usage object. */
export const usageMembers: ReadonlySet<string> = new Set([
  "input",
  "output",
  "total",
  "unit",
  "inputCost",
  "outputCost",
  "totalCost",
  "promptTokens",
  "completionTokens",
  "totalTokens",
]);
