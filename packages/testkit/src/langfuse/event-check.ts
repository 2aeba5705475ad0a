import { isMembers, type Members } from "./members.js";

const generations = [
  "generation",
  "agent",
  "tool",
  "chain",
  "retriever",
  "evaluator",
  "embedding",
  "guardrail",
];
const types = new Set([
  "trace-create",
  "span-create",
  "span-update",
  "generation-update",
  "event-create",
  "score-create",
  "sdk-log",
  "observation-create",
  "observation-update",
  ...generations.map((kind) => `${kind}-create`),
]);
const levels = new Set(["DEBUG", "DEFAULT", "WARNING", "ERROR"]);
const units = new Set(["CHARACTERS", "TOKENS", "SECONDS", "MILLISECONDS", "IMAGES", "REQUESTS"]);
const datetime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * What Langfuse's server refuses an event for, or undefined. Written from the server's rules and not from Waybill's own
 * schema, so that a mistake in one is not hidden by the other. `isStrict` is the rule for environments of older servers.
 */
export function refusalOf(event: unknown, isStrict = false): string | undefined {
  if (!isMembers(event)) return "expected an object";
  const { id, timestamp, type, body } = event;
  if (!isId(id)) return "id: expected 1 to 800 characters without a carriage return";
  if (!isDatetime(timestamp)) return "timestamp: expected an ISO 8601 time with a zone";
  if (typeof type !== "string" || !types.has(type)) return `type: ${JSON.stringify(type)} is not known`;
  if (!isMembers(body)) return "body: expected an object";
  if (type === "sdk-log")
    return body.log === undefined || body.log === null ? "body.log: expected JSON" : undefined;
  if (type === "score-create") return refusalOfScore(body);
  const isObservation = type.startsWith("observation-");
  if (isObservation && !["GENERATION", "SPAN", "EVENT"].includes(String(body.type))) {
    return "body.type: expected GENERATION, SPAN or EVENT";
  }
  const isGeneration = isObservation || generations.some((kind) => type.startsWith(`${kind}-`));
  return (
    refusalOfBody(body, isStrict) ??
    (type === "event-create" && !isId(body.id) ? "body.id: expected a string" : undefined) ??
    (type === "trace-create" ? refusalOfTrace(body) : undefined) ??
    (isGeneration ? refusalOfGeneration(body) : undefined)
  );
}

function refusalOfBody(body: Members, isStrict: boolean): string | undefined {
  for (const name of ["id", "traceId"]) {
    if (isGiven(body[name]) && !isId(body[name])) return `body.${name}: expected a string`;
  }
  for (const name of ["timestamp", "startTime", "endTime", "completionStartTime"]) {
    if (isGiven(body[name]) && !isDatetime(body[name])) return `body.${name}: expected an ISO 8601 time`;
  }
  for (const name of [
    "name",
    "userId",
    "sessionId",
    "release",
    "version",
    "statusMessage",
    "parentObservationId",
  ]) {
    if (isGiven(body[name]) && typeof body[name] !== "string") return `body.${name}: expected a string`;
  }
  const { level, environment } = body;
  if (isGiven(level) && !levels.has(level as string)) {
    return "body.level: expected one of DEBUG, DEFAULT, WARNING, ERROR";
  }
  const isKept = typeof environment === "string" && /^(?!langfuse)[a-z0-9-_]{1,40}$/.test(environment);
  return isStrict && isGiven(environment) && !isKept
    ? "body.environment: expected a-z, 0-9, - and _"
    : undefined;
}

function refusalOfTrace({ name, public: isPublic, tags }: Members): string | undefined {
  if (typeof name === "string" && name.length > 1000) return "body.name: longer than 1000 characters";
  if (isGiven(isPublic) && typeof isPublic !== "boolean") return "body.public: expected a boolean";
  const isList = Array.isArray(tags) && tags.every((tag) => typeof tag === "string");
  return isGiven(tags) && !isList ? "body.tags: expected strings" : undefined;
}

function refusalOfGeneration(body: Members): string | undefined {
  const { modelParameters: parameters, usage, usageDetails, costDetails, promptName, promptVersion } = body;
  if (isGiven(body.model) && typeof body.model !== "string") return "body.model: expected a string";
  if (isGiven(parameters) && !(isMembers(parameters) && Object.values(parameters).every(isParameter))) {
    return "body.modelParameters: nested values are not allowed";
  }
  for (const [name, value] of Object.entries({ usage, usageDetails, costDetails })) {
    if (isGiven(value) && !isMembers(value)) return `body.${name}: expected an object`;
  }
  if (isMembers(usage)) {
    const counts = ["input", "output", "total", "promptTokens", "completionTokens", "totalTokens"];
    const costs = ["inputCost", "outputCost", "totalCost"];
    const bad =
      counts.find((name) => isGiven(usage[name]) && !Number.isInteger(usage[name])) ??
      costs.find((name) => isGiven(usage[name]) && typeof usage[name] !== "number");
    if (bad !== undefined) return `body.usage.${bad}: expected a number`;
    if (isGiven(usage.unit) && !units.has(usage.unit as string)) return "body.usage.unit: is not known";
  }
  if (isGiven(promptVersion) && !Number.isInteger(promptVersion))
    return "body.promptVersion: expected an integer";
  // A version of 0 counts as unset.
  return Boolean(promptName) === Boolean(promptVersion) ? undefined : "body.promptName: needs promptVersion";
}

function refusalOfScore({
  name,
  value,
  dataType,
  traceId,
  sessionId,
  datasetRunId,
}: Members): string | undefined {
  if (typeof name !== "string" || name === "") return "body.name: expected a name";
  const targets = [traceId, sessionId, datasetRunId].filter(isGiven);
  if (targets.length !== 1) return "body: expected one of traceId, sessionId and datasetRunId";
  if (typeof value !== "number" && typeof value !== "string")
    return "body.value: expected a number or a string";
  if (dataType === "NUMERIC" && typeof value !== "number") return "body.value: expected a number";
  if (dataType === "CATEGORICAL" && typeof value !== "string") return "body.value: expected a string";
  return dataType === "BOOLEAN" && value !== 0 && value !== 1 ? "body.value: expected 0 or 1" : undefined;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isId(value: unknown): boolean {
  return typeof value === "string" && value.length >= 1 && value.length <= 800 && !value.includes("\r");
}

function isParameter(value: unknown): boolean {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return true;
  const members = Array.isArray(value) ? value : isMembers(value) ? Object.values(value) : [undefined];
  return members.every((member) => typeof member === "string");
}

function isDatetime(value: unknown): boolean {
  return typeof value === "string" && datetime.test(value) && !Number.isNaN(Date.parse(value));
}
