import { wordsOf } from "@waybill/core/thrown";

import { LedgerError } from "../problems.js";

/** What DuckDB's errors come to; it has no codes, so their words decide. */
export type Diagnosis =
  | "locked"
  | "corrupt"
  | "newer"
  | "denied"
  | "full"
  | "interrupted"
  | "overflow"
  | "other";

/** In this order: a message may have words of several. */
const signs: readonly [RegExp, Diagnosis][] = [
  [/^INTERRUPT Error/i, "interrupted"],
  [/Could not set lock|Conflicting lock/i, "locked"],
  [/database file with version number|newer (?:version|DuckDB)|storage version/i, "newer"],
  [/No space left|disk (?:is )?full|File too large|quota exceeded/i, "full"],
  [
    /Permission denied|Read-only file system|Operation not permitted|Is a directory|Not a directory/i,
    "denied",
  ],
  [
    /Corrupt|not a valid DuckDB database|Could not read enough bytes|while replaying WAL|^Serialization Error/i,
    "corrupt",
  ],
  [/^Out of Range Error: Overflow/i, "overflow"],
];

export function diagnose(error: unknown): Diagnosis {
  const words = wordsOf(error);
  return signs.find(([sign]) => sign.test(words))?.[1] ?? "other";
}

/** Whether DuckDB has given itself up, and answers nothing until it is opened again. */
export function isFatal(error: unknown): boolean {
  const cause = LedgerError.isInstance(error) ? error.cause : error;
  return /^FATAL Error|database has been invalidated/i.test(wordsOf(cause));
}

/** Whether a transaction is on the disk although its COMMIT failed: what came after it went wrong. */
export function isKept(error: unknown): boolean {
  return /COMMIT succeeded and is durable/i.test(wordsOf(error));
}

/** The first line of what DuckDB said, without its advice. */
export function reasonOf(error: unknown): string {
  const [line = ""] = wordsOf(error).split("\n");
  return line.replace(/ See also https?:\S+$/, "").slice(0, 500);
}

/** An error of DuckDB in words of ours, with the cure. */
export function ledgerError(error: unknown, action: string, path: string): LedgerError {
  if (LedgerError.isInstance(error)) return error;
  const reason = reasonOf(error);
  const options = { cause: error };
  switch (diagnose(error)) {
    case "locked": {
      const holder = /PID (\d+)/.exec(reason)?.[1];
      const who = holder === undefined ? "another process" : `another process (pid ${holder})`;
      return new LedgerError(
        "ledger-locked",
        `${who} has the ledger ${path} open: stop it, or use another file (--ledger other.duckdb)`,
        options,
      );
    }
    case "newer":
      return new LedgerError(
        "ledger-newer",
        `the ledger ${path} was written by a later version: update Waybill, or use another file (--ledger other.duckdb): ${reason}`,
        options,
      );
    case "denied":
      return new LedgerError(
        "ledger-not-writable",
        `cannot ${action} ${path}: give this user the file and its folder, or use another file (--ledger other.duckdb): ${reason}`,
        options,
      );
    case "full":
      return new LedgerError(
        "ledger-full",
        `cannot ${action} ${path}: the disk is full: make room: ${reason}`,
        options,
      );
    case "corrupt":
      return new LedgerError(
        "ledger-corrupt",
        `cannot ${action} ${path}: a part of the file makes no sense: export what can be read, move the file aside and start again: ${reason}`,
        options,
      );
    default:
      return new LedgerError("ledger-failed", `cannot ${action} ${path}: ${reason}`, options);
  }
}
