import type { StreamStatus } from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";

import { membersOf, textOf, type Members } from "./members.js";

/** Why a call failed. */
export type Failure = {
  message: string;
  code?: string | undefined;
  class?: string | undefined;
  traceback?: string | undefined;
};

/** What is known of how a call went. */
export type Outcome = {
  /** What the client met, already without what JSON cannot hold. */
  error: unknown;
  /** The answer of a plain call. */
  response: unknown;
  /** How a streamed answer ended. */
  stream?: { status: StreamStatus; endedBy: unknown; error: Members | undefined } | undefined;
};

/** Why a call failed: what the client met, what the answer carried, or that it broke off. Undefined for a success. */
export function failureOf({ error, response, stream }: Outcome): Failure | undefined {
  if (error !== undefined && error !== null) return thrown(error);
  if (!stream) return response === undefined || response === null ? noAnswer : refusalIn(membersOf(response));
  // A reader that hangs up has not met a failure of the model.
  if (stream.status === "complete" || (stream.status === "incomplete" && stream.endedBy === "abort"))
    return undefined;
  if (!stream.error) return { message: "the stream ended before a finish reason", class: "IncompleteStream" };
  const { message, code, type } = stream.error;
  return {
    message: textOf(message) ?? "the stream carries an error without words",
    code: textOf(code),
    class: textOf(type) ?? (stream.status === "error" ? undefined : "IncompleteStream"),
  };
}

const noAnswer: Failure = { message: "the call has neither an answer nor an error", class: "NoAnswer" };

function thrown(error: unknown): Failure {
  if (typeof error !== "object") return { message: wordsOf(error) };
  const {
    message,
    code,
    status,
    status_code: statusCode,
    name,
    class: kind,
    traceback,
    stack,
  } = membersOf(error);
  return {
    message: textOf(message) ?? "an error without words",
    code: [code, status, statusCode].map(codeOf).find((each) => each !== undefined),
    class: textOf(kind) ?? textOf(name),
    traceback: textOf(traceback) ?? textOf(stack),
  };
}

function codeOf(code: unknown): string | undefined {
  return typeof code === "number" ? String(code) : textOf(code);
}

/** An error in a body that is otherwise empty, or a response of OpenAI's that failed. */
function refusalIn(body: Members): Failure | undefined {
  const { error, status, choices, data, output } = body;
  const isEmpty = choices === undefined && data === undefined && output === undefined;
  if (!error || (!isEmpty && status !== "failed")) return undefined;
  return thrown(error);
}

/** The first hundred lines, which is what LiteLLM keeps. */
export function tracebackOf(text: string | undefined): string {
  if (text === undefined) return "";
  let end = -1;
  for (let line = 0; line < 100; line++) {
    end = text.indexOf("\n", end + 1);
    if (end < 0) return text;
  }
  return text.slice(0, end);
}
