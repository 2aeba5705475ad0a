import type { Refusal } from "./errors.js";

/** An error of the page's API. */
export type ApiError = {
  error: { code: string; message: string; field?: string; hint?: string; requestId: string };
};

/** `field`: the parameter or member at fault. `hint`: the cure. */
export function apiError(
  code: string,
  message: string,
  requestId: string,
  { field, hint }: { field?: string | undefined; hint?: string | undefined } = {},
): ApiError {
  const more = { ...(field === undefined ? {} : { field }), ...(hint === undefined ? {} : { hint }) };
  return { error: { code, message, ...more, requestId } };
}

/** A refusal in the shape of the page's API. */
export function apiErrorOf({ body }: Refusal, requestId: string): ApiError {
  const { code, message, param } = body.error;
  return apiError(code ?? "error", message, requestId, { field: param ?? undefined });
}
