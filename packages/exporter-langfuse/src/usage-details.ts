import type { StandardLoggingPayload, StandardLoggingPayloadEmit } from "@waybill/core";

/** Tokens and USD by bucket, in Langfuse's own keys. Buckets are exclusive and sum to `total`. */
export type Details = { usage?: Record<string, number>; cost?: Record<string, number> };

/** Langfuse's bucket of each kind of cost line. Servers price by these keys; a bucket they have no price for is free. */
const buckets: Record<string, string> = {
  input: "input",
  input_image: "input",
  input_video: "input",
  input_audio: "input_audio_tokens",
  cache_read: "input_cached_tokens",
  cache_write: "input_cache_creation",
  output: "output",
  output_image: "output",
  output_audio: "output_audio_tokens",
  reasoning: "output_reasoning_tokens",
};

/**
 * The tokens and costs of a payload. Unknown usage gives neither, so that nothing unknown is stored as zero. The cost is
 * the sum that the engine gave; a payload without lines has a total alone.
 */
export function detailsOf(payload: StandardLoggingPayload): Details {
  const { waybill } = payload as Partial<StandardLoggingPayloadEmit>;
  const cost = payload.response_cost;
  const total = typeof cost === "number" ? { total: cost } : undefined;
  if (waybill?.usage) {
    const usage: Record<string, number> = {};
    const costs: Record<string, number> = {};
    for (const { kind, count, amount } of waybill.cost.lines) {
      const bucket = buckets[kind] ?? kind;
      usage[bucket] = (usage[bucket] ?? 0) + count;
      costs[bucket] = (costs[bucket] ?? 0) + Number(amount);
    }
    const counted = waybill.cost.lines.length > 0 ? usage : foldedUsage(waybill.usage);
    return {
      usage: { ...counted, total: sum(counted) },
      ...(total ? { cost: { ...costs, ...total } } : {}),
    };
  }
  if (waybill) return {};
  const { prompt_tokens: input, completion_tokens: output } = payload;
  if (typeof input !== "number" || typeof output !== "number") return {};
  const counted = { input, output };
  return { usage: { ...counted, total: sum(counted) }, ...(total ? { cost: total } : {}) };
}

type TokenUsage = NonNullable<StandardLoggingPayloadEmit["waybill"]["usage"]>;

/** Without a price of ours the server prices the buckets, and one it does not know would be free: so only safe ones. */
function foldedUsage({ input, output }: TokenUsage): Record<string, number> {
  const counted: Record<string, number> = {
    input: input.text + input.audio + input.image + input.video,
    output: output.text + output.reasoning + output.audio + output.image,
  };
  if (input.cacheRead > 0) counted.input_cached_tokens = input.cacheRead;
  const written = input.cacheWrite5m + input.cacheWrite1h;
  if (written > 0) counted.input_cache_creation = written;
  return counted;
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
