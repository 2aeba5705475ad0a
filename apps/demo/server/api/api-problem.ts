import { WaybillError } from "@waybill/core/errors";

/** A request that cannot be answered: the status, and what `ApiError` says. */
export class ApiProblem extends WaybillError {
  override readonly name: "ApiProblem";
  readonly status: number;
  readonly field: string | undefined;
  readonly hint: string | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    {
      field,
      hint,
      ...options
    }: { field?: string | undefined; hint?: string | undefined } & ErrorOptions = {},
  ) {
    super(code, message, options);
    this.name = "ApiProblem";
    this.status = status;
    this.field = field;
    this.hint = hint;
  }

  /** Whether the value is such a problem, also of another copy of the class. */
  static override isInstance(value: unknown): value is ApiProblem {
    return WaybillError.isInstance(value) && value.name === "ApiProblem";
  }
}

/** `hint`: what would be right. */
export function badValue(field: string, message: string, hint?: string): ApiProblem {
  return new ApiProblem(400, "bad_value", `${field}: ${message}`, { field, hint });
}

/** Text from outside in a message: quoted, and not too much of it. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
