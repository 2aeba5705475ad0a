import { WaybillError } from "@waybill/core/errors";

/** What can be wrong with the file of keys. */
export type KeysErrorCode =
  /** The file holds something else than keys, or its secret does. It was left as it is. */
  | "keys-damaged"
  /** The secret beside the file is gone: no key of the file could be recognised. */
  | "keys-secret-missing"
  /** Another process has the file. */
  | "keys-locked"
  /** The file cannot be read or written. */
  | "keys-io";

/** Thrown when keys are opened. The message names the file and the cure. */
export class KeysError extends WaybillError {
  override readonly name: "KeysError";
  declare readonly code: KeysErrorCode;

  constructor(code: KeysErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.name = "KeysError";
  }

  /** Whether the value is such an error, also of another copy of the class. */
  static override isInstance(value: unknown): value is KeysError {
    return WaybillError.isInstance(value) && value.name === "KeysError";
  }
}
