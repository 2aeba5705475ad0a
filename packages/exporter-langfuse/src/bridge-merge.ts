import { isMembers, listOf, membersOf, textOf, type Members } from "./members.js";

/** Something that a batch says and a span cannot, or that was decided on the way. Paths are JSON Pointers. */
export type BridgeFinding = { code: string; path: string; message: string };

/** Notes a finding. */
export type Note = (code: string, path: string, message: string) => void;

/** An entity after all of its events were merged, and where its first event stands. */
export type Entity = { id: string; kind: string; path: string; body: Members };

/** Members that the first event fixes. */
const immutable = new Set(["id", "timestamp", "startTime", "traceId", "environment"]);

/** Merges the events of each trace and each observation by the server's rules: creates first, each by their times. */
export function mergeEvents(batch: unknown, note: Note): { traces: Entity[]; observations: Entity[] } {
  const [traces, observations] = [new Map<string, Entity>(), new Map<string, Entity>()];
  const events = listOf(membersOf(batch).batch).map((value, index) => {
    const event = membersOf(value);
    const type = textOf(event.type) ?? "";
    return { event, type, path: `/batch/${index}`, time: Date.parse(String(event.timestamp)) || 0 };
  });
  const inOrder = events.toSorted(
    (left, right) =>
      Number(left.type.endsWith("-update")) - Number(right.type.endsWith("-update")) ||
      left.time - right.time,
  );
  for (const { event, type, path } of inOrder) {
    if (type === "score-create")
      note("score", path, "a score has no form in OTLP: send it to /api/public/scores");
    else if (type === "sdk-log") note("log", path, "a log line of the SDK is not stored, and is left out");
    const kind = kindOf(type, event.body);
    if (kind === undefined) {
      if (!["score-create", "sdk-log"].includes(type)) note("unknown_event", path, "is no known event");
      continue;
    }
    const body = membersOf(event.body);
    const id = textOf(body.id) ?? (kind === "trace" ? undefined : textOf(event.id));
    if (id === undefined) {
      note("missing_id", `${path}/body/id`, "without an id the server drops the event, and so does this");
      continue;
    }
    const entities = kind === "trace" ? traces : observations;
    const known = entities.get(id);
    const merged = mergeBody(known?.body, body);
    // What was a span by its update may be a generation by its create.
    entities.set(id, { id, kind: known?.kind ?? kind, path: known?.path ?? path, body: merged });
  }
  return { traces: [...traces.values()], observations: [...observations.values()] };
}

const kinds =
  /^(trace|generation|span|event|agent|tool|chain|retriever|evaluator|embedding|guardrail|observation)-(create|update)$/;

function kindOf(type: string, body: unknown): string | undefined {
  const [, kind, verb] = kinds.exec(type) ?? [];
  const isUpdate = verb === "update";
  if (kind === undefined || (isUpdate && !/^(?:generation|span|observation)$/.test(kind))) return undefined;
  if (kind !== "observation") return kind;
  const own = textOf(membersOf(body).type)?.toLowerCase() ?? "";
  return /^(?:generation|span|event)$/.test(own) ? own : "span";
}

/** Absent keeps, null overwrites, metadata merges deeply, tags unite, input and output keep the last that is truthy. */
function mergeBody(known: Members | undefined, body: Members): Members {
  const merged = new Map(Object.entries(known ?? {}));
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined || (merged.has(name) && immutable.has(name))) continue;
    if (name === "input" || name === "output") {
      if (value) merged.set(name, value);
    } else if (name === "metadata") merged.set(name, mergeDeep(merged.get(name), value, 0));
    else if (name === "tags" && Array.isArray(value)) {
      const tags = [...listOf(merged.get(name)), ...(value as unknown[])].filter(
        (tag) => typeof tag === "string",
      );
      merged.set(
        name,
        [...new Set(tags)].toSorted((left, right) => (left < right ? -1 : 1)),
      );
    } else merged.set(name, value);
  }
  return Object.fromEntries(merged);
}

/** Deeper metadata is not merged but replaced. */
const MAX_DEPTH = 32;

function mergeDeep(known: unknown, value: unknown, depth: number): unknown {
  if (!isMembers(known) || !isMembers(value) || depth > MAX_DEPTH) return value ?? known;
  const merged = new Map(Object.entries(known));
  for (const [name, member] of Object.entries(value))
    merged.set(name, mergeDeep(merged.get(name), member, depth + 1));
  return Object.fromEntries(merged);
}
