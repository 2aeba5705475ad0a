import type { Usage } from "@waybill/core";

import { isObject, type Members } from "./members.js";
import type { StreamContext } from "./stream-context.js";
import { UsageMerge } from "./usage-merge.js";

/**
 * Usage that stands where OpenAI has none: in Groq's `x_groq` (U3), in the choices (U6, Moonshot), in llama.cpp's
 * `timings` (U17). Each is used only when the chunks have no usage of their own, so that nothing counts twice.
 */
export class UsagePlaces {
  readonly #context: StreamContext;
  #found: UsageMerge | undefined;

  constructor(context: StreamContext) {
    this.#context = context;
  }

  /** The usage that was found. */
  get value(): Usage | null {
    return this.#found?.value ?? null;
  }

  /** Looks for usage in a member of this name: `usage` of a choice, `x_groq` and `timings` of a chunk. */
  add(name: string, value: unknown): void {
    if (!isObject(value)) return;
    if (name === "usage") this.#add("U6", "a choice", value);
    else if (name === "timings") this.#add("U17", "llama.cpp's timings", usageOfTimings(value));
    else if (isObject(value.usage)) this.#add("U3", "x_groq", value.usage);
  }

  /** Says that the stream is over. */
  end(): void {
    this.#found?.end();
  }

  #add(code: string, place: string, usage: Members | undefined): void {
    if (!usage) return;
    this.#context.note(code, `usage stands in ${place}; it counts only when there is no other`);
    this.#context.watch.note("usage");
    (this.#found ??= new UsageMerge(this.#context)).add(usage, false);
  }
}

function usageOfTimings({
  cache_n: cached,
  prompt_n: prompt,
  predicted_n: predicted,
}: Members): Members | undefined {
  if (typeof prompt !== "number" || typeof predicted !== "number") return undefined;
  const hasCached = typeof cached === "number";
  const all = prompt + (hasCached ? cached : 0);
  return {
    prompt_tokens: all,
    completion_tokens: predicted,
    total_tokens: all + predicted,
    ...(hasCached ? { prompt_tokens_details: { cached_tokens: cached } } : {}),
  };
}
