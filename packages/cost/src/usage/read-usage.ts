import type { TokenUsage } from "@waybill/core";
import { WaybillError } from "@waybill/core/errors";

import { countAt, InvalidCount, isCount, membersOf, type Extras, type Members } from "./counts.js";
import type { UsageHints } from "./hints.js";
import { readShape } from "./shapes.js";
import { splitInput, splitOutput } from "./split.js";

/** What a usage object says: counts, nothing at all, or something that cannot be. */
export type UsageReading =
  | {
      status: "read";
      usage: TokenUsage;
      /** All tokens of the prompt, by which thresholds are decided, and of the completion. */
      prompt: number;
      completion: number;
      /** Tokens of the prompt that were written to a cache, as the provider counts them. */
      written: number;
      extras?: Extras | undefined;
      inclusion?: string | undefined;
      /** Sums that do not agree. */
      note?: string | undefined;
    }
  | { status: "no_usage" }
  | { status: "invalid"; reason: string };

/**
 * Turns a usage object of any provider into disjoint token counts. A `TokenUsage` is returned as it is, so that nothing is
 * normalised twice.
 * @param raw usage of chat completions, the Responses API, Anthropic, Gemini, Bedrock, Cohere, the AI SDK, llama.cpp or Ollama
 * @throws WaybillError `invalid-usage` naming the member, when a count is negative, fractional or no number
 */
export function normalizeUsage(raw: unknown, hints: UsageHints = {}): TokenUsage {
  const reading = readUsage(raw, hints);
  if (reading.status === "read") return reading.usage;
  const reason = reading.status === "invalid" ? reading.reason : "there are no token counts";
  throw new WaybillError("invalid-usage", reason);
}

/** The same as a result. Never throws, whatever the value is. */
export function readUsage(raw: unknown, hints: UsageHints): UsageReading {
  try {
    if (raw === null || raw === undefined) return { status: "no_usage" };
    if (typeof raw !== "object" || Array.isArray(raw))
      return { status: "invalid", reason: "usage is not an object" };
    return isTokenUsage(raw) ? readTokenUsage(raw) : readRaw(raw as Members, hints);
  } catch (error) {
    // A getter or a proxy may throw too.
    const reason = error instanceof InvalidCount ? error.message : "usage cannot be read";
    return { status: "invalid", reason };
  }
}

function readRaw(raw: Members, hints: UsageHints): UsageReading {
  const counts = readShape(raw, hints);
  if (!counts) return { status: "no_usage" };
  const { prompt, completion, total, extras, inclusion, written } = counts;
  const input = splitInput(counts, hints.compat === "litellm");
  const output = splitOutput(counts);
  const [inSum, outSum] = [sumInput(input), sumOutput(output)];
  if (!Number.isSafeInteger(inSum + outSum))
    return { status: "invalid", reason: "the counts together are more than 9007199254740991" };
  let { note } = counts;
  if (inSum !== prompt && !extras) note = `the prompt has ${prompt} tokens, and its parts make ${inSum}`;
  else if (outSum !== completion)
    note = `the completion has ${completion} tokens, and its parts make ${outSum}`;
  else if (total !== null && total !== prompt + completion && total > 0)
    note = `the total says ${total} tokens, and the parts make ${prompt + completion}`;
  return {
    status: "read",
    usage: { input, output, total, raw },
    prompt,
    completion,
    written,
    extras,
    inclusion,
    note,
  };
}

/** Counts that look normalised are believed only when each of them is a count: a provider could send such an object. */
function readTokenUsage(usage: TokenUsage): UsageReading {
  const { input, output } = usage;
  const { text, cacheRead, cacheWrite5m, cacheWrite1h, audio, image, video } = input;
  const areCounts =
    isCount(text) &&
    isCount(cacheRead) &&
    isCount(cacheWrite5m) &&
    isCount(cacheWrite1h) &&
    isCount(audio) &&
    isCount(image) &&
    isCount(video) &&
    isCount(output.text) &&
    isCount(output.reasoning) &&
    isCount(output.audio) &&
    isCount(output.image) &&
    (output.video === undefined || isCount(output.video));
  if (!areCounts) refuse(usage);
  const [prompt, completion] = [sumInput(input), sumOutput(output)];
  if (!Number.isSafeInteger(prompt + completion))
    return { status: "invalid", reason: "the counts together are more than 9007199254740991" };
  return { status: "read", usage, prompt, completion, written: cacheWrite5m + cacheWrite1h };
}

/** Names the count that cannot be. What is missing is no absence here: normalised usage has every count. */
function refuse(usage: TokenUsage): void {
  for (const [side, names] of sides)
    for (const name of names) {
      const value = (usage[side] as Members)[name];
      countAt(value ?? (name === "video" && side === "output" ? 0 : Number.NaN), `/${side}`, name);
    }
}

const sides = [
  ["input", ["text", "cacheRead", "cacheWrite5m", "cacheWrite1h", "audio", "image", "video"]],
  ["output", ["text", "reasoning", "audio", "image", "video"]],
] as const;

function sumInput(input: TokenUsage["input"]): number {
  const { text, cacheRead, cacheWrite5m, cacheWrite1h, audio, image, video } = input;
  return text + cacheRead + cacheWrite5m + cacheWrite1h + audio + image + video;
}

function sumOutput({ text, reasoning, audio, image, video = 0 }: TokenUsage["output"]): number {
  return text + reasoning + audio + image + video;
}

function isTokenUsage(value: object): value is TokenUsage {
  const { input, output } = value as Members;
  return typeof output === "object" && output !== null && membersOf(input).cacheRead !== undefined;
}
