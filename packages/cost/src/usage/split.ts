import type { TokenUsage } from "@waybill/core";

import type { Counts } from "./counts.js";

/*
 * LiteLLM's rules of dividing a prompt and a completion into parts that do not overlap (cost-engine rules 2.2 and 2.3).
 */

/** The prompt: cached and written tokens first, then the modalities; text is what is left, unless it is reported. */
export function splitInput(counts: Counts, isLitellm: boolean): TokenUsage["input"] {
  const { prompt, read: cacheRead, written, lifetimes } = counts;
  let { text, audio, image, video } = counts;
  const cached = cacheRead + written;
  if (cached > 0 && text + audio + image + video + cached > prompt) {
    // Some providers report the whole prompt as text or audio beside the cached part: the cached part comes first.
    let budget = Math.max(prompt - cached, 0);
    audio = Math.min(audio, budget);
    budget -= audio;
    image = Math.min(image, budget);
    budget -= image;
    video = Math.min(video, budget);
    text = budget - video;
  } else if (text === 0 && !counts.extras?.images) {
    text = Math.max(prompt - cached - audio - image - video, 0);
  }
  const cacheWrite1h = lifetimes ? (isLitellm ? lifetimes.hour : Math.min(lifetimes.hour, written)) : 0;
  // LiteLLM charges what the lifetimes say, also where they do not make what was written.
  const cacheWrite5m = lifetimes && isLitellm ? lifetimes.fiveMinutes : written - cacheWrite1h;
  return { text, cacheRead, cacheWrite5m, cacheWrite1h, audio, image, video };
}

/** The completion: what is reported as reasoning inside text is counted once. */
export function splitOutput(counts: Counts): TokenUsage["output"] {
  const { completion, reasoning, outAudio: audio, outImage: image, outVideo: video, outText } = counts;
  const others = reasoning + audio + image + video;
  let text = outText;
  if (outText > 0) text -= Math.min(reasoning, outText, Math.max(outText + others - completion, 0));
  if (text === 0) text = Math.max(completion - others, 0);
  return video > 0 ? { text, reasoning, audio, image, video } : { text, reasoning, audio, image };
}
