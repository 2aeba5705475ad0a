import type { StreamError } from "@waybill/core";

import { isObject, parseJson } from "./members.js";
import { toStreamError } from "./stated-error.js";

/** The most that is kept of the body of an HTTP error, in UTF-16 units: it may be as long as its sender likes. */
const MAX_BODY = 1024 * 1024;

/** The body of an HTTP error: JSON of any shape, a page, or nothing. */
export class ErrorBody {
  readonly #decoder = new TextDecoder();
  #text = "";

  /** Whether as much is kept as may be, so that the rest need not be read. */
  get isFull(): boolean {
    return this.#text.length > MAX_BODY;
  }

  write(piece: Uint8Array): void {
    if (!this.isFull) this.#text += this.#decoder.decode(piece, { stream: true });
  }

  /** The error, with the provider's own code where it has one, and else the status. */
  error(status: number): StreamError {
    const text = this.#text + this.#decoder.decode();
    const parsed = parseJson(text)?.value;
    // Google sends a list of one.
    const value = Array.isArray(parsed) ? (parsed as unknown[])[0] : parsed;
    const { message, code, type, raw } = toStreamError(
      isObject(value) && value.detail ? value.detail : value,
    );
    const told = value === undefined ? text.slice(0, 500) : message;
    return {
      message: told || `HTTP ${status}`,
      code: code ?? String(status),
      ...(type === undefined ? {} : { type }),
      status,
      raw: value === undefined ? text.slice(0, MAX_BODY) : raw,
    };
  }
}
