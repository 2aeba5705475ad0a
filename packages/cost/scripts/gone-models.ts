import type { Rates } from "../src/catalog/format.js";

/*
 * Of a model that left LiteLLM's map, the history keeps the prices alone. Whose model it was and what it did is guessed
 * from its name.
 */

/** Names of models of which nothing like them is left in the map. */
const families: readonly [pattern: RegExp, shard: string][] = [
  [/^(?:chat|code|codechat|text)-?(?:bison|gecko)|^textembedding-|^text-multilingual-/, "vertex_ai"],
  [/^gemini-/, "vertex_ai"],
  [/^luminous-/, "aleph_alpha"],
  [/^accounts\/fireworks\//, "fireworks_ai"],
  [/^(?:fast\/)?(?:us\/)?claude-/, "anthropic"],
];

/** Fewer equal letters than this say nothing. */
const SIMILAR = 2;

/**
 * A function that guesses the shard of a model that is gone. In this order: the first part of its path, when that is a
 * shard; the family of its name; the shard of a model of today that has the same name behind a provider; the shard of
 * the model of today whose name begins like it for longest. What nothing is like goes to "unknown".
 */
export function shardGuesser(today: ReadonlyMap<string, string>): (key: string) => string {
  const shards = new Set(today.values());
  return (key) => {
    const [first = ""] = key.split("/");
    if (key.includes("/") && shards.has(first)) return first;
    const family = families.find(([pattern]) => pattern.test(key));
    if (family) return family[1];
    const served = key.includes("/") ? [...shards].find((shard) => today.has(`${shard}/${key}`)) : undefined;
    return served ?? mostSimilar(key, today);
  };
}

function mostSimilar(key: string, today: ReadonlyMap<string, string>): string {
  let best = { length: SIMILAR, shard: "unknown" };
  for (const [known, shard] of today) {
    const length = sharedLength(key, known);
    if (length > best.length) best = { length, shard };
  }
  return best.shard;
}

function sharedLength(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length++;
  return length;
}

const modes: readonly [pattern: RegExp, mode: string][] = [
  [/embed/, "embedding"],
  [/rerank/, "rerank"],
  [/moderation/, "moderation"],
  [/whisper|transcri/, "audio_transcription"],
  [/-tts\b|\btts-/, "audio_speech"],
  [/realtime|-live-/, "realtime"],
  [/veo-|sora-/, "video_generation"],
  [/imagen|dall-e|^gpt-image|-image-generation|stable-diffusion/, "image_generation"],
  [/mistral-ocr|ocr-latest/, "ocr"],
  [/text-bison|code-bison|code-gecko|luminous|-instruct-0914/, "completion"],
];

/** LiteLLM's mode of a model, guessed from its name and from what is charged for it. */
export function modeOf(key: string, rates: Rates): string {
  const found = modes.find(([pattern]) => pattern.test(key));
  if (found) return found[1];
  if (rates.in !== undefined || rates.out !== undefined) return "chat";
  if (rates.page !== undefined) return "ocr";
  if (rates.outImg !== undefined) return "image_generation";
  if (rates.outVideoSec !== undefined) return "video_generation";
  return rates.query === undefined ? "chat" : "rerank";
}
