import type { CostResult, StandardLoggingPayloadEmit, StreamResult } from "@waybill/core";
import { checkStandardLoggingPayloadEmit } from "@waybill/core/emit";
import { checkStandardLoggingPayload } from "@waybill/core/standard-logging-payload";
import { expect } from "vitest";

import { buildPayload, type BuildOptions, type Call } from "../src/index.js";

/** A streamed answer with everything a stream can say. */
export const result: StreamResult = {
  status: "complete",
  endedBy: "done",
  completion: {
    id: "chatcmpl-0123456789abcdef",
    object: "chat.completion",
    created: 5,
    model: "gpt-4o-2024-08-06",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: "Hi", refusal: null },
        finish_reason: "stop",
        logprobs: null,
      },
    ],
  },
  usage: { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 },
  usageSource: "provider",
  diagnostics: [{ code: "T5", message: "no [DONE]", chunk: 3 }],
  timing: {
    headers: 10,
    firstChunk: 20,
    firstContent: 250,
    firstReasoning: null,
    firstTool: null,
    finish: 400,
    usage: 410,
    lastChunk: 410,
    close: 420,
    chunks: 4,
    gaps: { p50: 1, p95: 1, max: 1, maxAt: 1 },
    ticks: [20],
  },
};

/** Its price. */
export const cost: CostResult = {
  status: "priced",
  cost: 0.00022500000000000002,
  exact: "0.000225",
  prompt: 2.5e-5,
  completion: 0.0002,
  lines: [{ kind: "input", count: 10, rate: "0.0000025", amount: "0.000025" }],
  usage: null,
  model: "gpt-4o-2024-08-06",
  catalog: "litellm 2026-08-01",
};

/** The call of both. */
export const call: Call = {
  request: {
    model: "gpt-4o",
    messages: [{ role: "user", content: "Hello" }],
    stream: true,
    temperature: 0.5,
  },
  result,
  cost,
  startTime: 1766000068.25,
  endTime: 1766000070.5,
  provider: "openai",
  apiBase: "https://api.openai.com/v1/",
  context: { traceId: "t", tags: ["a"], userId: "u", metadata: { k: 1 } },
};

/** Builds a payload, and holds it to both schemas on the way. */
export function build(changes: Partial<Call> = {}, options: BuildOptions = {}): StandardLoggingPayloadEmit {
  let ids = 0;
  return valid(buildPayload({ ...call, ...changes }, { newId: () => `id-${++ids}`, ...options }));
}

/** The payload, if both schemas take it. */
export function valid<Payload>(payload: Payload): Payload {
  const checked = checkStandardLoggingPayloadEmit(payload);
  expect(checked.ok ? [] : checked.issues).toEqual([]);
  expect(checkStandardLoggingPayload(payload).ok).toBe(true);
  return payload;
}

/** The same call without the members, as if they were never known. */
export function without(...members: (keyof Call)[]): Partial<Call> {
  return Object.fromEntries(members.map((member) => [member, undefined]));
}
