import { readFileSync } from "node:fs";

import type { StandardLoggingPayload, StandardLoggingPayloadEmit } from "@waybill/core";

/** LiteLLM's payload of the seeds. */
export const seedPayload = JSON.parse(
  readFileSync(new URL("../../../fixtures/seeds/standard-logging-payload.json", import.meta.url), "utf8"),
) as StandardLoggingPayload;

/** A payload as Waybill writes it, as far as the exporter reads it. */
export function ourPayload(id: string, waybill: Partial<StandardLoggingPayloadEmit["waybill"]> = {}) {
  return {
    ...seedPayload,
    id,
    trace_id: `trace-of-${id}`,
    session_id: "session",
    end_user: "user",
    completionStartTime: 1766000069.5,
    waybill: {
      version: 1,
      idempotencyKey: `openai:${id}`,
      cost: {
        status: "priced",
        exact: "0.0004",
        catalog: "test",
        lines: [
          { kind: "input", count: 60, rate: "0.0000025", amount: "0.00015" },
          { kind: "cache_read", count: 40, rate: "0.00000125", amount: "0.00005" },
          { kind: "output", count: 20, rate: "0.00001", amount: "0.0002" },
        ],
      },
      usage: {
        input: { text: 60, cacheRead: 40, cacheWrite5m: 0, cacheWrite1h: 0, audio: 0, image: 0, video: 0 },
        output: { text: 20, reasoning: 0, audio: 0, image: 0 },
        total: 120,
        raw: {},
      },
      usageSource: "provider",
      status: "complete",
      diagnostics: [],
      timing: null,
      attempts: [],
      ...waybill,
    },
    response_cost: 0.0004,
  } satisfies StandardLoggingPayload & { waybill: unknown };
}
