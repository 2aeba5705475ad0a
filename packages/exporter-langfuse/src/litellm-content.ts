import type { StandardLoggingPayload } from "@waybill/core";

import { listOf, membersOf, textOf, type Members } from "./members.js";
import type { MappingOptions } from "./options.js";

/** What LiteLLM writes in place of content. */
const MARKER = "redacted-by-litellm";

/** The content, the marker when the caller asked for it, or nothing when content is not sent at all. */
export function masked<Value>(
  mask: unknown,
  { content = true }: MappingOptions,
  value: Value,
): Value | string | undefined {
  if (!content) return undefined;
  return mask === true || mask === "true" ? MARKER : value;
}

/** The messages with functions and tools. */
export function litellmInput({ messages, model_parameters: given }: StandardLoggingPayload): Members {
  const { functions, tools } = membersOf(given);
  return { messages: messages ?? null, ...(functions ? { functions } : {}), ...(tools ? { tools } : {}) };
}

/** The first choice alone, as LiteLLM has it; of other calls, what they answer with. Undefined for vectors and nothing. */
export function litellmOutput({ response, call_type: type }: StandardLoggingPayload): unknown {
  if (typeof response === "string") return response;
  if (Array.isArray(response)) return response.length > 0 ? response : undefined;
  const { choices, output, data, results, text, response: passed } = membersOf(response);
  if (Array.isArray(choices)) {
    const first = membersOf(choices[0]);
    return first.message ?? textOf(first.text);
  }
  if (/speech/.test(textOf(type) ?? "")) return "speech-output";
  const items = listOf(data);
  return output ?? results ?? (items.some(isDrawn) ? items : undefined) ?? text ?? passed ?? undefined;
}

function isDrawn(item: unknown): boolean {
  return !("embedding" in membersOf(item));
}
