import { LedgerError } from "../ledger/problems.js";
import { ApiProblem } from "./api-problem.js";
import type { ApiError } from "./schemas.js";

/** The most that a JSON answer has. Bytes. */
export const MOST_ANSWERED = 2 * 1024 * 1024;

/** Headers of every answer: none is kept by a cache, and none is taken for anything else. */
export const answerHeaders = { "cache-control": "no-store", "x-content-type-options": "nosniff" } as const;

/** @throws ApiProblem `answer_too_large` */
export function jsonAnswer(value: unknown, status = 200): Response {
  const text = JSON.stringify(value);
  const body = Buffer.from(text);
  if (body.length > MOST_ANSWERED)
    throw new ApiProblem(
      422,
      "answer_too_large",
      `the answer has ${body.length} bytes, and ${MOST_ANSWERED} are the most`,
      {
        hint: "ask for less: a smaller limit, a shorter range, or the document itself with ?download=1",
      },
    );
  return new Response(body, { status, headers: { ...answerHeaders, "content-type": "application/json" } });
}

/** Any failure as an answer. What nobody foresaw says no more than that, and its number is in the log. */
export function errorAnswer(error: unknown, requestId: string): Response {
  const { status, code, message, field, hint } = problemOf(error);
  const body: ApiError = {
    error: {
      code,
      message,
      ...(field === undefined ? {} : { field }),
      ...(hint === undefined ? {} : { hint }),
      requestId,
    },
  };
  const headers = { ...answerHeaders, "content-type": "application/json", "x-request-id": requestId };
  return new Response(JSON.stringify(body), {
    status,
    headers: status === 503 ? { ...headers, "retry-after": "2" } : headers,
  });
}

/** Whether the failure was foreseen. */
export function isForeseen(error: unknown): boolean {
  return ApiProblem.isInstance(error) || LedgerError.isInstance(error);
}

function problemOf(error: unknown): ApiProblem {
  if (ApiProblem.isInstance(error)) return error;
  if (!LedgerError.isInstance(error)) {
    const message = "something went wrong here; the log of the server has the request's id and the reason";
    return new ApiProblem(500, "internal", message, { cause: error });
  }
  const options = { cause: error };
  switch (error.code) {
    case "query-timeout":
      return new ApiProblem(503, "query_timeout", error.message, {
        ...options,
        hint: "ask for a shorter range",
      });
    case "query-aborted":
      return new ApiProblem(503, "query_aborted", error.message, options);
    case "bad-query":
      return new ApiProblem(400, "bad_value", error.message, options);
    case "too-many-points":
      return new ApiProblem(400, "too_many_points", error.message, { ...options, field: "step" });
    default:
      return new ApiProblem(503, "ledger_unavailable", error.message, options);
  }
}
