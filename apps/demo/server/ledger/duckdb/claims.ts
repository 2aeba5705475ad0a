import { statSync } from "node:fs";

import { LedgerError } from "../problems.js";

/*
 * DuckDB opens a file a second time in the same process without a word, and closing the second one gives away the lock of the
 * first: the system drops all locks of a process on a file when any of its handles is closed. So each process remembers what
 * it has open, across copies of this module.
 */

const claims: Set<string> = ((globalThis as Record<symbol, unknown>)[Symbol.for("waybill.ledgers")] ??=
  new Set<string>()) as Set<string>;

/** Takes a file for this process. What it answers gives the file back. */
export function claim(path: string): () => void {
  const names = namesOf(path);
  if (names.some((name) => claims.has(name)))
    throw new LedgerError(
      "ledger-locked",
      `this process has the ledger ${path} open already: use the one that is open, or another file (--ledger other.duckdb)`,
    );
  const taken = new Set(names);
  for (const name of taken) claims.add(name);
  return () => {
    for (const name of taken) claims.delete(name);
  };
}

/** The path, and what the file is to the system by whatever name. */
function namesOf(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? [path, `${stat.dev}:${stat.ino}`] : [path];
}
