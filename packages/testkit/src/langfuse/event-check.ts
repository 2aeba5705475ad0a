type Members = Record<string, unknown>;

const types = new Set([
  "trace-create",
  "generation-create",
  "generation-update",
  "span-create",
  "span-update",
  "event-create",
  "score-create",
  "sdk-log",
]);
const levels = new Set(["DEBUG", "DEFAULT", "WARNING", "ERROR"]);
const datetime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * What Langfuse's server refuses an event for, or undefined. Written from the server's rules and not from Waybill's own
 * schema, so that a mistake in one is not hidden by the other.
 */
export function refusalOf(event: unknown): string | undefined {
  if (!isObject(event)) return "expected an object";
  const { id, timestamp, type, body } = event;
  if (typeof id !== "string" || id.length < 1 || id.length > 800) return "id: expected 1 to 800 characters";
  if (!isDatetime(timestamp)) return "timestamp: expected an ISO 8601 time with a zone";
  if (typeof type !== "string" || !types.has(type)) return `type: ${JSON.stringify(type)} is not known`;
  if (!isObject(body)) return "body: expected an object";
  return type === "sdk-log" ? undefined : refusalOfBody(body);
}

function refusalOfBody(body: Members): string | undefined {
  for (const name of ["id", "traceId"]) {
    const value = body[name];
    if (value !== undefined && value !== null && (typeof value !== "string" || value === "")) {
      return `body.${name}: expected a string`;
    }
  }
  for (const name of ["timestamp", "startTime", "endTime", "completionStartTime"]) {
    const value = body[name];
    if (value !== undefined && value !== null && !isDatetime(value))
      return `body.${name}: expected an ISO 8601 time`;
  }
  const { level, name, modelParameters: parameters } = body;
  if (level !== undefined && level !== null && !levels.has(level as string)) {
    return "body.level: expected one of DEBUG, DEFAULT, WARNING, ERROR";
  }
  if (typeof name === "string" && name.length > 1000) return "body.name: longer than 1000 characters";
  if (isObject(parameters) && !Object.values(parameters).every(isParameter)) {
    return "body.modelParameters: nested values are not allowed";
  }
  return undefined;
}

function isParameter(value: unknown): boolean {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return true;
  const members = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [undefined];
  return members.every((member) => typeof member === "string");
}

function isDatetime(value: unknown): boolean {
  return typeof value === "string" && datetime.test(value) && !Number.isNaN(Date.parse(value));
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
