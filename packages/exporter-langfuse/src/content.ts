import type { StandardLoggingPayload } from "@waybill/core";
import { toCappedJson } from "@waybill/exporter-otlp/http";

import { isMembers, listOf, membersOf, textOf, type Members } from "./members.js";

/** What was said in a call, in OpenAI's shapes, and whether that is all of it. */
export type Content = { input?: unknown; output?: unknown; isCut: boolean };

/** The content of a call; undefined when it has no JSON text: cycles, BigInt, more levels than the stack has. */
export function contentOf(payload: StandardLoggingPayload, limit: number): Content | undefined {
  try {
    const content: Content = { isCut: false };
    for (const [name, value] of [
      ["input", inputOf(payload)],
      ["output", outputOf(payload.response)],
    ] as const) {
      if (value === undefined) continue;
      const fitted = fit(value, limit);
      if (fitted.value !== undefined) content[name] = fitted.value;
      content.isCut ||= fitted.isCut;
    }
    return content;
  } catch {
    return undefined;
  }
}

/** The messages, and the tools that were offered. */
function inputOf({ messages, model_parameters: parameters }: StandardLoggingPayload): Members | undefined {
  const list = typeof messages === "string" ? [{ role: "user", content: messages }] : messages;
  const { tools, functions } = membersOf(parameters);
  const input = {
    ...(isSomething(list) ? { messages: list } : {}),
    ...(isSomething(functions) ? { functions } : {}),
    ...(isSomething(tools) ? { tools } : {}),
  };
  return isSomething(input) ? input : undefined;
}

/** The message of each choice, one alone as it is; of other APIs, what they answer with. Never what is falsy. */
function outputOf(response: unknown): unknown {
  if (typeof response === "string") return said(response);
  if (Array.isArray(response)) return isSomething(response) ? response : undefined;
  const { choices, output, text, data, results, content, role } = membersOf(response);
  if (Array.isArray(choices)) {
    const messages = choices.flatMap((choice: unknown) => {
      const members = membersOf(choice);
      const message = isMembers(members.message) ? members.message : said(members.text);
      return message ?? [];
    });
    return messages.length > 1 ? messages : messages[0];
  }
  // Vectors are not for reading.
  const drawn = listOf(data).filter((item) => !("embedding" in membersOf(item)));
  const messages = isSomething(content) ? { role: textOf(role) ?? "assistant", content } : undefined;
  return [output, messages, drawn, results].find(isSomething) ?? said(text);
}

/** Plain text is a message, too: so it is JSON in either form, and both store the same. */
function said(text: unknown): Members | undefined {
  return typeof text === "string" && text !== "" ? { role: "assistant", content: text } : undefined;
}

function isSomething(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

/** The value, with its long texts cut when its JSON would be longer than the limit. */
export function fit(value: unknown, limit: number): { value: unknown; isCut: boolean } {
  // An escaped character takes six; with so few of them nothing has to be written to be measured.
  if (measure(value, limit / 6, 0) >= 0) return { value, isCut: false };
  const list = Array.isArray(value) ? value : [value];
  const { json, isCut } = toCappedJson(list, limit);
  if (!isCut) return { value, isCut };
  const cut = JSON.parse(json) as unknown[];
  return { value: Array.isArray(value) ? cut : cut[0], isCut };
}

/** Levels down to which a value is measured without writing it. */
const MAX_DEPTH = 64;

/** What is left of a number of characters behind a value; negative when it is more, or is not plain. */
function measure(value: unknown, room: number, depth: number): number {
  if (typeof value === "string") return room - value.length - 2;
  if (typeof value === "bigint" || depth > MAX_DEPTH) return -1;
  if (typeof value !== "object" || value === null) return room - 24;
  let left = room - 2;
  for (const [name, member] of Object.entries(value)) {
    left = measure(member, left - name.length - 4, depth + 1);
    if (left < 0) return left;
  }
  return left;
}
