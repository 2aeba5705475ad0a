import {
  flagsOf,
  leafNodes,
  OVERFLOW_DATA,
  overflowPagesOf,
  pageFlag,
  pageNumberOf,
  type DataFile,
  type LeafNode,
  type Meta,
} from "../disk/lmdb-file.js";
import { walk } from "../disk/walk.js";
import { DamagedError } from "../errors.js";
import { readEntry } from "../format/entry.js";
import { placeIn, rowKind } from "../format/keys.js";
import { readLetter, readRecord, type StoredLetter, type StoredRecord } from "../format/record-row.js";
import { rowLength } from "../format/row.js";
import { readTotals, type Totals } from "../format/totals.js";
import { readWanted } from "../format/wanted.js";

/** A record of a damaged file, for the exporters that still want it. */
export type RescuedRecord = StoredRecord & { attempts: number };

/** What could be read of a damaged file. */
export type Rescued = {
  records: RescuedRecord[];
  letters: (StoredLetter & { sink: string })[];
  /** How many records are known to be lost; null when nobody can know. */
  lost: number | null;
};

/**
 * Reads what can be read of a damaged file: everything on the way from its roots, then every page that this way did not lead to
 * and that is not known to be free, then what only its earlier states hold. So a record that was settled just before may come
 * again, and one of which it is lost who still wanted it is wanted by all again.
 * @param metas its states, the newest first
 */
export function rescue(file: DataFile, metas: readonly Meta[]): Rescued {
  const finds = new Finds();
  const pageSize = metas[0]?.pageSize ?? 4096;
  const valueOf = ({ value, overflow, size }: LeafNode): Buffer =>
    value ?? file.read((overflow?.page ?? 0) * pageSize + OVERFLOW_DATA, Math.min(size, file.size));
  metas.forEach((meta, index) => {
    const { used, free } = walk(file, meta, (row) => finds.see(row.key, valueOf(row)));
    if (index === 0) seeLostPages(file, pageSize, (page) => used.has(page) || free.has(page), finds);
  });
  if (metas.length === 0) seeLostPages(file, pageSize, () => false, finds);
  return finds.result();
}

function seeLostPages(
  file: DataFile,
  pageSize: number,
  isKnown: (page: number) => boolean,
  finds: Finds,
): void {
  for (let page = 2; page * pageSize < file.size; page++)
    if (!isKnown(page)) seeLostPage(file, page, pageSize, finds);
}

function seeLostPage(file: DataFile, number: number, pageSize: number, finds: Finds): void {
  const page = file.read(number * pageSize, pageSize);
  if (page.length < OVERFLOW_DATA || pageNumberOf(page) !== number) return;
  if (flagsOf(page) === pageFlag.overflow) {
    const most = Math.min(overflowPagesOf(page) * pageSize, file.size - number * pageSize) - OVERFLOW_DATA;
    if (most > 0) finds.seeLost(file.read(number * pageSize + OVERFLOW_DATA, most));
  }
  if (flagsOf(page) !== pageFlag.leaf || page.length < pageSize) return;
  try {
    for (const { key, value } of leafNodes(page)) if (value) finds.see(key, value);
  } catch (error) {
    if (!(error instanceof DamagedError)) throw error;
  }
}

class Finds {
  readonly #records = new Map<number, StoredRecord>();
  readonly #wanted = new Map<number, number[]>();
  readonly #attempts = new Map<number, number>();
  readonly #letters = new Map<string, { sink: number; letter: StoredLetter }>();
  #totals: Totals | undefined;

  see(key: Buffer, value: Buffer): void {
    try {
      this.#sort(key, value);
    } catch (error) {
      // One row that cannot be read does not hide the others.
      if (!(error instanceof DamagedError)) throw error;
    }
  }

  #sort(key: Buffer, value: Buffer): void {
    const kind = key[0];
    // What was seen before is newer.
    if (kind === rowKind.totals) this.#totals ??= readTotals(value);
    else if (kind === rowKind.record) this.#keep(readRecord(value));
    else if (kind === rowKind.wanted) {
      if (!this.#wanted.has(placeIn(key))) this.#wanted.set(placeIn(key), readWanted(value));
    } else if (kind === rowKind.dead) {
      const letter = readLetter(value);
      const name = key.toString("hex");
      if (letter && key.length > 3 && !this.#letters.has(name))
        this.#letters.set(name, { sink: key.readUInt16BE(1), letter });
    } else if (kind === rowKind.ready || kind === rowKind.leased || kind === rowKind.due) {
      const place = placeIn(key);
      this.#attempts.set(place, Math.max(this.#attempts.get(place) ?? 0, readEntry(value).attempts));
    }
  }

  /** A value whose key is lost. Its length is too: it is somewhere before the end of the bytes. */
  seeLost(bytes: Buffer): void {
    const length = rowLength(bytes);
    if (length !== undefined) this.#keep(readRecord(bytes.subarray(0, length)));
  }

  #keep(record: StoredRecord | undefined): void {
    if (record && !this.#records.has(record.place)) this.#records.set(record.place, record);
  }

  result(): Rescued {
    const names = this.#totals?.sinks.map(({ name }) => name);
    const records = Array.from(this.#records.values(), (record) => {
      const wanted = this.#wanted.get(record.place)?.map((number) => names?.[number]);
      const sinks = wanted?.every((name) => name !== undefined) ? wanted : record.sinks;
      return { ...record, sinks, attempts: this.#attempts.get(record.place) ?? 0 };
    });
    const letters = Array.from(this.#letters.values(), ({ sink, letter }) => ({
      ...letter,
      // Whose it was is lost with the totals; a person still finds it.
      sink: names?.[sink] ?? `exporter-${sink}`,
    }));
    const places = [...this.#attempts.keys()];
    const missing = places.filter((place) => !this.#records.has(place)).length;
    const count = this.#totals?.sinks.reduce((most, { waiting }) => Math.max(most, waiting), 0);
    const lost = count === undefined ? null : Math.max(missing, count - records.length);
    return { records: records.toSorted((one, other) => one.place - other.place), letters, lost };
  }
}
