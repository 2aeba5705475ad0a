import type {
  DeadLetter,
  SpoolClaim,
  SpooledRecord,
  SpoolRecord,
  SpoolSettlement,
  SpoolSinkStats,
  SpoolStore,
} from "@waybill/core";

type Waiting = { owner: number | undefined; due: number; attempts: number };
type Kept = SpoolRecord & { place: number; storedAt: number; waiting: Map<string, Waiting> };
type Owner = { ids: number[]; until: number };
type Buried = { record: Kept; attempts: number; code: string; reason: string; diedAt: number };

/**
 * What a spool promises, as plain lists in memory: without limits of bytes, and as if every process saw the same. It is written
 * for reading, to compare the real one with.
 */
export class MemorySpool implements SpoolStore {
  readonly #now: () => number;
  #records: Kept[] = [];
  #dead: { sink: string; letter: Buried }[] = [];
  readonly #owners = new Map<string, Owner>();
  #last = 0;
  #nextId = 1;
  #latest = 0;
  #offset = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  append(
    records: readonly SpoolRecord[],
    claim?: SpoolClaim & { sinks?: readonly string[] | undefined },
  ): string[] {
    const time = this.#time();
    const owner = claim && this.#lease(claim, time);
    return records.map((record) => {
      const place = (this.#last = Math.max(this.#last, this.#latest * 1000) + 1);
      const ownerFor = (sink: string) => ((claim?.sinks?.includes(sink) ?? true) ? owner : undefined);
      const waiting = new Map(
        record.sinks.map((sink) => [sink, { owner: ownerFor(sink), due: 0, attempts: 0 }]),
      );
      this.#records.push({ ...record, place, storedAt: this.#now(), waiting });
      return keyOf(place);
    });
  }

  async sync(): Promise<void> {}

  claim(sink: string, claim: SpoolClaim & { maxRecords: number; maxBytes: number }): SpooledRecord[] {
    const time = this.#time();
    const owner = this.#lease(claim, time);
    const taken: SpooledRecord[] = [];
    let bytes = 0;
    for (const { record, entry } of this.#waitingFor(sink)) {
      const isFree = entry.owner === undefined || !this.#holds(entry.owner, time);
      if (!isFree || entry.due > time) continue;
      bytes += Buffer.byteLength(record.text);
      if (taken.length === claim.maxRecords || (bytes > claim.maxBytes && taken.length > 0)) break;
      entry.owner = owner;
      taken.push(shown(record, entry.attempts));
    }
    return taken;
  }

  renew({ owner: name, leaseMs }: SpoolClaim): void {
    const time = this.#time();
    const owner = this.#owners.get(name);
    if (owner) owner.until = Math.max(owner.until, time + leaseMs);
  }

  settle(sink: string, owner: string, settlements: readonly SpoolSettlement[]): number {
    this.#time();
    const ids = this.#owners.get(owner)?.ids ?? [];
    let count = 0;
    for (const settlement of settlements) {
      const found = this.#waitingFor(sink).find(({ record }) => keyOf(record.place) === settlement.key);
      if (!found || found.entry.owner === undefined || !ids.includes(found.entry.owner)) continue;
      count++;
      const { record, entry } = found;
      if (settlement.status === "retry") {
        const due = settlement.notBefore + this.#offset;
        record.waiting.set(sink, { owner: undefined, due, attempts: entry.attempts + 1 });
        continue;
      }
      if (settlement.status === "dead") {
        const { code, reason } = settlement;
        this.#dead.push({
          sink,
          letter: { record, attempts: entry.attempts, code, reason, diedAt: this.#now() },
        });
      }
      record.waiting.delete(sink);
    }
    return count;
  }

  release(owner: string): void {
    for (const { waiting } of this.#records)
      for (const entry of waiting.values())
        if (entry.owner !== undefined && this.#owners.get(owner)?.ids.includes(entry.owner))
          entry.owner = undefined;
    this.#owners.delete(owner);
  }

  usage(): { bytes: number; limitBytes: number } {
    const waiting = this.#records.filter((record) => record.waiting.size > 0);
    const bytes = waiting.reduce(
      (sum, { text, id }) => sum + Buffer.byteLength(text) + Buffer.byteLength(id),
      0,
    );
    return { bytes, limitBytes: Infinity };
  }

  stats(sink: string): SpoolSinkStats {
    const waiting = this.#waitingFor(sink);
    const oldestAt = waiting[0]?.record.storedAt ?? null;
    return { records: waiting.length, oldestAt, dead: this.#letters(sink).length, deadBytes: 0 };
  }

  sinks(): string[] {
    const names = this.#records.flatMap(({ waiting }) => [...waiting.keys()]);
    return [...new Set([...names, ...this.#dead.map(({ sink }) => sink)])].toSorted();
  }

  deadLetters(
    sink: string,
    page: { after?: string | undefined; limit?: number | undefined } = {},
  ): DeadLetter[] {
    return this.#letters(sink)
      .map(({ record, attempts, code, reason, diedAt }) => ({
        ...shown(record, attempts),
        sink,
        code,
        reason,
        diedAt,
      }))
      .filter(({ key }) => page.after === undefined || key > page.after)
      .slice(0, page.limit);
  }

  revive(sink: string, keys?: readonly string[]): number {
    const letters = this.#end(sink, keys);
    for (const { record, attempts } of letters)
      record.waiting.set(sink, { owner: undefined, due: 0, attempts });
    return letters.length;
  }

  purge(sink: string, keys?: readonly string[]): number {
    return this.#end(sink, keys).length;
  }

  async close(): Promise<void> {}

  #letters(sink: string): Buried[] {
    return this.#dead
      .filter((each) => each.sink === sink)
      .map(({ letter }) => letter)
      .toSorted((one, two) => one.record.place - two.record.place);
  }

  #end(sink: string, keys: readonly string[] | undefined): Buried[] {
    const meant = this.#letters(sink).filter(({ record }) => !keys || keys.includes(keyOf(record.place)));
    this.#dead = this.#dead.filter((each) => each.sink !== sink || !meant.includes(each.letter));
    return meant;
  }

  #waitingFor(sink: string): { record: Kept; entry: Waiting }[] {
    return this.#records.flatMap((record) => {
      const entry = record.waiting.get(sink);
      return entry ? [{ record, entry }] : [];
    });
  }

  #time(): number {
    const now = this.#now();
    if (now < this.#latest) this.#offset += this.#latest - now;
    this.#latest = now;
    return now + this.#offset;
  }

  #lease({ owner: name, leaseMs }: SpoolClaim, time: number): number {
    const known = this.#owners.get(name);
    const ids = known && known.until > time ? known.ids : [this.#nextId++, ...(known?.ids ?? [])].slice(0, 5);
    this.#owners.set(name, { ids, until: Math.max(known?.until ?? 0, time + leaseMs) });
    return ids[0] ?? 0;
  }

  /** Whether somebody's lease under this id still holds. */
  #holds(id: number, time: number): boolean {
    return [...this.#owners.values()].some(({ ids, until }) => ids[0] === id && until > time);
  }
}

function shown({ place, id, text, storedAt }: Kept, attempts: number): SpooledRecord {
  return { key: keyOf(place), id, text, storedAt, attempts };
}

function keyOf(place: number): string {
  return place.toString(16).padStart(14, "0");
}
