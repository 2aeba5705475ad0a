import type { StandardLoggingPayloadEmit } from "@waybill/core";
import { createCostEngine } from "@waybill/cost";
import { buildPayload } from "@waybill/payload";

import type { LedgerRecord } from "../../server/ledger/ledger-record.js";
import { toLedgerRecord } from "../../server/ledger/record.js";

/** Wednesday, 2025-12-17 19:33:20 UTC. Epoch seconds. */
export const NOON = 1_766_000_000;

const engine = createCostEngine({
  overrides: {
    "gpt-4o": {
      litellm_provider: "openai",
      mode: "chat",
      input_cost_per_token: 2.5e-6,
      cache_read_input_token_cost: 1.25e-6,
      output_cost_per_token: 1e-5,
    },
  },
});

export type CallOptions = Partial<Parameters<typeof buildPayload>[0]> & {
  id?: string;
  text?: string;
  model?: string;
  usage?: object;
};

/** The record of a call that was answered, priced by a catalog of one model, in which half of the prompt is cached. */
export function payloadOf(options: CallOptions = {}): StandardLoggingPayloadEmit {
  const { id = "chatcmpl-000000000000000000", text = "Saturn has rings.", model = "gpt-4o" } = options;
  const usage = options.usage ?? {
    prompt_tokens: 2000,
    completion_tokens: 300,
    total_tokens: 2300,
    prompt_tokens_details: { cached_tokens: 1024 },
    completion_tokens_details: { reasoning_tokens: 100 },
  };
  return buildPayload({
    request: { model, messages: [{ role: "user", content: "Which planet has rings?" }] },
    response: {
      id,
      object: "chat.completion",
      model: `${model}-2024-08-06`,
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: text } }],
      usage,
    },
    cost: engine.price({ model, usage }),
    startTime: NOON,
    endTime: NOON + 1.5,
    provider: "openai",
    apiBase: "https://api.openai.com/v1",
    ...options,
    context: { traceId: "trace-1", tags: ["demo"], ...options.context },
  });
}

/** A record with some of its members set. Records with equal `key` are repeats; it is the id unless it is given. */
export function recordOf(members: Partial<LedgerRecord> = {}): LedgerRecord {
  const mapped = toLedgerRecord(payloadOf());
  if ("refused" in mapped) throw new Error(mapped.reason);
  const key = members.key ?? members.id ?? mapped.record.key;
  return { ...mapped.record, ...members, key };
}

/** Records of the ids 0 to count - 1, a second apart. */
export function recordsOf(
  count: number,
  members: (n: number) => Partial<LedgerRecord> = () => ({}),
): LedgerRecord[] {
  return Array.from({ length: count }, (_, n) =>
    recordOf({ id: `call-${n}`, started: (NOON + n) * 1e6, ended: (NOON + n + 1) * 1e6, ...members(n) }),
  );
}
