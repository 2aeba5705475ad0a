import { statSync } from "node:fs";
import { join } from "node:path";

import type * as lmdbModule from "lmdb";

import { codeOf, DamagedError, isDamage, isDiskFull } from "../errors.js";
import { checkMetas } from "./lmdb-file.js";
import { prepareLockFile } from "./lock-file.js";

/** The module `lmdb`, which is only loaded once a spool is opened. */
export type Lmdb = typeof lmdbModule;

/**
 * How every file is opened. A commit writes to the file and not to the disk; one root database of bytes needs no names; the
 * map is larger than files get, so that it stays where it is.
 */
const options = {
  noSync: true,
  overlappingSync: false,
  noSubdir: false,
  keyEncoding: "binary",
  encoding: "binary",
  eventTurnBatching: false,
  maxDbs: 1,
  maxReaders: 250,
  mapSize: 2 ** 31,
  permissionsMode: 0o600,
} as const;

/** Commits before it returns, and leaves the disk to the operating system. */
const SYNCHRONOUS_WITHOUT_FLUSH = 0x10002;

/** What LMDB's database has and its types do not tell. */
type Database = lmdbModule.RootDatabase<Buffer, Uint8Array> & { path: string };

/**
 * One LMDB environment: a folder with a data file and a lock file. All reading is done inside of transactions that could also
 * write: they see the newest state, exclude each other between processes, and leave nothing behind when a process is killed.
 */
export class Environment {
  readonly folder: string;
  readonly dataFile: string;
  /** Whether it should be opened again. */
  isSuspect = false;
  readonly #lmdb: Lmdb;
  readonly #database: Database;
  readonly #inode: number;
  #open = true;
  #inside = false;

  private constructor(lmdb: Lmdb, folder: string, database: Database, inode: number) {
    this.#lmdb = lmdb;
    this.folder = folder;
    this.dataFile = dataFileIn(folder);
    this.#database = database;
    this.#inode = inode;
  }

  /**
   * Opens the environment of a folder, which has to be there. LMDB trusts its files, so what it reads at once is checked first.
   * @throws DamagedError
   */
  static open(lmdb: Lmdb, folder: string): Environment {
    checkMetas(dataFileIn(folder));
    prepareLockFile(folder);
    try {
      const database = lmdb.open(folder, options) as unknown as Database;
      return new Environment(lmdb, folder, database, statSync(dataFileIn(folder)).ino);
    } catch (error) {
      throw isDamage(error) ? new DamagedError(String(error), { cause: error, folder }) : error;
    }
  }

  /**
   * Runs an action in one transaction, alone among all processes. What it throws undoes it.
   * @throws DamagedError
   */
  transact<T>(action: () => T): T {
    if (this.#inside) return action();
    this.#inside = true;
    try {
      return this.#database.transactionSync(action, SYNCHRONOUS_WITHOUT_FLUSH as never);
    } catch (error) {
      // After some errors LMDB does nothing more with an environment until it is opened again.
      this.isSuspect ||= typeof codeOf(error) === "number" && !isDiskFull(error, this.folder);
      if (!isDamage(error) || (error instanceof DamagedError && error.folder !== undefined)) throw error;
      throw new DamagedError(String(error), { cause: error, folder: this.folder });
    } finally {
      this.#inside = false;
    }
  }

  get(key: Uint8Array): Buffer | undefined {
    return this.#database.getBinary(key);
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#database.putSync(key, value as Buffer);
  }

  /** Whether there was such a row. */
  remove(key: Uint8Array): boolean {
    return this.#database.removeSync(key);
  }

  /** The keys from one on, up to another that is not included. */
  keys(start: Uint8Array, end: Uint8Array, limit: number): Uint8Array[] {
    return Array.from(this.#database.getKeys({ start, end, limit }));
  }

  /**
   * Keeps every page of the present state as it is on the disk, until it is released. Not for use inside of a transaction.
   * @returns how to release it
   */
  pin(): () => void {
    // Otherwise it may be a state that was read earlier in the same turn.
    this.#database.resetReadTxn();
    const transaction = this.#database.useReadTransaction();
    let held = true;
    return () => {
      if (!held || !this.#open) return;
      held = false;
      transaction.done();
    };
  }

  /** Frees what processes that were killed still hold. */
  forgetDeadReaders(): void {
    this.#database.readerCheck();
  }

  /** Bytes of the data file; undefined when the file that is open has no name any more. */
  size(): number | undefined {
    const found = statSync(this.dataFile, { throwIfNoEntry: false });
    return found?.ino === this.#inode ? found.size : undefined;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    // With nothing asynchronous under way it is closed when this returns; LMDB gives a promise all the same.
    void this.#database.close().catch(() => undefined);
    // LMDB remembers the last database of each name for ever, and with it 64 KiB.
    for (const [name, database] of databasesOf(this.#lmdb))
      if (database === this.#database) databasesOf(this.#lmdb).delete(name);
  }
}

export function dataFileIn(folder: string): string {
  return join(folder, "data.mdb");
}

/** LMDB's list of all databases, which its types do not tell of. */
function databasesOf(lmdb: Lmdb): Map<string, unknown> {
  return (lmdb as unknown as { allDbs: Map<string, unknown> }).allDbs;
}
