import type { StandardLoggingPayload } from "@waybill/core";
import type { Call, Usage } from "@waybill/exporter-otlp";

import { costBuckets } from "./cost-details.js";
import { countOf, membersOf, type Members } from "./members.js";

/** Tokens and USD by bucket, in Langfuse's own keys; undefined when unknown. Buckets are exclusive and sum to `total`. */
export type Details = {
  usage: Record<string, number> | undefined;
  cost: Record<string, number> | undefined;
};

/**
 * The tokens and the cost of a call. Unknown usage gives none, so that nothing unknown is stored as zero. A server prices by
 * the keys of the buckets, and a bucket it has no price for is free: where no cost goes along, only safe buckets are used.
 */
export function detailsOf(payload: StandardLoggingPayload, call: Call): Details {
  const isPriced = call.cost !== undefined;
  const counted =
    ourBuckets(membersOf(call.waybill.usage), isPriced) ?? inclusiveBuckets(call.usage, isPriced);
  const isOneHour = counted?.input_cache_creation_1h !== undefined;
  return { usage: counted && withTotal(counted), cost: costBuckets(payload, call, isOneHour) };
}

type Buckets = Record<string, number>;

/** Undefined for more tokens than numbers can count, and for no bucket at all. */
function withTotal(buckets: Buckets): Buckets | undefined {
  const counts = Object.values(buckets);
  const total = countOf(counts.reduce((sum, count) => sum + count, 0));
  return total === undefined || counts.length === 0 ? undefined : { ...buckets, total };
}

/** Normalised usage: its counts are disjoint already. Undefined when it is none. */
function ourBuckets(usage: Members, isPriced: boolean): Buckets | undefined {
  const input = countsOf(membersOf(usage.input), inputNames);
  // Older records have no count of video.
  const output = countsOf({ video: 0, ...membersOf(usage.output) }, outputNames);
  if (!input || !output) return undefined;
  const { text, image, video, audio, cacheRead, cacheWrite5m, cacheWrite1h } = input;
  const said = output.text + output.image + output.video;
  if (!isPriced) {
    return {
      input: text + image + video + audio,
      ...positive({ input_cached_tokens: cacheRead, input_cache_creation: cacheWrite5m + cacheWrite1h }),
      output: said + output.reasoning + output.audio,
    };
  }
  return {
    input: text + image + video,
    ...positive({ input_cached_tokens: cacheRead, input_audio_tokens: audio }),
    ...(cacheWrite1h > 0
      ? positive({ input_cache_creation_5m: cacheWrite5m, input_cache_creation_1h: cacheWrite1h })
      : positive({ input_cache_creation: cacheWrite5m })),
    output: said,
    ...positive({ output_reasoning_tokens: output.reasoning, output_audio_tokens: output.audio }),
  };
}

const inputNames = ["text", "cacheRead", "cacheWrite5m", "cacheWrite1h", "audio", "image", "video"] as const;
const outputNames = ["text", "reasoning", "audio", "image", "video"] as const;

/** A count for each name; undefined when one of them is none. */
function countsOf<Name extends string>(
  side: Members,
  names: readonly Name[],
): Record<Name, number> | undefined {
  const counts = names.map((name) => [name, countOf(side[name])] as const);
  return counts.some(([, count]) => count === undefined)
    ? undefined
    : (Object.fromEntries(counts) as Record<Name, number>);
}

/** LiteLLM's counts: the input holds the cache, the output the reasoning. One that is unknown is absent. */
function inclusiveBuckets(usage: Usage, isPriced: boolean): Buckets | undefined {
  const { input, output, cacheRead = 0, cacheWrite = 0, reasoning = 0 } = usage;
  if (input === undefined && output === undefined) return undefined;
  const buckets: Buckets = {};
  if (input !== undefined) {
    const isPart = cacheRead + cacheWrite <= input;
    buckets.input = isPart ? input - cacheRead - cacheWrite : input;
    if (isPart)
      Object.assign(buckets, positive({ input_cached_tokens: cacheRead, input_cache_creation: cacheWrite }));
  }
  if (output !== undefined) {
    const isPart = isPriced && reasoning <= output;
    buckets.output = isPart ? output - reasoning : output;
    if (isPart) Object.assign(buckets, positive({ output_reasoning_tokens: reasoning }));
  }
  return buckets;
}

/** A bucket without tokens says nothing. */
function positive(buckets: Buckets): Buckets {
  return Object.fromEntries(Object.entries(buckets).filter(([, count]) => count > 0));
}
