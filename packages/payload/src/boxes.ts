import type { Attempt, CostLine, Diagnostic, Timing, TokenUsage } from "@waybill/core";

import {
  amount,
  count,
  decimal,
  exactly,
  listOfAll,
  measure,
  oneOf,
  orNull,
  someText,
  text,
  type Reader,
} from "./shapes.js";

/*
 * The boxes of other packages as the member `waybill` holds them. They come from our own packages, as a rule; what a
 * caller made up must not make a record that nobody accepts.
 */

/** Readers of the boxes. Made in one go, so that a bundler can leave them out. */
export const boxes = /* @__PURE__ */ makeBoxes();

function makeBoxes() {
  const costStatus = oneOf("priced", "free", "unpriced", "no_usage", "invalid");
  const streamStatus = oneOf("complete", "incomplete", "error");
  const usageSource = oneOf("provider", "estimated", "mixed", "missing");

  const costLine: Reader<CostLine> = exactly(
    { kind: someText, count: measure, rate: decimal, amount: decimal },
    { assumed: text, source: text },
  );

  /** JSON's own member of any kind: what is not there becomes null. */
  const raw: Reader<unknown> = (value) => value ?? null;

  const tokenUsage: Reader<TokenUsage> = exactly(
    {
      input: exactly(
        {
          text: count,
          cacheRead: count,
          cacheWrite5m: count,
          cacheWrite1h: count,
          audio: count,
          image: count,
          video: count,
        },
        {},
      ),
      output: exactly({ text: count, reasoning: count, audio: count, image: count }, { video: count }),
      total: orNull(count),
      raw,
    },
    {},
  );

  const chunkNumber: Reader<number> = (value) => (value === -1 ? -1 : count(value));
  const repeated: Reader<number> = (value) => (value === 0 || value === 1 ? undefined : count(value));

  const diagnostic: Reader<Diagnostic> = exactly(
    { code: someText, message: text, chunk: chunkNumber },
    { choice: count, count: repeated },
  );

  const moment = orNull(measure);
  const ticks: Reader<number[]> = (value) => {
    const list = listOfAll(measure)(value);
    return list && list.length <= 256 ? list : undefined;
  };

  const timing: Reader<Timing> = exactly(
    {
      headers: moment,
      firstChunk: moment,
      firstContent: moment,
      firstReasoning: moment,
      firstTool: moment,
      finish: moment,
      usage: moment,
      lastChunk: moment,
      close: moment,
      chunks: count,
      gaps: exactly({ p50: moment, p95: moment, max: moment, maxAt: orNull(count) }, {}),
      ticks,
    },
    { firstByte: moment },
  );

  const attempt: Reader<Attempt> = exactly(
    {
      provider: orNull(text),
      model: orNull(text),
      apiBase: orNull(text),
      startTime: amount,
      endTime: amount,
      status: oneOf("success", "failure"),
    },
    { error: text },
  );

  return { costStatus, streamStatus, usageSource, costLine, tokenUsage, diagnostic, timing, attempt };
}
