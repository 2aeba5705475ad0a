import type { Issue } from "./validation/issue.js";

/** Base of every exception that a Waybill package throws. Tell them apart by `code`, not by `instanceof`. */
export class WaybillError extends Error {
  override readonly name: string = "WaybillError";
  /** What went wrong, as a stable word. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Thrown by the `parseX` functions: the value is not what the schema asks for, and `issues` says where. */
export class InvalidDocumentError extends WaybillError {
  override readonly name = "InvalidDocumentError";
  /** Every place at fault. */
  readonly issues: readonly Issue[];

  constructor(document: string, issues: readonly Issue[]) {
    const [first] = issues;
    const place = first ? `: ${first.path || "the document"}: ${first.message}` : "";
    const others = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
    super("invalid-document", `not a valid ${document}${place}${others}`);
    this.issues = issues;
  }
}
