import type { Recording } from "@waybill/core";

import { isObject } from "./copy-with.js";

/** How a recorded call failed. */
export type RecordedFailure = {
  /** Whether there was no answer at all: the connection could not be made, or broke. */
  isBroken: boolean;
  status: number;
  message: string;
  /** The error as OpenAI writes it. */
  error: Record<string, unknown>;
};

/** Python's exceptions that say that the connection failed. */
const connectionFailures =
  /^(?:Connection|ConnectionReset|ConnectionRefused|ConnectionAborted|BrokenPipe|Timeout)Error$/;

/** How a recorded call failed; undefined for one that was answered. */
export function failureOf({ response }: Recording): RecordedFailure | undefined {
  if (!response.is_exception) return undefined;
  const data = response.exception_data ?? {};
  const message = data.message ?? response.exception_message ?? "the recorded call failed";
  const { status_code: status, body: inner } = data;
  const code = inner === undefined || inner === null ? null : inner;
  return {
    isBroken: data.category === "builtin" && connectionFailures.test(data.type ?? ""),
    status: isErrorStatus(status) ? status : 500,
    message,
    error: isObject(code) ? code : { message, type: data.type ?? null, param: null, code: null },
  };
}

function isErrorStatus(status: number | null | undefined): status is number {
  return typeof status === "number" && status >= 400 && status <= 599;
}
