import {
  contentText,
  isMembers,
  membersOf,
  metadataTexts,
  parseJson,
  textOf,
  type Members,
} from "./members.js";
import { environmentOf, isoOf, priced } from "./observation.js";
import type { StoredRow } from "./store.js";
import { genericUsageOf, usageDetailsOf, withTotal } from "./usage.js";

/* How the server reads spans. Written from its rules, not from Waybill's mapping. */

/** Thrown for a body of which the server refuses the whole. */
export class ExportRefusal extends Error {}

/** The rows of a body of `POST /v1/traces`. Throws an ExportRefusal when anything in it is not as it must be. */
export function readExport(body: unknown, isLate: boolean): StoredRow[] {
  const bad: string[] = [];
  const rows = listOf(membersOf(body).resourceSpans, "resourceSpans").flatMap((each) => {
    const { resource, scopeSpans } = membersOf(each);
    const resourceAttributes = plain(membersOf(resource).attributes, "resource.attributes");
    return listOf(scopeSpans, "scopeSpans").flatMap((one) => {
      const { scope, spans } = membersOf(one);
      plain(membersOf(scope).attributes, "scope.attributes");
      return listOf(spans, "spans").map((span) => {
        const members = membersOf(span);
        bad.push(...problemsOf(members));
        for (const event of listOf(members.events, "events"))
          plain(membersOf(event).attributes, "event.attributes");
        return rowOf(members, resourceAttributes, membersOf(scope), isLate);
      });
    });
  });
  if (bad.length > 0) {
    const spans = `${bad.length} of ${rows.length} span(s) have no valid id (${bad.slice(0, 5).join(", ")})`;
    throw new ExportRefusal(
      `Invalid OTLP trace export: ${spans}. The entire export was rejected and no spans were ingested.`,
    );
  }
  return rows;
}

function problemsOf({ traceId, spanId, parentSpanId }: Members): string[] {
  const problem = [
    ["traceId", traceId],
    ["spanId", spanId],
    ...(parentSpanId ? [["parentSpanId", parentSpanId] as const] : []),
  ].find(([, id]) => typeof id !== "string" || id === "");
  return problem ? [`${String(problem[0])}:${problem[1] === undefined ? "absent" : typeof problem[1]}`] : [];
}

/** Not being a list where there must be one refuses the whole export. */
function listOf(value: unknown, name: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new ExportRefusal(`Invalid OTLP trace export: ${name} is not an array`);
  return value as unknown[];
}

function plain(attributes: unknown, name: string): Members {
  const entries = listOf(attributes, name).map((attribute): [string, unknown] => {
    const { key, value } = membersOf(attribute);
    return [String(key), valueOf(value)];
  });
  // Prototype keys are blocked.
  return Object.fromEntries(entries.filter(([key]) => !/^(?:__proto__|constructor|prototype)$/.test(key)));
}

function valueOf(value: unknown): unknown {
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue } = membersOf(value);
  if (intValue !== undefined) return Number(intValue);
  if (arrayValue !== undefined) {
    const { values } = membersOf(arrayValue);
    return (Array.isArray(values) ? (values as unknown[]) : []).map(valueOf);
  }
  // Structured values are stored as raw OTLP.
  return (
    stringValue ?? boolValue ?? doubleValue ?? (kvlistValue === undefined ? undefined : JSON.stringify(value))
  );
}

const modelKeys = [
  "langfuse.observation.model.name",
  "gen_ai.response.model",
  "ai.model.id",
  "gen_ai.request.model",
  "llm.response.model",
  "llm.model_name",
  "model",
];

const operations: Record<string, string> = {
  chat: "GENERATION",
  completion: "GENERATION",
  text_completion: "GENERATION",
  generate_content: "GENERATION",
  generate: "GENERATION",
  embeddings: "EMBEDDING",
  invoke_agent: "AGENT",
  create_agent: "AGENT",
  execute_tool: "TOOL",
};

const types = new Set(
  "span generation event embedding agent tool chain retriever guardrail evaluator".split(" "),
);

const levels: Record<string, string> = {
  trace: "DEBUG",
  verbose: "DEBUG",
  debug: "DEBUG",
  default: "DEFAULT",
  info: "DEFAULT",
  log: "DEFAULT",
  notice: "DEFAULT",
  ok: "DEFAULT",
  success: "DEFAULT",
  warn: "WARNING",
  warning: "WARNING",
  error: "ERROR",
  fatal: "ERROR",
  critical: "ERROR",
};

function rowOf(span: Members, resource: Members, scope: Members, isLate: boolean): StoredRow {
  const attributes = plain(span.attributes, "attributes");
  const text = (...keys: string[]) => textOf(...keys.map((key) => attributes[key]));
  const operation = text("gen_ai.operation.name");
  // Of what wraps others, these would count twice.
  const isWrapping = operation === "invoke_agent" || operation === "agent_step";
  const { code } = membersOf(span.status);
  const [start, end] = timesOf(span);
  const stated = text("langfuse.observation.level")?.toLowerCase() ?? "";
  return {
    isLate,
    ...priced({
      id: String(span.spanId),
      traceId: String(span.traceId),
      parentObservationId: textOf(span.parentSpanId),
      type: typeOf(attributes, operation),
      name: text("gen_ai.tool.name") ?? textOf(span.name),
      startTime: start,
      endTime: end,
      completionStartTime: isoOf(attributes["langfuse.observation.completion_start_time"]),
      model: isWrapping ? undefined : text(...modelKeys),
      modelParameters: parametersOf(attributes),
      ...contentOf(attributes, span),
      level: levels[stated] ?? (code === 2 ? "ERROR" : "DEFAULT"),
      statusMessage: text("langfuse.observation.status_message") ?? textOf(membersOf(span.status).message),
      usageDetails: isWrapping ? {} : usageOf(attributes),
      costDetails: isWrapping ? {} : costOf(attributes),
      metadata: metadataOf(attributes, resource, scope),
      environment: environmentOf(
        attributes["langfuse.environment"] ??
          resource["langfuse.environment"] ??
          resource["deployment.environment.name"] ??
          "default",
      ),
      version: text("langfuse.version") ?? textOf(resource["service.version"]),
      traceName: text("langfuse.trace.name"),
      userId: text("langfuse.user.id", "user.id"),
      sessionId: text("langfuse.session.id", "session.id", "gen_ai.conversation.id"),
      tags: tagsOf(attributes["langfuse.trace.tags"]),
      release: text("langfuse.release") ?? textOf(resource["langfuse.release"]),
    }),
  };
}

/** One missing edge takes the other's value. Nanoseconds are cut to milliseconds. */
function timesOf({ startTimeUnixNano, endTimeUnixNano }: Members): [string | undefined, string | undefined] {
  const [start, end] = [startTimeUnixNano, endTimeUnixNano].map((value) =>
    /^[0-9]{1,20}$/.test(String(value))
      ? new Date(Number(BigInt(String(value)) / 1_000_000n)).toISOString()
      : undefined,
  );
  return [start ?? end, end ?? start];
}

function typeOf(attributes: Members, operation: string | undefined): string {
  const own = textOf(attributes["langfuse.observation.type"])?.toLowerCase();
  if (own !== undefined && types.has(own)) return own.toUpperCase();
  const byOperation = operation === undefined ? undefined : operations[operation];
  if (byOperation !== undefined) return byOperation;
  if (attributes["gen_ai.tool.name"] !== undefined || attributes["gen_ai.tool.call.id"] !== undefined)
    return "TOOL";
  return modelKeys.some((key) => attributes[key] !== undefined) ? "GENERATION" : "SPAN";
}

function parametersOf(attributes: Members): Members {
  const whole = parseJson(attributes["langfuse.observation.model.parameters"]);
  if (isMembers(whole)) return whole;
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([key, value]) => {
      const name = /^gen_ai\.request\.(.+)$/.exec(key)?.[1];
      if (name === undefined || name === "model") return [];
      return [[name, typeof value === "string" || typeof value === "number" ? value : JSON.stringify(value)]];
    }),
  );
}

/** The first source that has an input or an output wins both; events of a span come before most attributes. */
function contentOf(
  attributes: Members,
  span: Members,
): { input: string | undefined; output: string | undefined } {
  const pairs: (readonly [unknown, unknown])[] = [
    [attributes["langfuse.observation.input"], attributes["langfuse.observation.output"]],
    ...(Array.isArray(span.events) ? (span.events as unknown[]) : [])
      .map(membersOf)
      .filter(({ name }) => name === "gen_ai.client.inference.operation.details")
      .map((event) => plain(event.attributes, "event.attributes"))
      .map((members) => [members["gen_ai.input.messages"], members["gen_ai.output.messages"]] as const),
    [attributes["input.value"], attributes["output.value"]],
    [attributes.input, attributes.output],
    [attributes["gen_ai.input.messages"], attributes["gen_ai.output.messages"]],
  ];
  const [input, output] = pairs.find(([asked, said]) => asked || said) ?? [];
  return { input: contentText(input), output: contentText(output) };
}

function usageOf(attributes: Members): Record<string, number> {
  const whole = usageDetailsOf(parseJson(attributes["langfuse.observation.usage_details"]));
  return whole ? withTotal(whole) : (genericUsageOf(attributes) ?? {});
}

/** Costs are not checked on this way: what is given is kept. */
function costOf(attributes: Members): Record<string, number> {
  const whole = parseJson(attributes["langfuse.observation.cost_details"]);
  if (isMembers(whole) && Object.keys(whole).length > 0) return whole as Record<string, number>;
  const total = attributes["gen_ai.usage.cost"] ?? attributes["llm.cost.total"];
  return typeof total === "number" ? { total } : {};
}

const contentKeys = new Set([
  "langfuse.observation.input",
  "langfuse.observation.output",
  "gen_ai.input.messages",
  "gen_ai.output.messages",
]);

/** The metadata of the observation and of its trace; every attribute that is no content comes along as text. */
function metadataOf(attributes: Members, resource: Members, scope: Members): Record<string, string> {
  const own: Members = {};
  for (const place of ["langfuse.trace.metadata", "langfuse.observation.metadata"]) {
    const whole = parseJson(attributes[place]);
    if (isMembers(whole)) Object.assign(own, whole);
    for (const [key, value] of Object.entries(attributes))
      if (key.startsWith(`${place}.`)) own[key.slice(place.length + 1)] = value;
  }
  const rest = Object.entries(attributes).filter(
    ([key]) => !contentKeys.has(key) && !key.includes(".metadata"),
  );
  const { name, version } = scope;
  return metadataTexts({
    ...own,
    attributes: Object.fromEntries(rest),
    resourceAttributes: resource,
    scope: { name, version },
  });
}

function tagsOf(value: unknown): string[] {
  const list = typeof value === "string" ? (parseJson(value) ?? value.split(",")) : value;
  return Array.isArray(list) ? list.filter((tag): tag is string => typeof tag === "string") : [];
}
