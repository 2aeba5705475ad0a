import type { StandardLoggingPayloadEmit } from "@waybill/core";
import { buildPayload } from "@waybill/payload";

/* A call as a service has many of: a short question, an answer of 240 characters, a usage. About 750 bytes as Langfuse's JSON. */

export const question =
  "Which planets of the solar system have rings, and which of them can be seen with binoculars?";
export const answer =
  "Four planets have rings: Jupiter, Saturn, Uranus and Neptune. Only Saturn's are bright enough for amateurs; with steady binoculars of 25 times you see an oval, with a small telescope the gap. Those of the others were found in 1977 and later on.";
export const usage = { prompt_tokens: 31, completion_tokens: 58, total_tokens: 89 };

const start = 1_766_000_000;

const template = buildPayload({
  request: { model: "gpt-4o", messages: [{ role: "user", content: question }], temperature: 0.2 },
  response: {
    id: "chatcmpl",
    object: "chat.completion",
    created: start,
    model: "gpt-4o-2024-08-06",
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: answer } }],
    usage,
  },
  startTime: start,
  endTime: start + 0.9,
  provider: "openai",
  apiBase: "https://api.openai.com/v1",
  context: { traceId: "trace", tags: ["bench"] },
});

/** The record of the n-th call. How long it takes to build one is not asked here. */
export function payloadOf(number: number): StandardLoggingPayloadEmit {
  const startTime = start + number / 1000;
  return {
    ...template,
    id: `chatcmpl-${number}`,
    trace_id: uuidOf(number),
    startTime,
    endTime: startTime + 0.9,
    waybill: { ...template.waybill, idempotencyKey: `openai:chatcmpl-${number}` },
  };
}

/** What a program that sends to Langfuse by hand would send: the least that a record can be. */
export function langfuseEventOf(number: number): object {
  const time = new Date((start + number / 1000) * 1000).toISOString();
  return {
    id: `event-${number}`,
    type: "generation-create",
    timestamp: time,
    body: {
      id: `generation-${number}`,
      traceId: uuidOf(number),
      name: "chat",
      model: "gpt-4o-2024-08-06",
      startTime: time,
      endTime: time,
      input: [{ role: "user", content: question }],
      output: { role: "assistant", content: answer },
      usageDetails: { input: 31, output: 58, total: 89 },
      modelParameters: { temperature: 0.2 },
    },
  };
}

/** What ids of traces mostly look like. */
export function uuidOf(number: number): string {
  return `8c5f0b5e-4f0a-4c8b-9a4e-${(number + 100_000).toString(16).padStart(12, "0")}`;
}
