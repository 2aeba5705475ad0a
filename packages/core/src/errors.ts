import type { Issue } from "./validation/issue.js";

/** What marks an error of ours in every copy of this package: a program may well load two. */
const marker = Symbol.for("waybill.error");

/** Base of every exception that a Waybill package throws. Tell them apart by `code`. */
export class WaybillError extends Error {
  override readonly name: string = "WaybillError";
  /** What went wrong, as a stable word. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, marker, { value: true });
  }

  /** Whether the value is an error of ours, also of another copy of this package. */
  static isInstance(value: unknown): value is WaybillError {
    return typeof value === "object" && value !== null && marker in value;
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

  /** Whether the value is such an error, also of another copy of this package. */
  static override isInstance(value: unknown): value is InvalidDocumentError {
    return WaybillError.isInstance(value) && value.code === "invalid-document";
  }
}
