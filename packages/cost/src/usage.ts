import { WaybillError, type TokenUsage } from "@waybill/core";

type Members = Record<string, unknown>;

/** What a raw usage object says: counts, nothing at all, or something that cannot be. */
export type UsageReading =
  | { status: "read"; usage: TokenUsage; inclusion?: string }
  | { status: "no_usage" }
  | { status: "invalid"; reason: string };

/**
 * Turns a raw usage object into disjoint token counts: the chat completions shape, the Responses API's, Anthropic's, and
 * the flat cache counts of DeepSeek and Together.
 * @throws WaybillError `invalid-usage` naming the member, when a count is negative, fractional or no number
 */
export function normalizeUsage(raw: unknown): TokenUsage {
  const reading = readUsage(raw);
  if (reading.status === "read") return reading.usage;
  const reason = reading.status === "invalid" ? reading.reason : "there are no token counts";
  throw new WaybillError("invalid-usage", reason);
}

/** The same as a result. Never throws, whatever the value is. */
export function readUsage(raw: unknown): UsageReading {
  try {
    if (raw === null || raw === undefined) return { status: "no_usage" };
    if (typeof raw !== "object" || Array.isArray(raw))
      return { status: "invalid", reason: "usage is not an object" };
    return isTokenUsage(raw) ? readTokenUsage(raw) : readShape(raw as Members);
  } catch (error) {
    // A getter or a proxy may throw too.
    const reason = error instanceof InvalidCount ? error.message : "usage cannot be read";
    return { status: "invalid", reason };
  }
}

/** Counts that look normalised are believed only when each of them is a count: a provider could send such an object. */
function readTokenUsage(usage: TokenUsage): UsageReading {
  for (const [side, parts] of [
    ["input", inputParts],
    ["output", outputParts],
  ] as const) {
    for (const part of parts) {
      const value = (usage[side] as Members)[part];
      if (!isCount(value)) throw invalidCount(`/${side}/${part}`, value);
    }
  }
  return { status: "read", usage };
}

const inputParts = ["text", "cacheRead", "cacheWrite5m", "cacheWrite1h", "audio", "image", "video"];
const outputParts = ["text", "reasoning", "audio", "image"];

function readShape(usage: Members): UsageReading {
  const isChat = usage.prompt_tokens !== undefined || usage.completion_tokens !== undefined;
  const [promptName, completionName] = isChat ? ["prompt", "completion"] : ["input", "output"];
  const reported = count(usage, `${promptName}_tokens`);
  const completion = count(usage, `${completionName}_tokens`);
  if (reported === undefined && completion === undefined) return { status: "no_usage" };

  const inDetails = `${promptName}_tokens_details`;
  const outDetails = `${completionName}_tokens_details`;
  const read =
    count(usage, "cache_read_input_tokens") ||
    count(usage, inDetails, "cached_tokens") ||
    count(usage, "prompt_cache_hit_tokens") ||
    count(usage, "cached_tokens") ||
    0;
  const written =
    count(usage, "cache_creation_input_tokens") ||
    count(usage, inDetails, "cache_write_tokens") ||
    count(usage, inDetails, "cache_creation_tokens") ||
    0;
  // Anthropic's own input_tokens leave cached tokens out; every other shape counts them in.
  const isAnthropic =
    !isChat && ("cache_read_input_tokens" in usage || "cache_creation_input_tokens" in usage);
  const prompt = (reported ?? 0) + (isAnthropic ? read + written : 0);
  const hour = Math.min(written, count(usage, "cache_creation", "ephemeral_1h_input_tokens") ?? 0);

  const reasoning = count(usage, outDetails, "reasoning_tokens") ?? 0;
  const total = count(usage, "total_tokens") ?? null;
  // xAI counts reasoning beside the completion; its total says so (quirk U7).
  const isReasoningBeside = reasoning > 0 && total === prompt + (completion ?? 0) + reasoning;

  return {
    status: "read",
    usage: {
      input: splitInput(prompt, read, written, hour, {
        text: count(usage, inDetails, "text_tokens") ?? 0,
        audio: count(usage, inDetails, "audio_tokens") ?? 0,
        image: count(usage, inDetails, "image_tokens") ?? 0,
        video: count(usage, inDetails, "video_tokens") ?? 0,
      }),
      output: splitOutput((completion ?? 0) + (isReasoningBeside ? reasoning : 0), {
        text: count(usage, outDetails, "text_tokens") ?? 0,
        reasoning,
        audio: count(usage, outDetails, "audio_tokens") ?? 0,
        image: count(usage, outDetails, "image_tokens") ?? 0,
      }),
      total,
      raw: usage,
    },
    ...(isReasoningBeside
      ? { inclusion: "reasoning is counted beside completion_tokens and was added" }
      : {}),
  };
}

type InputParts = { text: number; audio: number; image: number; video: number };

/** Divides the prompt by LiteLLM's rules: cached and written tokens first, then the modalities, text is the rest. */
function splitInput(
  prompt: number,
  read: number,
  written: number,
  hour: number,
  parts: InputParts,
): TokenUsage["input"] {
  const cache = { cacheRead: read, cacheWrite5m: written - hour, cacheWrite1h: hour };
  const { text, audio, image, video } = parts;
  if (read + written > 0 && text + audio + image + video + read + written > prompt) {
    // Some providers report the whole prompt as text or audio beside the cached part: the cached part comes first.
    let budget = Math.max(prompt - read - written, 0);
    const take = (wanted: number) => {
      const taken = Math.min(wanted, budget);
      budget -= taken;
      return taken;
    };
    const taken = { audio: take(audio), image: take(image), video: take(video) };
    return { text: budget, ...cache, ...taken };
  }
  const rest = Math.max(prompt - read - written - audio - image - video, 0);
  return { text: text > 0 ? text : rest, ...cache, audio, image, video };
}

/** Divides the completion: what is reported as reasoning inside text is counted once. */
function splitOutput(completion: number, parts: TokenUsage["output"]): TokenUsage["output"] {
  const { reasoning, audio, image } = parts;
  const others = reasoning + audio + image;
  const nested = Math.min(reasoning, parts.text, Math.max(parts.text + others - completion, 0));
  const text = parts.text - nested;
  if (text > 0) return { text, reasoning, audio, image };
  return { text: Math.max(completion - others, 0), reasoning, audio, image };
}

/** A count that cannot be; caught by `readUsage`. */
class InvalidCount extends Error {}

/** The count at a member, or at a member of a member; undefined when it is absent or null. */
function count(usage: Members, name: string, part?: string): number | undefined {
  let value = usage[name];
  let path = `/${name}`;
  if (part !== undefined) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Members)[part];
    path += `/${part}`;
  }
  if (value === null || value === undefined) return undefined;
  // Some gateways write counts as text (quirk U15).
  const number = typeof value === "string" && /^[0-9]{1,15}$/.test(value) ? Number(value) : value;
  if (isCount(number)) return number;
  throw invalidCount(path, value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function invalidCount(path: string, value: unknown): InvalidCount {
  const found = ["string", "number", "boolean"].includes(typeof value)
    ? JSON.stringify(value)
    : typeof value === "object"
      ? "an object"
      : `a ${typeof value}`;
  return new InvalidCount(
    `${path} is ${found}, and a count of tokens is a whole number from 0 to 9007199254740991`,
  );
}

function isTokenUsage(value: object): value is TokenUsage {
  const { input, output } = value as Partial<Record<"input" | "output", unknown>>;
  return isObject(input) && "cacheRead" in input && isObject(output);
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null;
}
