import type { ChatCompletionEmit } from "@waybill/core";

import type { Estimate } from "./usage-estimate.js";

/** How to read a stream, and how to measure its time. */
export type AccumulatorOptions = {
  /** A monotonic clock in milliseconds; `performance.now` by default. */
  now?: (() => number) | undefined;
  /** When the request was sent, on the same clock; the moment of construction by default. */
  startedAt?: number | undefined;
  /** The HTTP status of the response; with 400 or more, the body is read as an error. `accumulate` knows it of a `Response`. */
  status?: number | undefined;
  /** What is known of the request: `n` tells choices from counters, `stream: false` expects a JSON body. */
  request?: { n?: number | null; stream?: boolean | null } | undefined;
  /** Take `<think>` and `<reasoning>` at the front of the content for reasoning (quirk R5). */
  splitThink?: boolean | undefined;
  /** Append pieces of a tool's name that differ, for servers that send names in pieces (quirk F9). */
  splitNames?: boolean | undefined;
  /** Keep the last `obfuscation` padding, under `extra`. */
  keepObfuscation?: boolean | undefined;
  /** The most text to keep, in UTF-16 units; 64 Mi by default. */
  maxSize?: number | undefined;
  /** Fills in counts that the provider did not send; called once, at the end, only when a main count is missing. */
  estimateUsage?: ((completion: ChatCompletionEmit) => Estimate) | undefined;
};
