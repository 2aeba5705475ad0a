import { WaybillError } from "@waybill/core";

/** Thrown when a value has no JSON text: a number that is not finite, or nesting that does not end. */
export class UnwritableValueError extends WaybillError {
  override readonly name = "UnwritableValueError";
  /** JSON Pointer of the value at fault. */
  readonly path: string;

  constructor(code: "not-finite" | "too-deep", path: string, message: string) {
    super(code, `${path || "the value"}: ${message}`);
    this.path = path;
  }
}
