import { readFileSync } from "node:fs";

import type { StandardLoggingPayload, WaybillMember } from "@waybill/core";

/** LiteLLM's payload of the seeds. */
export const seed = JSON.parse(
  readFileSync(new URL("../../../fixtures/seeds/standard-logging-payload.json", import.meta.url), "utf8"),
) as StandardLoggingPayload;

/** A payload as Waybill writes it, as far as the exporter reads it. */
export function ours(
  members: Partial<StandardLoggingPayload> = {},
  waybill: Partial<WaybillMember> = {},
): StandardLoggingPayload & { waybill: WaybillMember } {
  return {
    id: "chatcmpl-1",
    trace_id: "97311c60-9a61-4f48-a814-70139ee57868",
    call_type: "acompletion",
    stream: true,
    status: "success",
    custom_llm_provider: "openai",
    startTime: 1766000068.28466,
    endTime: 1766000070.07935,
    completionStartTime: 1766000069.5,
    model: "gpt-4o",
    api_base: "https://api.openai.com/v1",
    prompt_tokens: 100,
    completion_tokens: 30,
    total_tokens: 130,
    response_cost: 0.0004,
    messages: [{ role: "user", content: "What is a waybill?" }],
    response: {
      id: "chatcmpl-1",
      model: "gpt-4o-2024-08-06",
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "A document." } }],
    },
    model_parameters: {},
    ...members,
    waybill: {
      version: 1,
      idempotencyKey: "openai:chatcmpl-1",
      cost: {
        status: "priced",
        exact: "0.0004",
        catalog: "waybill 2026-11-01",
        lines: [
          { kind: "input", count: 60, rate: "0.0000025", amount: "0.00015" },
          { kind: "cache_read", count: 40, rate: "0.00000125", amount: "0.00005" },
          { kind: "output", count: 20, rate: "0.00001", amount: "0.0002" },
        ],
      },
      usage: {
        input: { text: 60, cacheRead: 40, cacheWrite5m: 0, cacheWrite1h: 0, audio: 0, image: 0, video: 0 },
        output: { text: 20, reasoning: 10, audio: 0, image: 0 },
        total: 130,
        raw: {},
      },
      usageSource: "provider",
      status: "complete",
      diagnostics: [],
      timing: null,
      attempts: [],
      ...waybill,
    },
  };
}

/** LiteLLM's own payload, without the member of Waybill. */
export function litellm(members: Partial<StandardLoggingPayload>): StandardLoggingPayload {
  return { ...seed, ...members };
}
