import {
  countAt,
  isNumbered,
  measureOrNoneAt,
  membersOf,
  plainCounts,
  type Counts,
  type Extras,
  type Members,
} from "./counts.js";
import { readGemini, readInteractions } from "./google-shapes.js";
import type { UsageHints } from "./hints.js";
import { hasFlatCache, include } from "./inclusion.js";

/*
 * One function for each shape in which providers report usage. Each says what is counted in what: `prompt` and
 * `completion` that come out of here include everything of their side.
 */

/** The counts of a usage object of any known shape; undefined when it has no token counts. */
export function readShape(usage: Members, hints: UsageHints): Counts | undefined {
  if (isNumbered(usage.prompt_tokens, usage.completion_tokens)) return readChat(usage, hints);
  if (isNumbered(usage.input_tokens, usage.output_tokens)) return readInputOutput(usage, hints);
  if (isNumbered(usage.promptTokenCount, usage.candidatesTokenCount))
    return readGemini(usage, hints.compat === "litellm");
  if (isNumbered(usage.inputTokens, usage.outputTokens)) return readCamel(usage, hints);
  if (isNumbered(usage.total_input_tokens, usage.total_output_tokens)) return readInteractions(usage);
  if (isNumbered(usage.prompt_n, usage.predicted_n)) return readTimings(usage, "");
  if (isNumbered(usage.prompt_eval_count, usage.eval_count))
    return plainCounts(
      countAt(usage.prompt_eval_count, "", "prompt_eval_count"),
      countAt(usage.eval_count, "", "eval_count"),
    );
  return readWrapped(usage, hints);
}

/** Usage inside another member: Groq's `x_groq.usage`, Cohere's `meta.billed_units`, llama.cpp's `timings`. */
function readWrapped(usage: Members, hints: UsageHints): Counts | undefined {
  const inner = membersOf(usage.x_groq).usage;
  if (inner !== undefined) return readShape(membersOf(inner), hints);
  if (usage.timings !== undefined) return readTimings(membersOf(usage.timings), "/timings");
  const meta = membersOf(usage.meta ?? usage);
  const path = usage.meta === undefined ? "" : "/meta";
  // What Cohere bills, before what its tokenizer counted.
  for (const name of ["billed_units", "tokens"]) {
    const { input_tokens, output_tokens } = membersOf(meta[name]);
    if (isNumbered(input_tokens, output_tokens))
      return plainCounts(
        countAt(input_tokens, `${path}/${name}`, "input_tokens"),
        countAt(output_tokens, `${path}/${name}`, "output_tokens"),
      );
  }
  return undefined;
}

/** Chat completions of OpenAI and everyone who follows it: the cache and reasoning are inside, unless the total denies it. */
function readChat(usage: Members, hints: UsageHints): Counts {
  const hasPrompt = isNumbered(usage.prompt_tokens);
  const result = readDetails(
    usage,
    hasPrompt
      ? countAt(usage.prompt_tokens, "", "prompt_tokens")
      : // DeepSeek's two counts make the prompt.
        countAt(usage.prompt_cache_hit_tokens, "", "prompt_cache_hit_tokens") +
          countAt(usage.prompt_cache_miss_tokens, "", "prompt_cache_miss_tokens"),
    countAt(usage.completion_tokens, "", "completion_tokens"),
    usage.prompt_tokens_details,
    "/prompt_tokens_details",
    usage.completion_tokens_details,
    "/completion_tokens_details",
  );
  if (result.reasoning === 0) result.reasoning = countAt(usage.reasoning_tokens, "", "reasoning_tokens");
  if (result.total !== null || result.read + result.written + result.reasoning > 0)
    include(result, usage, hints);
  if (!hasPrompt && !isNumbered(usage.prompt_cache_hit_tokens, usage.prompt_cache_miss_tokens))
    result.note = uncounted("prompt_tokens");
  else if (!isNumbered(usage.completion_tokens) && result.total === null)
    result.note = uncounted("completion_tokens");
  return result;
}

/** A side without a count is charged as 0, as LiteLLM does (embeddings have no other), and a reader is told. */
function uncounted(name: string): string {
  return `${name} is missing: nothing is charged for that side`;
}

/** `input_tokens`: Anthropic's leave the cache out, those of the Responses, image and realtime APIs hold it. */
function readInputOutput(usage: Members, { api }: UsageHints): Counts {
  const isPlural = isNumbered(usage.input_tokens_details);
  const outPlural = isNumbered(usage.output_tokens_details);
  const result = readDetails(
    usage,
    countAt(usage.input_tokens, "", "input_tokens"),
    countAt(usage.output_tokens, "", "output_tokens"),
    isPlural ? usage.input_tokens_details : usage.input_token_details,
    isPlural ? "/input_tokens_details" : "/input_token_details",
    outPlural ? usage.output_tokens_details : usage.output_token_details,
    outPlural ? "/output_tokens_details" : "/output_token_details",
  );
  if (!isNumbered(usage.input_tokens)) result.note = uncounted("input_tokens");
  else if (!isNumbered(usage.output_tokens) && result.total === null)
    result.note = uncounted("output_tokens");
  const cached = result.read + result.written;
  if (cached === 0) return result;
  const rest = result.total === null ? undefined : result.total - result.prompt - result.completion;
  const isProven = rest === 0 || rest === cached;
  const isAnthropic = hasFlatCache(usage) || isNumbered(usage.cache_creation);
  // What the caller names, then the total, then what cannot be otherwise, then the names of the members.
  const isOutside =
    api === "messages" ||
    (api !== "responses" && (isProven ? rest === cached : cached > result.prompt || isAnthropic));
  if (isOutside) result.prompt += cached;
  const proof = api === undefined && isProven ? ", by total_tokens" : "";
  result.inclusion = `cache ${isOutside ? "outside" : "inside"} input_tokens${proof}`;
  return result;
}

/** What OpenAI's shapes share: the details of either side, and the cache counts that others add at the top. */
function readDetails(
  usage: Members,
  prompt: number,
  completion: number,
  input: unknown,
  inPath: string,
  output: unknown,
  outPath: string,
): Counts {
  const result = plainCounts(prompt, completion);
  if (isNumbered(usage.total_tokens)) result.total = countAt(usage.total_tokens, "", "total_tokens");
  if (isNumbered(input)) readInputDetails(result, membersOf(input), inPath);
  if (isNumbered(output)) readOutputDetails(result, membersOf(output), outPath);
  if (isNumbered(usage.cache_creation))
    result.lifetimes = readLifetimes(membersOf(usage.cache_creation), "/cache_creation");
  const { read, written, lifetimes } = result;
  // What stands at the top goes before the details, unless it is 0.
  result.read =
    countAt(usage.cache_read_input_tokens, "", "cache_read_input_tokens") ||
    read ||
    countAt(usage.prompt_cache_hit_tokens, "", "prompt_cache_hit_tokens") ||
    countAt(usage.cached_tokens, "", "cached_tokens");
  result.written =
    countAt(usage.cache_creation_input_tokens, "", "cache_creation_input_tokens") ||
    written ||
    (lifetimes ? lifetimes.fiveMinutes + lifetimes.hour : 0);
  return result;
}

function readInputDetails(result: Counts, input: Members, path: string): void {
  result.read = countAt(input.cached_tokens, path, "cached_tokens");
  result.written =
    countAt(input.cache_write_tokens, path, "cache_write_tokens") ||
    countAt(input.cache_creation_tokens, path, "cache_creation_tokens");
  const { cache_creation_token_details: split } = input;
  if (isNumbered(split))
    result.lifetimes = readLifetimes(membersOf(split), `${path}/cache_creation_token_details`);
  result.text = countAt(input.text_tokens, path, "text_tokens");
  result.audio = countAt(input.audio_tokens, path, "audio_tokens");
  result.image = countAt(input.image_tokens, path, "image_tokens");
  result.video = countAt(input.video_tokens, path, "video_tokens");
  result.extras = readExtras(input, path);
  if (input.cached_tokens_details) leaveOutCached(result, membersOf(input.cached_tokens_details), path);
}

function readOutputDetails(result: Counts, output: Members, path: string): void {
  result.outText = countAt(output.text_tokens, path, "text_tokens");
  result.reasoning =
    countAt(output.reasoning_tokens, path, "reasoning_tokens") ||
    countAt(output.thinking_tokens, path, "thinking_tokens");
  result.outAudio = countAt(output.audio_tokens, path, "audio_tokens");
  result.outImage = countAt(output.image_tokens, path, "image_tokens");
  result.outVideo = countAt(output.video_tokens, path, "video_tokens");
}

/** The realtime API counts cached tokens in their kinds, too, and says how many. */
function leaveOutCached(result: Counts, cached: Members, inPath: string): void {
  const path = `${inPath}/cached_tokens_details`;
  for (const kind of ["text", "audio", "image"] as const)
    result[kind] = Math.max(result[kind] - countAt(cached[`${kind}_tokens`], path, `${kind}_tokens`), 0);
}

function readLifetimes(split: Members, path: string): { fiveMinutes: number; hour: number } {
  return {
    fiveMinutes: countAt(split.ephemeral_5m_input_tokens, path, "ephemeral_5m_input_tokens"),
    hour: countAt(split.ephemeral_1h_input_tokens, path, "ephemeral_1h_input_tokens"),
  };
}

function readExtras(input: Members, path: string): Extras | undefined {
  const { character_count, image_count, video_length_seconds, audio_length_seconds } = input;
  if (!isNumbered(character_count, image_count, video_length_seconds, audio_length_seconds)) return undefined;
  return {
    characters: measureOrNoneAt(character_count, `${path}/character_count`),
    images: measureOrNoneAt(image_count, `${path}/image_count`),
    videoSeconds: measureOrNoneAt(video_length_seconds, `${path}/video_length_seconds`),
    audioSeconds: measureOrNoneAt(audio_length_seconds, `${path}/audio_length_seconds`),
  };
}

/** `inputTokens`: Bedrock's Converse leaves the cache out, the AI SDK counts it in. */
function readCamel(usage: Members, { api }: UsageHints): Counts {
  const isConverse =
    api === "converse" ||
    (api !== "ai-sdk" && ("cacheReadInputTokens" in usage || "cacheWriteInputTokens" in usage));
  if (isConverse) return readConverse(usage);
  // The AI SDK's models give `{ total, cacheRead, ... }`, its results a number with details beside it.
  const [input, output] = [membersOf(usage.inputTokens), membersOf(usage.outputTokens)];
  const [inDetails, outDetails] = [membersOf(usage.inputTokenDetails), membersOf(usage.outputTokenDetails)];
  const result = plainCounts(
    typeof usage.inputTokens === "object"
      ? countAt(input.total, "/inputTokens", "total") ||
          countAt(input.noCache, "/inputTokens", "noCache") +
            countAt(input.cacheRead, "/inputTokens", "cacheRead") +
            countAt(input.cacheWrite, "/inputTokens", "cacheWrite")
      : countAt(usage.inputTokens, "", "inputTokens"),
    typeof usage.outputTokens === "object"
      ? countAt(output.total, "/outputTokens", "total")
      : countAt(usage.outputTokens, "", "outputTokens"),
  );
  result.read =
    countAt(input.cacheRead, "/inputTokens", "cacheRead") ||
    countAt(inDetails.cacheReadTokens, "/inputTokenDetails", "cacheReadTokens") ||
    countAt(usage.cachedInputTokens, "", "cachedInputTokens");
  result.written =
    countAt(input.cacheWrite, "/inputTokens", "cacheWrite") ||
    countAt(inDetails.cacheWriteTokens, "/inputTokenDetails", "cacheWriteTokens");
  result.reasoning =
    countAt(output.reasoning, "/outputTokens", "reasoning") ||
    countAt(outDetails.reasoningTokens, "/outputTokenDetails", "reasoningTokens") ||
    countAt(usage.reasoningTokens, "", "reasoningTokens");
  result.total = isNumbered(usage.totalTokens) ? countAt(usage.totalTokens, "", "totalTokens") : null;
  const cached = result.read + result.written;
  // Some of its providers leave the cache out, as Anthropic does.
  const rest = result.total === null ? 0 : result.total - result.prompt - result.completion;
  const isOutside = cached > 0 && (cached > result.prompt || rest === cached);
  const isBeside = result.reasoning > 0 && !isOutside && rest === result.reasoning;
  if (isOutside) result.prompt += cached;
  if (isBeside) result.completion += result.reasoning;
  result.inclusion = [
    cached > 0 ? `cache ${isOutside ? "outside" : "inside"} inputTokens` : "",
    isBeside ? "reasoning outside outputTokens" : "",
  ]
    .filter(Boolean)
    .join("; ");
  return result;
}

function readConverse(usage: Members): Counts {
  const read = countAt(usage.cacheReadInputTokens, "", "cacheReadInputTokens");
  const written = countAt(usage.cacheWriteInputTokens, "", "cacheWriteInputTokens");
  const result = plainCounts(
    countAt(usage.inputTokens, "", "inputTokens") + read + written,
    countAt(usage.outputTokens, "", "outputTokens"),
  );
  [result.read, result.written] = [read, written];
  result.total = isNumbered(usage.totalTokens) ? countAt(usage.totalTokens, "", "totalTokens") : null;
  if (Array.isArray(usage.cacheDetails)) {
    result.lifetimes = { fiveMinutes: 0, hour: 0 };
    for (const [index, entry] of (usage.cacheDetails as unknown[]).entries()) {
      const { ttl, inputTokens } = membersOf(entry);
      const kind = ttl === "1h" ? "hour" : "fiveMinutes";
      result.lifetimes[kind] += countAt(inputTokens, `/cacheDetails/${index}`, "inputTokens");
    }
  }
  if (read + written > 0) result.inclusion = "cache outside inputTokens";
  return result;
}

/** llama.cpp: what was evaluated anew is beside what was in the cache (quirk U17). */
function readTimings(timings: Members, path: string): Counts {
  const cached = countAt(timings.cache_n, path, "cache_n");
  const result = plainCounts(
    countAt(timings.prompt_n, path, "prompt_n") + cached,
    countAt(timings.predicted_n, path, "predicted_n"),
  );
  result.read = cached;
  if (cached > 0) result.inclusion = "cache outside prompt_n";
  return result;
}
