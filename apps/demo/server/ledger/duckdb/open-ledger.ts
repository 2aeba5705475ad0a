import { statSync } from "node:fs";

import type { LedgerStore } from "../ledger-store.js";
import { LedgerError } from "../problems.js";
import { claim } from "./claims.js";
import { Database } from "./database.js";
import { diagnose, ledgerError, reasonOf } from "./diagnose.js";
import { DuckdbLedger, type LastNumbers } from "./duckdb-ledger.js";
import { checkWritable, ledgerPath, looksLike, moveAside } from "./files.js";
import { countIn, textIn } from "./rows.js";
import type { DatabaseSettings } from "./session.js";
import { migration, schema, SCHEMA_VERSION, tableNames } from "./tables.js";

export type LedgerOptions = {
  /** Memory of DuckDB; "512MB" by default. */
  memoryLimit?: string;
  /** Threads of DuckDB; 2 by default. */
  threads?: number;
  /** Epoch milliseconds, for the name of a file that is moved aside. */
  now?: () => number;
};

/**
 * Opens the ledger in a file, which is made if it is not there. A ledger that makes no sense is moved aside, a new one is
 * begun, and `recovered` says so. A file that somebody else has open, that is newer or that is no ledger stays as it is.
 * @throws LedgerError, as a rejection: `ledger-locked`, `ledger-not-writable`, `ledger-newer`, `ledger-foreign`, `ledger-full`,
 * `ledger-failed`
 */
export async function openLedger(path: string, options: LedgerOptions = {}): Promise<LedgerStore> {
  const { memoryLimit = "512MB", threads = 2, now = Date.now } = options;
  const settings = { memoryLimit, threads };
  const file = ledgerPath(path);
  const unclaim = claim(file);
  let database: Database | undefined;
  try {
    checkWritable(file);
    const damage = await damageOf(file, settings);
    const recovered = damage === null ? null : { movedTo: moveAside(file, now()), reason: damage };
    database = await Database.open(file, settings);
    const last = await prepare(database);
    // A file that was made just now has a name of the system's, too, by which it might be opened once more.
    const release = claimed(file, unclaim);
    const { ino } = statSync(file);
    const isInPlace = (): boolean => statSync(file, { throwIfNoEntry: false })?.ino === ino;
    return new DuckdbLedger(database, last, recovered, { release, isInPlace });
  } catch (error) {
    await database?.close();
    unclaim();
    throw ledgerError(error, "open", file);
  }
}

function claimed(file: string, unclaim: () => void): () => void {
  unclaim();
  return claim(file);
}

/**
 * Why a file makes no sense; null when it does, or is not there. It is only looked at: a file that is not ours must not be
 * touched, and DuckDB would write its log into it.
 * @throws LedgerError when it is not ours, newer, or locked
 */
async function damageOf(file: string, settings: DatabaseSettings): Promise<string | null> {
  switch (looksLike(file)) {
    case "nothing":
      return null;
    case "damaged":
      return "the file does not begin as a DuckDB file does";
    case "foreign":
      throw new LedgerError(
        "ledger-foreign",
        `${file} is no DuckDB file and stays as it is: use another file (--ledger other.duckdb)`,
      );
    case "duckdb":
  }
  let database: Database | undefined;
  try {
    database = await Database.open(file, { ...settings, readOnly: true });
    return await look(database, file);
  } catch (error) {
    if (LedgerError.isInstance(error) && error.code !== "ledger-corrupt") throw error;
    const cause = LedgerError.isInstance(error) ? error.cause : error;
    if (diagnose(cause) === "corrupt") return reasonOf(cause);
    throw error;
  } finally {
    await database?.close();
  }
}

/** Looks at the tables, and reads what would be missed most. */
async function look(database: Database, file: string): Promise<null> {
  const rows = await database.read(
    () =>
      "SELECT table_name FROM duckdb_tables() UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal",
  );
  const tables = rows.map(([name]) => textIn(name));
  if (tables.length === 0) return null;
  if (!tables.includes("waybill_ledger") || !tableNames.every((name) => tables.includes(name)))
    throw new LedgerError(
      "ledger-foreign",
      `${file} is a DuckDB file with tables of somebody else's and stays as it is: use another file (--ledger other.duckdb)`,
    );
  const [row] = await database.read(() => "SELECT max(version) FROM waybill_ledger");
  const version = countIn(row?.[0]) ?? 0;
  if (version > SCHEMA_VERSION)
    throw new LedgerError(
      "ledger-newer",
      `the ledger ${file} has version ${version} and this program knows ${SCHEMA_VERSION}: update Waybill, or use another file (--ledger other.duckdb)`,
    );
  await scan(database, await isShort(database, file));
  return null;
}

/**
 * Whether a file is shorter than its head says. That may be well: what is still in the log alone counts, too. DuckDB reads
 * blocks when it needs them, so that a file that lacks its end opens without a word.
 */
async function isShort(database: Database, file: string): Promise<boolean> {
  const [row] = await database.read(() => "SELECT total_blocks, block_size FROM pragma_database_size()");
  return statSync(file).size < (countIn(row?.[0]) ?? 0) * (countIn(row?.[1]) ?? 0);
}

/** Reads the columns that accounting is made of, so that damage in them is found now; and all, when there is a doubt. */
async function scan(database: Database, isDoubtful: boolean): Promise<void> {
  const columns = isDoubtful ? "calls" : "seq, id, key, started, status, cost";
  await database.read(() => `SELECT bit_xor(hash(${columns})) FROM calls`);
  if (!isDoubtful) return;
  for (const table of ["payloads", "deliveries"])
    await database.read(() => `SELECT bit_xor(hash(${table})) FROM ${table}`);
}

/** Makes the tables of a new ledger, brings those of an older one up to date, and reads where the numbers of an old one end. */
async function prepare(database: Database): Promise<LastNumbers> {
  const [tables] = await database.read(
    () => "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'waybill_ledger'",
  );
  if (countIn(tables?.[0]) === 0)
    await database.transact("write", async (connection) => connection.run(schema));
  const [held] = await database.read(() => "SELECT max(version) FROM waybill_ledger");
  if ((countIn(held?.[0]) ?? 0) < SCHEMA_VERSION)
    await database.transact("write", async (connection) => connection.run(migration));
  const [row] = await database.read(
    () => `SELECT greatest((SELECT max(last_seq) FROM waybill_ledger), (SELECT coalesce(max(seq), 0) FROM calls)),
      (SELECT coalesce(max(n), 0) FROM deliveries)`,
  );
  return { seq: countIn(row?.[0]) ?? 0, delivery: countIn(row?.[1]) ?? 0 };
}
