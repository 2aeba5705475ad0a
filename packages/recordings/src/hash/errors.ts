import { WaybillError } from "@waybill/core";

/**
 * Thrown when a request cannot be hashed as it was asked for. Its code is `unknown-version`, `unknown-recipe`, or
 * `incomplete-request` when the request lacks what the recipe hashes.
 */
export class RequestHashError extends WaybillError {
  override readonly name = "RequestHashError";
}
