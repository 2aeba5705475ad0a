import type { StandardLoggingPayloadEmit } from "@waybill/core";

import type { Admission, Caller, GatewayParts } from "./parts.js";

/** A call while it is under way. */
export type OpenCall = {
  caller: Caller;
  /** Whether the API was asked. */
  isSent: boolean;
  /** Its record, once it is made. */
  payload: StandardLoggingPayloadEmit | undefined;
};

/** Calls that are under way: each ends with one record, and what was held for it is charged or given back once. */
export class OpenCalls {
  readonly #parts: GatewayParts;
  readonly #calls = new Map<string, OpenCall & { admission: Admission }>();

  constructor(parts: GatewayParts) {
    this.#parts = parts;
  }

  open(id: string, caller: Caller, admission: Admission): OpenCall {
    const call = { caller, admission, isSent: false, payload: undefined };
    this.#calls.set(id, call);
    return call;
  }

  /** The API is asked. */
  sent(id: string): Caller | undefined {
    const call = this.#calls.get(id);
    if (call) call.isSent = true;
    return call?.caller;
  }

  /** The record of a call is made: the budget is charged, and the record goes on its way. */
  recorded(made: StandardLoggingPayloadEmit): void {
    const { record, live } = this.#parts;
    const call = this.#calls.get(made.id);
    let payload = made;
    if (call) {
      const { settle, release, held = null } = call.admission;
      const { exact } = made.waybill.cost;
      const isFree = costsNothing(made);
      if (exact === null && held !== null && !isFree) payload = charged(made, held);
      call.payload = payload;
      this.guard("the budget", () => (isFree ? release() : settle(exact)));
    }
    this.guard("the record", () => record(payload));
    this.guard("live calls", () => live.end(payload.id));
  }

  /** A call is over. One without a record was no call of a model after all, or its record could not be made. */
  close(id: string): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (!call || call.payload) return;
    const { settle, release } = call.admission;
    this.guard("the budget", () => (call.isSent ? settle(null) : release()));
    if (call.isSent) this.guard("live calls", () => this.#parts.live.end(id));
  }

  /** What goes wrong with the books is told, and is nothing to the caller. */
  guard(what: string, run: () => unknown): void {
    const failed = (error: unknown): void => this.tell(what, error);
    try {
      const value = run();
      if (value instanceof Promise) value.catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  tell(what: string, error: unknown): void {
    try {
      this.#parts.onEvent?.({ type: "failed", what, error });
    } catch {
      // Nobody is left to be told.
    }
  }
}

/** With what was charged in place of a cost that is unknown: the budget is to know of it also after the next start. */
function charged(payload: StandardLoggingPayloadEmit, amount: string): StandardLoggingPayloadEmit {
  const { metadata } = payload;
  const spend_logs_metadata = { ...metadata.spend_logs_metadata, waybill_charged: amount };
  return { ...payload, metadata: { ...metadata, spend_logs_metadata } };
}

/** A call that the API refused or never got costs nothing. One that broke off may have cost something. */
function costsNothing({ status, error_information: error, waybill }: StandardLoggingPayloadEmit): boolean {
  if (status !== "failure" || waybill.usage || waybill.timing) return false;
  const { error_code: code, error_class: kind } = error ?? {};
  return /^[45][0-9]{2}$/.test(code ?? "") || notReached.has(kind ?? "");
}

/** The network's words for an API that was not there. */
const notReached: ReadonlySet<string> = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "UND_ERR_CONNECT_TIMEOUT",
]);
