import { contentText, isMembers, membersOf, metadataTexts, textOf, type Members } from "./members.js";
import { environmentOf, isoOf, priced, type StoredObservation } from "./observation.js";
import { costDetailsOf, legacyUsageOf, usageDetailsOf, withTotal } from "./usage.js";

/** A trace or observation as the server has it after merging everything that was sent for its id. */
export type StoredRecord = { id: string } & Members;

/** A row of what came over OTLP; one that was sent twice is two. `isLate`: without the header that makes it visible at once. */
export type StoredRow = StoredObservation & { isLate: boolean };

type Event = { id: string; type: string; timestamp?: unknown; body: Members };

/** Members that the first write fixes. */
const immutable = new Set(["id", "timestamp", "startTime", "traceId", "environment"]);

/** What came by batches, merged the way Langfuse merges events of one entity; and what came over OTLP, as rows. */
export class LangfuseStore {
  readonly traces = new Map<string, StoredRecord>();
  readonly generations = new Map<string, StoredRecord>();
  readonly spans = new Map<string, StoredRecord>();
  readonly scores = new Map<string, StoredRecord>();
  readonly rows: StoredRow[] = [];
  /** How often each event was sent, by the id of its envelope. */
  readonly sends = new Map<string, number>();
  /** The events of each entity. */
  readonly #events = new Map<string, Event[]>();
  readonly #types = new Map<string, string>();

  store(event: Event): void {
    const sends = (this.sends.get(event.id) ?? 0) + 1;
    this.sends.set(event.id, sends);
    // A second delivery of an envelope is the same object.
    if (sends > 1) return;
    const { id } = event.body;
    if (typeof id !== "string" || id === "") return;
    const type = typeOf(event);
    const records = this.#recordsOf(type);
    const key = `${type}/${id}`;
    const events = [...(this.#events.get(key) ?? []), event].toSorted(byTime);
    this.#events.set(key, events);
    if (records !== this.traces && records !== this.scores) this.#types.set(id, type);
    const merged = events.reduce<StoredRecord>((record, { body }, index) => merge(record, body, index > 0), {
      id,
    });
    records.set(id, merged);
  }

  /** Every observation after merging and pricing, by its id, whichever way it came. */
  observations(): Map<string, StoredObservation> {
    const merged = [...this.generations.values(), ...this.spans.values()].map((record) =>
      observationOf(
        record,
        this.#types.get(record.id) ?? "GENERATION",
        this.traces.get(String(record.traceId)) ?? {},
      ),
    );
    return new Map([...merged, ...this.collapsed().values()].map((each) => [each.id, each]));
  }

  /** Forgets everything. */
  clear(): void {
    for (const kept of [
      this.traces,
      this.generations,
      this.spans,
      this.scores,
      this.sends,
      this.#events,
      this.#types,
    ])
      kept.clear();
    this.rows.length = 0;
  }

  /** The rows as a store has them that replaces those of one trace, span and start. */
  collapsed(): Map<string, StoredRow> {
    return new Map(this.rows.map((row) => [`${row.traceId}/${row.id}/${row.startTime}`, row]));
  }

  #recordsOf(type: string): Map<string, StoredRecord> {
    if (type === "TRACE") return this.traces;
    if (type === "SCORE") return this.scores;
    return type === "SPAN" || type === "EVENT" ? this.spans : this.generations;
  }
}

function typeOf({ type, body }: Event): string {
  const kind = type.replace(/-(?:create|update)$/, "").toUpperCase();
  return kind === "OBSERVATION" ? String(body.type) : kind;
}

/** Events of one entity in the order of their times; of one time, the create first. */
function byTime(left: Event, right: Event): number {
  const difference = Date.parse(String(left.timestamp)) - Date.parse(String(right.timestamp));
  return difference || Number(left.type.endsWith("-update")) - Number(right.type.endsWith("-update"));
}

/** Absent keeps, null overwrites, metadata merges, tags unite, input and output keep the last that is truthy. */
function merge(known: StoredRecord, body: Members, isLater: boolean): StoredRecord {
  const record: StoredRecord = { ...known };
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined || (isLater && immutable.has(name) && name in known)) continue;
    if (name === "input" || name === "output") {
      if (value) record[name] = value;
    } else if (name === "metadata" && isMembers(value)) {
      record[name] = mergeDeep(record[name], value);
    } else if (name === "tags" && Array.isArray(value)) {
      const before = Array.isArray(record[name]) ? (record[name] as unknown[]) : [];
      const tags = [...before, ...(value as unknown[])].filter((tag) => typeof tag === "string");
      record[name] = [...new Set(tags)].toSorted((left, right) => (left < right ? -1 : 1));
    } else {
      record[name] = value;
    }
  }
  return record;
}

function mergeDeep(known: unknown, value: unknown): unknown {
  if (!isMembers(known) || !isMembers(value)) return value;
  const merged: Members = { ...known };
  for (const [name, member] of Object.entries(value)) merged[name] = mergeDeep(known[name], member);
  return merged;
}

/** The final record: usage and cost by the server's rules, the trace's own members beside it. */
function observationOf(record: StoredRecord, type: string, trace: Members): StoredObservation {
  const isModel = type !== "SPAN" && type !== "EVENT";
  const { counts, costs } = legacyUsageOf(record.usage);
  const details = usageDetailsOf(record.usageDetails);
  const usage = details ? withTotal(details) : counts;
  const startTime = isoOf(record.startTime);
  const end = type === "EVENT" ? undefined : isoOf(record.endTime);
  return priced({
    id: record.id,
    traceId: textOf(record.traceId) ?? "",
    parentObservationId: textOf(record.parentObservationId),
    type,
    name: textOf(record.name),
    startTime,
    endTime: end !== undefined && startTime !== undefined && end < startTime ? startTime : end,
    completionStartTime: isoOf(record.completionStartTime),
    model: isModel ? textOf(record.model) : undefined,
    modelParameters: isModel ? membersOf(record.modelParameters) : {},
    input: contentText(record.input),
    output: contentText(record.output),
    level: textOf(record.level) ?? "DEFAULT",
    statusMessage: textOf(record.statusMessage),
    usageDetails: isModel ? usage : {},
    costDetails: isModel ? { ...costs, ...costDetailsOf(record.costDetails) } : {},
    metadata: metadataTexts(record.metadata),
    environment: environmentOf(record.environment ?? "default"),
    version: textOf(record.version),
    traceName: textOf(trace.name),
    userId: textOf(trace.userId),
    sessionId: textOf(trace.sessionId),
    tags: Array.isArray(trace.tags) ? (trace.tags as string[]) : [],
    release: textOf(trace.release),
  });
}
