import { basename } from "node:path";

import { Environment, type Lmdb } from "../disk/environment.js";
import { totalsKey } from "../format/keys.js";
import { emptyTotals, readTotals, writeTotals, type Totals } from "../format/totals.js";

/** One file of a spool with the records that were kept while it was the newest, and everything about them. */
export class Segment {
  readonly env: Environment;
  readonly name: string;
  /** How often this process wrote to it. */
  writes = 0;
  /** Whether the names of its folder and its files were flushed too. */
  namesAreOnDisk = false;
  /** The file's size when it was last flushed. */
  sizeAtFlush = 0;
  /** Up to which place an exporter has nothing waiting, by its number, as far as was found out; and when that was. */
  readonly nothingBefore = new Map<number, { place: number; revivals: number }>();
  /** Whether old places came back to it, as of so many revivals anywhere. */
  strays: { revivals: number; has: boolean } | undefined;
  #base: number | undefined;
  #unpin: (() => void) | undefined;
  readonly #onPinFailure: (error: unknown) => void;

  private constructor(env: Environment, onPinFailure: (error: unknown) => void) {
    this.env = env;
    this.name = basename(env.folder);
    this.#onPinFailure = onPinFailure;
  }

  /** @throws DamagedError */
  static open(lmdb: Lmdb, folder: string, onPinFailure: (error: unknown) => void): Segment {
    const segment = new Segment(Environment.open(lmdb, folder), onPinFailure);
    segment.sizeAtFlush = segment.env.size() ?? 0;
    return segment;
  }

  /** Begins a new segment in an environment that is empty. */
  begin(last: number): void {
    this.env.transact(() => this.env.put(totalsKey, writeTotals(emptyTotals(last))));
  }

  /** Looks at the rows in one transaction. */
  read<T>(action: (totals: Totals) => T): T {
    return this.env.transact(() => action(readTotals(this.env.get(totalsKey))));
  }

  /** Changes the rows, and the totals with them, in one transaction. */
  write<T>(action: (totals: Totals) => T): T {
    this.#pin();
    const result = this.env.transact(() => {
      const before = this.env.get(totalsKey);
      const totals = readTotals(before);
      const value = action(totals);
      const row = writeTotals(totals);
      if (!before?.equals(row)) this.env.put(totalsKey, row);
      return { value };
    });
    this.writes++;
    return result.value;
  }

  totals(): Totals {
    return this.read((totals) => totals);
  }

  /** The last place that was given away before there was this segment. */
  get base(): number {
    this.#base ??= this.totals().base;
    return this.#base;
  }

  /** What was flushed last stays on the disk as it is, from before the first write after that until the next flush. */
  #pin(): void {
    if (this.#unpin) return;
    try {
      this.#unpin = this.env.pin();
    } catch (error) {
      // All the same it is better to write: this only matters when the machine stops.
      this.#onPinFailure(error);
      this.#unpin = () => undefined;
    }
  }

  /** Whether it was written to since it was flushed. */
  get isDirty(): boolean {
    return this.#unpin !== undefined;
  }

  /** Takes over a pin of the state that has been flushed, if there were writes since, and lets go of the one before. */
  moveToPin(unpin: () => void, writes: number): void {
    this.#unpin?.();
    this.#unpin = unpin;
    if (this.writes === writes) this.unpin();
  }

  unpin(): void {
    this.#unpin?.();
    this.#unpin = undefined;
  }

  close(): void {
    this.unpin();
    this.env.close();
  }
}
