import type { StandardLoggingPayload, StandardLoggingPayloadEmit } from "@waybill/core";

/** Tokens and USD by bucket, in Langfuse's own keys. Buckets are exclusive and sum to `total`. */
export type Details = { usage?: Record<string, number>; cost?: Record<string, number> };

/** Langfuse's bucket of each kind of cost line. Servers price by these keys; a bucket they have no price for is free. */
const buckets = new Map([
  ["input", "input"],
  ["input_image", "input"],
  ["input_video", "input"],
  ["input_audio", "input_audio_tokens"],
  ["cache_read", "input_cached_tokens"],
  ["cache_write", "input_cache_creation"],
  ["output", "output"],
  ["output_image", "output"],
  ["output_audio", "output_audio_tokens"],
  ["reasoning", "output_reasoning_tokens"],
]);

/**
 * The tokens and costs of a payload. Unknown usage gives neither, so that nothing unknown is stored as zero, and neither
 * does usage that cannot be. The cost is the sum that the engine gave; a payload without lines has a total alone.
 */
export function detailsOf(payload: StandardLoggingPayload): Details {
  const { waybill } = payload as Partial<StandardLoggingPayloadEmit>;
  const counted = isWaybill(waybill) ? ourBuckets(waybill) : litellmBuckets(payload);
  if (!counted) return {};
  const total = sum(counted.usage);
  if (!Number.isSafeInteger(total)) return {};
  const { response_cost: cost } = payload;
  const isCost = typeof cost === "number" && Number.isFinite(cost) && cost >= 0;
  return {
    usage: { ...counted.usage, total },
    ...(isCost ? { cost: { ...counted.cost, total: cost } } : {}),
  };
}

type Waybill = StandardLoggingPayloadEmit["waybill"];
type Buckets = { usage: Record<string, number>; cost?: Record<string, number> };

/** Readers accept any member of this name; what we read of it must be there. */
export function isWaybill(waybill: unknown): waybill is Waybill {
  const { cost, usageSource } = (
    typeof waybill === "object" && waybill !== null ? waybill : {}
  ) as Partial<Waybill>;
  return (
    typeof usageSource === "string" && typeof cost === "object" && cost !== null && Array.isArray(cost.lines)
  );
}

function ourBuckets({ usage, cost }: Waybill): Buckets | undefined {
  if (!usage) return undefined;
  const lines = cost.lines.filter(({ kind, count }) => buckets.has(kind) && isCount(count));
  if (lines.length === 0) return { usage: foldedUsage(usage) };
  const counted: Required<Buckets> = { usage: {}, cost: {} };
  for (const { kind, count, amount } of lines) {
    const bucket = buckets.get(kind) as string;
    counted.usage[bucket] = (counted.usage[bucket] ?? 0) + count;
    counted.cost[bucket] = (counted.cost[bucket] ?? 0) + Number(amount);
  }
  return counted;
}

function litellmBuckets({
  prompt_tokens: input,
  completion_tokens: output,
}: StandardLoggingPayload): Buckets | undefined {
  return isCount(input) && isCount(output) ? { usage: { input, output } } : undefined;
}

/** Without a price of ours the server prices the buckets, and one it does not know would be free: so only safe ones. */
function foldedUsage({ input, output }: NonNullable<Waybill["usage"]>): Record<string, number> {
  const counted: Record<string, number> = {
    input: input.text + input.audio + input.image + input.video,
    output: output.text + output.reasoning + output.audio + output.image,
  };
  if (input.cacheRead > 0) counted.input_cached_tokens = input.cacheRead;
  const written = input.cacheWrite5m + input.cacheWrite1h;
  if (written > 0) counted.input_cache_creation = written;
  return counted;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
