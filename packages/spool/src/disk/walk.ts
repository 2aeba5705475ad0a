import { DamagedError } from "../errors.js";
import {
  branchNodes,
  flagsOf,
  leafNodes,
  overflowPagesOf,
  pageFlag,
  pageNumberOf,
  writerOf,
  type DataFile,
  type LeafNode,
  type Meta,
  type Tree,
} from "./lmdb-file.js";

/** What was found on the way through a state of a file. */
export type Walk = {
  /** Pages that a tree uses. */
  used: Set<number>;
  /** Pages that are free. */
  free: Set<number>;
  /** What is wrong, in the order in which it was found. Nothing below such a place was looked at. */
  damage: string[];
};

/** Deeper trees cannot be: LMDB itself follows no more. */
const DEEPEST = 32;

/**
 * Goes through a state of a file from its roots and looks at everything that LMDB would rely on. Rows are shown in order.
 * @param onRow may throw a DamagedError about a row
 */
export function walk(file: DataFile, meta: Meta, onRow: (row: LeafNode) => void): Walk {
  const found: Walk = { used: new Set([0, 1]), free: new Set(), damage: [] };
  const rows = new TreeWalk(file, meta, found, onRow, (one, other) => one.compare(other));
  rows.go(meta.rows);
  const free = new TreeWalk(
    file,
    meta,
    found,
    (row) => readFreePages(file, meta, row, found),
    compareNumbers,
  );
  free.go(meta.free);
  // LMDB would write into a page that counts as free.
  const pages = Math.floor(file.size / meta.pageSize);
  if (meta.lastPage + 1 > pages + found.free.size) found.damage.push("the file is shorter than it says");
  for (const page of found.free)
    if (found.used.has(page)) found.damage.push(`page ${page} is in use and also free`);
  return found;
}

class TreeWalk {
  readonly #file: DataFile;
  readonly #meta: Meta;
  readonly #found: Walk;
  readonly #onRow: (row: LeafNode) => void;
  readonly #compare: (one: Buffer, other: Buffer) => number;
  #depth = 0;
  #entries = 0;
  #last: Buffer | undefined;

  constructor(
    file: DataFile,
    meta: Meta,
    found: Walk,
    onRow: (row: LeafNode) => void,
    compare: (one: Buffer, other: Buffer) => number,
  ) {
    this.#file = file;
    this.#meta = meta;
    this.#found = found;
    this.#onRow = onRow;
    this.#compare = compare;
  }

  go({ depth, entries, root }: Tree): void {
    this.#depth = depth;
    if (root === undefined ? depth !== 0 : depth === 0 || depth > DEEPEST) {
      this.#found.damage.push(`a tree has the depth ${depth}`);
      return;
    }
    const before = this.#found.damage.length;
    if (root !== undefined) this.#visit(root, 1, undefined, undefined);
    if (this.#found.damage.length === before && this.#entries !== entries)
      this.#found.damage.push(`a tree has ${this.#entries} rows and not ${entries}`);
  }

  /** Keys are from `least` on and before `end`. */
  #visit(number: number, level: number, least: Buffer | undefined, end: Buffer | undefined): void {
    this.#noting(number, () => {
      const page = this.#read(number);
      if (level < this.#depth) {
        if (flagsOf(page) !== pageFlag.branch) throw new DamagedError(`page ${number} is no branch`);
        const nodes = branchNodes(page);
        if (nodes.length === 0) throw new DamagedError(`page ${number} is an empty branch`);
        nodes.forEach((node, index) => {
          // The first key of a branch is not kept: whatever is less than the second one is there.
          const from = index === 0 ? least : node.key;
          this.#visit(node.page, level + 1, from, nodes[index + 1]?.key ?? end);
        });
      } else {
        if (flagsOf(page) !== pageFlag.leaf) throw new DamagedError(`page ${number} is no leaf`);
        for (const row of leafNodes(page)) this.#noting(number, () => this.#row(row, least, end));
      }
    });
  }

  /** What is wrong in one place does not hide the others. */
  #noting(number: number, action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof DamagedError)) throw error;
      this.#found.damage.push(`page ${number}: ${error.message}`);
    }
  }

  #row(row: LeafNode, least: Buffer | undefined, end: Buffer | undefined): void {
    const inOrder =
      (!this.#last || this.#compare(this.#last, row.key) < 0) &&
      (!least || this.#compare(least, row.key) <= 0) &&
      (!end || this.#compare(row.key, end) < 0);
    if (!inOrder) throw new DamagedError("rows are out of order");
    this.#last = row.key;
    this.#entries++;
    if (row.overflow) {
      const first = this.#read(row.overflow.page);
      if (flagsOf(first) !== pageFlag.overflow || overflowPagesOf(first) !== row.overflow.pages)
        throw new DamagedError(`page ${row.overflow.page} is not the value that it should be`);
      for (let index = 1; index < row.overflow.pages; index++) this.#use(row.overflow.page + index);
    }
    this.#onRow(row);
  }

  #read(number: number): Buffer {
    this.#use(number);
    const { pageSize } = this.#meta;
    const page = this.#file.read(number * pageSize, pageSize);
    if (page.length < pageSize) throw new DamagedError("it is not in the file any more");
    if (pageNumberOf(page) !== number) throw new DamagedError("another page is in its place");
    const writer = writerOf(page);
    if (writer === undefined || writer > this.#meta.transaction)
      throw new DamagedError("it was written by a transaction that there was not");
    return page;
  }

  #use(number: number): void {
    if (number > this.#meta.lastPage) throw new DamagedError(`page ${number} is behind the last one`);
    if ((number + 1) * this.#meta.pageSize > this.#file.size)
      throw new DamagedError(`page ${number} is not in the file any more`);
    if (this.#found.used.has(number)) throw new DamagedError(`page ${number} is used twice`);
    this.#found.used.add(number);
  }
}

/** The keys of the tree of free pages are numbers of transactions in the machine's own order. */
function compareNumbers(one: Buffer, other: Buffer): number {
  if (one.length !== 8 || other.length !== 8) throw new DamagedError("a list of free pages has no number");
  return Number(one.readBigInt64LE() - other.readBigInt64LE());
}

/** A list of free pages: its length, then pages, or a negative length and the first page of so many; zeros are gaps. */
function readFreePages(file: DataFile, { pageSize, lastPage }: Meta, row: LeafNode, found: Walk): void {
  if (row.key.length !== 8) throw new DamagedError("a list of free pages has no number");
  const list =
    row.value ?? file.read((row.overflow?.page ?? 0) * pageSize + 24, Math.min(row.size, file.size));
  if (row.size < 8 || list.length < row.size) throw new DamagedError("a list of free pages is cut off");
  const length = Number(list.readBigInt64LE(0));
  if (length < 0 || (length + 1) * 8 > row.size) throw new DamagedError("a list of free pages is too long");
  for (let index = 1; index <= length; index++) {
    const entry = Number(list.readBigInt64LE(index * 8));
    if (entry === 0) continue;
    let count = 1;
    let first = entry;
    if (entry < 0) {
      if (++index > length) break;
      count = -entry;
      first = Number(list.readBigInt64LE(index * 8));
      if (first === 0) continue;
    }
    if (first < 2 || first + count - 1 > lastPage)
      throw new DamagedError(`page ${first} counts as free and is none of the file's`);
    for (let page = first; page < first + count; page++) found.free.add(page);
  }
}
