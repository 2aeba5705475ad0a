import type { StandardLoggingPayloadEmit } from "@waybill/core";
import { buildPayload } from "@waybill/payload";

/** The record of the n-th call; `text` is what was asked. */
export function payloadOf(number: number, text = "Which planet has rings?"): StandardLoggingPayloadEmit {
  const startTime = 1_766_000_000 + number;
  const id = `chatcmpl-${number}`;
  return buildPayload({
    request: { model: "gpt-4o", messages: [{ role: "user", content: text }] },
    response: {
      id,
      object: "chat.completion",
      model: "gpt-4o-2024-08-06",
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Saturn" } }],
      usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
    },
    startTime,
    endTime: startTime + 1,
    provider: "openai",
    apiBase: "https://api.openai.com/v1",
    context: { traceId: uuidOf(number) },
  });
}

export function uuidOf(number: number): string {
  return `00000000-0000-4000-8000-${(number + 1).toString(16).padStart(12, "0")}`;
}

export function numbers(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, at) => at + from);
}
