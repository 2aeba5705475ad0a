import { readFileSync } from "node:fs";

import type { AuditReport, LitellmEntry } from "../src/index.js";

/** 2026-07-01, in epoch seconds. */
export const july = 1_782_864_000;

/** Prices that a person can reckon with. */
export const prices: Record<string, LitellmEntry> = {
  plain: { input_cost_per_token: 2e-6, output_cost_per_token: 1e-5 },
  cached: {
    input_cost_per_token: 2e-6,
    output_cost_per_token: 1e-5,
    cache_read_input_token_cost: 1e-6,
    cache_creation_input_token_cost: 3e-6,
    cache_creation_input_token_cost_above_1hr: 4e-6,
    output_cost_per_reasoning_token: 2e-5,
  },
  tiered: {
    input_cost_per_token: 2e-6,
    output_cost_per_token: 1e-5,
    input_cost_per_token_flex: 1e-6,
    output_cost_per_token_flex: 5e-6,
    input_cost_per_token_priority: 4e-6,
    output_cost_per_token_priority: 2e-5,
    input_cost_per_token_batches: 5e-7,
    output_cost_per_token_batches: 2.5e-6,
  },
  long: {
    input_cost_per_token: 1e-6,
    output_cost_per_token: 5e-6,
    cache_read_input_token_cost: 5e-7,
    input_cost_per_token_above_200k_tokens: 2e-6,
    output_cost_per_token_above_200k_tokens: 1e-5,
    cache_read_input_token_cost_above_200k_tokens: 1e-6,
  },
  searching: {
    input_cost_per_token: 2e-6,
    output_cost_per_token: 1e-5,
    search_context_cost_per_query: { search_context_size_medium: 0.035, search_context_size_high: 0.05 },
  },
  "xai/grok": { input_cost_per_token: 3e-6, output_cost_per_token: 1.5e-5, litellm_provider: "xai" },
  "openrouter/lab/model": {
    input_cost_per_token: 2e-6,
    output_cost_per_token: 1e-5,
    litellm_provider: "openrouter",
  },
  "deepinfra/lab/model": {
    input_cost_per_token: 1e-6,
    output_cost_per_token: 2e-6,
    litellm_provider: "deepinfra",
  },
  "perplexity/sonar": {
    input_cost_per_token: 1e-6,
    output_cost_per_token: 1e-6,
    litellm_provider: "perplexity",
    search_context_cost_per_query: { search_context_size_low: 5, search_context_size_medium: 8 },
  },
  transcriber: { input_cost_per_second: 1e-4, mode: "audio_transcription" },
  ranker: { input_cost_per_query: 2e-3, mode: "rerank" },
  reader: { ocr_cost_per_page: 4e-3, mode: "ocr" },
  "1024-x-1024/painter": { output_cost_per_image: 4e-2, mode: "image_generation" },
  resident: {
    input_cost_per_token: 2e-6,
    output_cost_per_token: 1e-5,
    regional_processing_uplift_multiplier_eu: 1.5,
  },
};

/** Usage in the chat shape. */
export function usage(prompt: number, made: number, input: object = {}, output: object = {}): object {
  return {
    prompt_tokens: prompt,
    completion_tokens: made,
    total_tokens: prompt + made,
    prompt_tokens_details: input,
    completion_tokens_details: output,
  };
}

/** A payload of a call in July 2026. */
export function payload(model: string, used: object | null, members: object): Record<string, unknown> {
  return {
    id: "x",
    call_type: "acompletion",
    status: "success",
    model,
    startTime: july,
    response: used === null ? {} : { usage: used },
    ...members,
  };
}

/** A batch with one generation of July 2026. */
export function batch(body: object): object {
  const event = { type: "generation-create", timestamp: "2026-07-01T00:00:01Z" };
  return { batch: [{ ...event, body: { startTime: "2026-07-01T00:00:00Z", ...body } }] };
}

/** A completion of July 2026. */
export function completion(model: string, used: object, members: object = {}): object {
  return { object: "chat.completion", created: july, model, choices: [], usage: used, ...members };
}

/** One of the seeds. */
export function seed(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../fixtures/seeds/${name}.json`, import.meta.url), "utf8"));
}

/** Where a report found costs, and what it says of each. */
export function verdicts({ claims }: AuditReport): [path: string, verdict: string][] {
  return claims.map(({ path, verdict }) => [path, verdict]);
}

/** The exact amount of every cost that a report found. */
export function amounts({ claims }: AuditReport): Record<string, string | null> {
  return Object.fromEntries(claims.map(({ path, exact }) => [path, exact]));
}
