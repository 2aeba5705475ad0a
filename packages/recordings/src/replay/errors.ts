import { WaybillError } from "@waybill/core";

/** Thrown inside when a request cannot be looked up: `unusable-request`. Callers see it as an answer of status 400. */
export class UnusableRequestError extends WaybillError {
  override readonly name = "UnusableRequestError";

  constructor(message: string, options?: ErrorOptions) {
    super("unusable-request", message, options);
  }
}
