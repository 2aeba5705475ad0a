import { WaybillError } from "@waybill/core/errors";

/** What can be wrong with a ledger. */
export type LedgerErrorCode =
  /** Another process has the file, or this one has it open already. */
  | "ledger-locked"
  /** The file or its folder cannot be written. */
  | "ledger-not-writable"
  /** The file was written by a later version, of Waybill or of DuckDB. */
  | "ledger-newer"
  /** The file is no ledger, and was left as it is. */
  | "ledger-foreign"
  /** A part of the file cannot be read; found while it was in use. */
  | "ledger-corrupt"
  /** The disk is full. */
  | "ledger-full"
  /** The store failed in a way that has no word of its own. */
  | "ledger-failed"
  | "ledger-closed"
  /** A filter, a position or an option is not what it has to be. */
  | "bad-query"
  | "too-many-points"
  | "query-timeout"
  | "query-aborted";

/** Thrown by a ledger. The message says what to do about it. */
export class LedgerError extends WaybillError {
  override readonly name: "LedgerError";
  declare readonly code: LedgerErrorCode;

  constructor(code: LedgerErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.name = "LedgerError";
  }

  /** Whether the value is such an error, also of another copy of the class. */
  static override isInstance(value: unknown): value is LedgerError {
    return WaybillError.isInstance(value) && value.name === "LedgerError";
  }
}

export function badQuery(message: string): LedgerError {
  return new LedgerError("bad-query", message);
}
