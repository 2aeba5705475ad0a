import type { ExpectedCall, ExpectedChoice, QuirkCase, QuirkExpectation } from "./quirk-case.js";

type Rest = Partial<QuirkExpectation>;

/** A case in one row; `codes` stand in one text, with spaces between. */
export function quirk(
  name: string,
  codes: string,
  seenAt: string,
  reads: readonly Uint8Array<ArrayBuffer>[],
  expected: QuirkExpectation,
  contentType = "text/event-stream",
): QuirkCase {
  return { name, codes: codes.split(" "), seenAt, contentType, reads, expected };
}

/** Expects these choices, whole unless `rest` says otherwise. */
export function answeredAll(choices: readonly Partial<ExpectedChoice>[], rest: Rest = {}): QuirkExpectation {
  return {
    status: "complete",
    choices: choices.map((choice) => ({ content: null, finish_reason: "stop", ...choice })),
    usage: null,
    diagnostics: [],
    ...rest,
  };
}

/** Expects one choice. */
export function answered(choice: Partial<ExpectedChoice>, rest: Rest = {}): QuirkExpectation {
  return answeredAll([choice], rest);
}

/** Expects this text, whole. */
export function said(content: string, rest: Rest = {}): QuirkExpectation {
  return answered({ content }, rest);
}

/** Expects tool calls and no text. */
export function called(calls: readonly ExpectedCall[], rest: Rest = {}): QuirkExpectation {
  return answered({ tool_calls: calls, finish_reason: "tool_calls" }, rest);
}

/** Expects an answer that was cut short. */
export function cutShort(choice: Partial<ExpectedChoice>, rest: Rest = {}): QuirkExpectation {
  return answered({ finish_reason: null, ...choice }, { status: "incomplete", ...rest });
}

/** Expects a failure, behind this text or before any. */
export function failed(
  code: string,
  error: string,
  content: string | null,
  rest: Rest = {},
): QuirkExpectation {
  const choices = content === null ? [] : [{ content, finish_reason: null }];
  return { status: "error", choices, usage: null, error, diagnostics: [code], ...rest };
}

/** A call of a function as it should come out. */
export function call(id: string, name: string, text: string): ExpectedCall {
  return { id, type: "function", name, arguments: text };
}
