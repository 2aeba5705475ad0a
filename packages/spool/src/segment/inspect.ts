import type { DataFile, LeafNode, Meta } from "../disk/lmdb-file.js";
import { walk } from "../disk/walk.js";
import { DamagedError } from "../errors.js";
import { readEntry } from "../format/entry.js";
import { placeIn, rowKind } from "../format/keys.js";
import { chargeOf, readTotals, type Totals } from "../format/totals.js";
import { readWanted } from "../format/wanted.js";

/**
 * What is wrong with a state of a segment: with LMDB's pages, or with rows that do not fit together. The records themselves
 * are only looked at when somebody takes them.
 */
export function inspect(file: DataFile, meta: Meta): string[] {
  const audit = new Audit();
  const { damage } = walk(file, meta, (row) => audit.see(row));
  return damage.length > 0 ? damage : audit.findings();
}

/** How many, and a sum of their places that shows when one was mistaken for another. */
class Tally {
  count = 0;
  #sum = 0;

  add(place: number, times = 1): void {
    this.count += times;
    this.#sum = (this.#sum + (place % 2 ** 32) * times) % 2 ** 52;
  }

  addAll(other: Tally): void {
    this.count += other.count;
    this.#sum = (this.#sum + other.#sum) % 2 ** 52;
  }

  equals(other: Tally): boolean {
    return this.count === other.count && this.#sum === other.#sum;
  }
}

class Audit {
  readonly #places = new Tally();
  readonly #waiting = new Tally();
  readonly #bySink = new Map<number, { waiting: number; dead: number; deadBytes: number }>();
  /** How many exporters want a record, less the one that wants every record. */
  readonly #wanted = new Tally();
  #totals: Totals | undefined;
  #bytes = 0;

  see({ key, size, value }: LeafNode): void {
    const kind = key[0];
    if (kind === rowKind.totals) this.#totals = readTotals(value);
    else if (kind === rowKind.record) {
      this.#places.add(placeIn(key));
      this.#bytes += chargeOf(size);
    } else if (kind === rowKind.wanted) {
      const others = readWanted(value ?? Buffer.alloc(0)).length - 1;
      this.#wanted.add(placeIn(key), others);
    } else if (kind === rowKind.dead) {
      const sink = this.#sink(key);
      sink.dead++;
      sink.deadBytes += size;
    } else if (kind === rowKind.ready || kind === rowKind.leased || kind === rowKind.due) {
      readEntry(value ?? Buffer.alloc(0));
      this.#waiting.add(placeIn(key));
      this.#sink(key).waiting++;
    } else throw new DamagedError("a row is of no kind that there is");
  }

  #sink(key: Buffer): { waiting: number; dead: number; deadBytes: number } {
    const number = key.readUInt16BE(1);
    const known = this.#bySink.get(number) ?? { waiting: 0, dead: 0, deadBytes: 0 };
    this.#bySink.set(number, known);
    return known;
  }

  findings(): string[] {
    const totals = this.#totals;
    if (!totals) return ["the totals are missing"];
    const findings: string[] = [];
    const expected = new Tally();
    expected.addAll(this.#places);
    expected.addAll(this.#wanted);
    if (!expected.equals(this.#waiting))
      findings.push("records and the rows that point to them do not fit together");
    if (totals.bytes !== this.#bytes) findings.push(`there are ${this.#bytes} bytes and not ${totals.bytes}`);
    const numbers = new Set([...this.#bySink.keys(), ...totals.sinks.keys()]);
    for (const number of numbers) {
      const found = this.#bySink.get(number) ?? { waiting: 0, dead: 0, deadBytes: 0 };
      const told = totals.sinks[number];
      const same =
        told?.waiting === found.waiting && told.dead === found.dead && told.deadBytes === found.deadBytes;
      if (!same) findings.push(`the counts of exporter ${number} are wrong`);
    }
    return findings;
  }
}
