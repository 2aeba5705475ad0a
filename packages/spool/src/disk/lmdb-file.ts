import { closeSync, fstatSync, openSync, readSync } from "node:fs";

import { codeOf, DamagedError } from "../errors.js";

/**
 * The format of LMDB's data file as version 3.5 of the module `lmdb` writes it, read without LMDB. LMDB follows what it finds in
 * its pages, and ends the process when that leads out of the file; so a file is looked at with these functions first.
 */

const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
const PAGE_HEADER = 24;
const NODE_HEADER = 8;
const META = 144;
export const META_OFFSET = PAGE_HEADER;
export const META_BYTES = META;
const NO_PAGE = 2n ** 64n - 1n;

export const pageFlag = { branch: 1, leaf: 2, overflow: 4, meta: 8 } as const;
const nodeFlag = { overflow: 1 } as const;
/** Keys of the tree of free pages are numbers of the machine. */
const treeFlag = { numbers: 8 } as const;
/** A file that says it is larger was none of ours. */
const LARGEST_MAP = 2 ** 36;

/** One of LMDB's two trees: of free pages, and of rows. */
export type Tree = { depth: number; entries: number; root: number | undefined };

/** Where a state of the file begins. The newer of two is the one that counts. */
export type Meta = {
  transaction: number;
  pageSize: number;
  lastPage: number;
  free: Tree;
  rows: Tree;
  /** The bytes themselves. */
  bytes: Buffer;
};

/** A row of a leaf; `value` is undefined when it has pages of its own. */
export type LeafNode = {
  key: Buffer;
  size: number;
  value: Buffer | undefined;
  overflow: { page: number; pages: number } | undefined;
};

export type BranchNode = { key: Buffer; page: number };

/** A data file that is read page by page. */
export class DataFile {
  readonly size: number;
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, "r");
    this.size = fstatSync(this.#file).size;
  }

  /** Bytes of the file; fewer than asked for at its end. */
  read(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(0, readSync(this.#file, bytes, 0, length, offset));
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Runs an action on a file that is closed again; undefined when there is no such file. */
export function withDataFile<T>(path: string, action: (file: DataFile) => T): T | undefined {
  let file: DataFile;
  try {
    file = new DataFile(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    return action(file);
  } finally {
    file.close();
  }
}

/** Both states of a file, the newer one first. What cannot be one is left out. */
export function readMetas(file: DataFile): Meta[] {
  const first = readMeta(file.read(0, PAGE_HEADER + META), 0);
  // The second is a page further on. When the first cannot say how large pages are, it is where it would be on most machines.
  const size = first?.pageSize ?? 4096;
  const second = readMeta(file.read(size, PAGE_HEADER + META), 1);
  const metas = [first, second].filter((meta) => meta !== undefined);
  return metas.toSorted((one, other) => other.transaction - one.transaction);
}

/**
 * Looks at what LMDB reads when it opens a file.
 * @throws DamagedError
 */
export function checkMetas(path: string): void {
  withDataFile(path, (file) => {
    // LMDB makes a new environment of an empty file.
    if (file.size > 0 && readMetas(file).length < 2)
      throw new DamagedError(`${path} does not begin like a database`);
  });
}

function readMeta(page: Buffer, number: number): Meta | undefined {
  if (page.length < PAGE_HEADER + META) return undefined;
  if (page.readUInt16LE(18) !== pageFlag.meta || page.readBigUInt64LE(0) !== BigInt(number)) return undefined;
  return parseMeta(Buffer.from(page.subarray(PAGE_HEADER)));
}

/** Reads a state from its own bytes; undefined when any of them is not as it has to be. */
export function parseMeta(bytes: Buffer): Meta | undefined {
  if (bytes.length !== META || bytes.readUInt32LE(0) !== MAGIC) return undefined;
  if (bytes.readUInt32LE(4) !== DATA_VERSION || bytes.readBigUInt64LE(8) !== 0n) return undefined;
  const mapSize = numberAt(bytes, 16) ?? Infinity;
  const pageSize = bytes.readUInt32LE(24);
  const isPowerOfTwo = (pageSize & (pageSize - 1)) === 0;
  if (mapSize > LARGEST_MAP || !isPowerOfTwo || pageSize < 512 || pageSize > 65536) return undefined;
  const lastPage = numberAt(bytes, 120);
  const transaction = numberAt(bytes, 128);
  const free = readTree(bytes, 24, treeFlag.numbers);
  const rows = readTree(bytes, 72, 0);
  if (lastPage === undefined || transaction === undefined || !free || !rows) return undefined;
  if (bytes.readUInt32LE(72) !== 0 || (lastPage + 1) * pageSize > LARGEST_MAP) return undefined;
  return { transaction, pageSize, lastPage, free, rows, bytes };
}

function readTree(bytes: Buffer, offset: number, flags: number): Tree | undefined {
  if (bytes.readUInt16LE(offset + 4) !== flags) return undefined;
  const entries = numberAt(bytes, offset + 32);
  const root = bytes.readBigUInt64LE(offset + 40);
  if (entries === undefined || (root !== NO_PAGE && root > BigInt(Number.MAX_SAFE_INTEGER))) return undefined;
  return {
    depth: bytes.readUInt16LE(offset + 6),
    entries,
    root: root === NO_PAGE ? undefined : Number(root),
  };
}

function numberAt(bytes: Buffer, offset: number): number | undefined {
  const value = bytes.readBigUInt64LE(offset);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
}

export function flagsOf(page: Buffer): number {
  return page.readUInt16LE(18);
}

export function pageNumberOf(page: Buffer): number | undefined {
  return numberAt(page, 0);
}

/** The transaction that wrote the page; LMDB takes a page of a later one for its own memory. */
export function writerOf(page: Buffer): number | undefined {
  return numberAt(page, 8);
}

/** How many pages the value on this page and those behind it takes. */
export function overflowPagesOf(page: Buffer): number {
  return page.readUInt32LE(20);
}

/** Where a value begins on the first of its own pages. */
export const OVERFLOW_DATA = PAGE_HEADER;

/** How many pages a value of so many bytes takes. */
export function pagesFor(size: number, pageSize: number): number {
  return Math.floor((PAGE_HEADER - 1 + size) / pageSize) + 1;
}

/** The nodes of a branch. @throws DamagedError when they lead out of the page */
export function branchNodes(page: Buffer): BranchNode[] {
  return nodeOffsets(page).map((offset) => {
    const number = page.readUInt16LE(offset) + page.readUInt16LE(offset + 2) * 2 ** 16;
    const top = page.readUInt16LE(offset + 4);
    const key = keyAt(page, offset);
    return { key, page: number + top * 2 ** 32 };
  });
}

/** The rows of a leaf. @throws DamagedError when they lead out of the page */
export function leafNodes(page: Buffer): LeafNode[] {
  return nodeOffsets(page).map((offset) => {
    const size = page.readUInt16LE(offset) + page.readUInt16LE(offset + 2) * 2 ** 16;
    const flags = page.readUInt16LE(offset + 4);
    const key = keyAt(page, offset);
    const start = offset + NODE_HEADER + key.length;
    if (flags === 0) {
      if (start + size > page.length) throw new DamagedError("a value leads out of its page");
      return { key, size, value: page.subarray(start, start + size), overflow: undefined };
    }
    if (flags !== nodeFlag.overflow || start + 24 > page.length)
      throw new DamagedError("a row is of no kind that there is");
    const first = numberAt(page, start);
    const pages = numberAt(page, start + 16);
    if (first === undefined || pages !== pagesFor(size, page.length))
      throw new DamagedError("a value has the wrong number of pages");
    return { key, size, value: undefined, overflow: { page: first, pages } };
  });
}

function keyAt(page: Buffer, offset: number): Buffer {
  const length = page.readUInt16LE(offset + 6);
  const start = offset + NODE_HEADER;
  if (start + length > page.length) throw new DamagedError("a key leads out of its page");
  return page.subarray(start, start + length);
}

function nodeOffsets(page: Buffer): number[] {
  const lower = page.readUInt16LE(20);
  const upper = page.readUInt16LE(22);
  const room = page.length - PAGE_HEADER;
  if (lower % 2 !== 0 || lower > upper || upper > room)
    throw new DamagedError("a page is larger than it can be");
  const offsets: number[] = [];
  for (let index = 0; index < lower; index += 2) {
    const offset = page.readUInt16LE(PAGE_HEADER + index);
    if (offset < upper || offset + NODE_HEADER > room || offset % 2 !== 0)
      throw new DamagedError("a node leads out of its page");
    offsets.push(offset + PAGE_HEADER);
  }
  return offsets;
}
