type Members = Record<string, unknown>;

/** A trace or generation as the server would have it after merging everything that was sent for its id. */
export type StoredRecord = { id: string } & Members;

/** Members that the first write fixes. */
const immutable = new Set(["id", "timestamp", "startTime", "traceId", "environment"]);

/** Records by id, merged the way Langfuse merges events of one entity. */
export class LangfuseStore {
  readonly traces = new Map<string, StoredRecord>();
  readonly generations = new Map<string, StoredRecord>();
  /** Envelope ids that were stored: a second delivery of one changes nothing. */
  readonly #seen = new Set<string>();

  store(event: { id: string; type: string; body: Members }): void {
    if (this.#seen.has(event.id)) return;
    this.#seen.add(event.id);
    const { id } = event.body;
    if (typeof id !== "string") return;
    const records = event.type === "trace-create" ? this.traces : this.generations;
    records.set(id, merge(records.get(id), event.body, id));
  }
}

/** Absent keeps, null overwrites, metadata merges, tags unite, input and output keep the last that is truthy. */
function merge(known: StoredRecord | undefined, body: Members, id: string): StoredRecord {
  const record: StoredRecord = { ...known, id };
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined || (known && immutable.has(name) && name in known)) continue;
    if (name === "input" || name === "output") {
      if (value) record[name] = value;
    } else if (name === "metadata" && isObject(value)) {
      record[name] = { ...(isObject(record[name]) ? record[name] : {}), ...value };
    } else if (name === "tags" && Array.isArray(value)) {
      const before = Array.isArray(record[name]) ? (record[name] as unknown[]) : [];
      record[name] = [
        ...new Set([...before, ...(value as unknown[])].filter((tag) => typeof tag === "string")),
      ].toSorted((left, right) => (left < right ? -1 : 1));
    } else {
      record[name] = value;
    }
  }
  return record;
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
