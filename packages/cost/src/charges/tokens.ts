import type { TokenUsage } from "@waybill/core";

import type { Rate, RateTable } from "../rates.js";
import type { Extras } from "../usage/counts.js";

/** What takes charges: a bill, or a sum without lines. */
export type Charging = { charge(rate: Rate, count: number): number };

/** The two sides of a price in LiteLLM's doubles, and what of the prompt's is for its cache. */
export type Sides = {
  prompt: number;
  completion: number;
  cache: number;
  /** LiteLLM does not tell the sides apart: all of it stands in `prompt`. */
  isUndivided: boolean;
  /** The provider says what it charges: nothing comes on top. */
  isStated?: true;
};

/**
 * Tokens at their rates, added up in LiteLLM's order (cost-engine rule 2.1): floating-point sums depend on it.
 */
export function chargeTokens(bill: Charging, rates: RateTable, usage: TokenUsage, extras?: Extras): Sides {
  const { input, output } = usage;
  let prompt = bill.charge(rates.in, input.text);
  const read = bill.charge(rates.cr, input.cacheRead);
  prompt += read;
  prompt += bill.charge(rates.inA, input.audio);
  prompt += bill.charge(rates.inI, input.image);
  prompt += bill.charge(rates.inV, input.video);
  const written = bill.charge(rates.cw, input.cacheWrite5m) + bill.charge(rates.cw1h, input.cacheWrite1h);
  prompt += written;
  if (extras) {
    prompt += bill.charge(rates.inChar, extras.characters);
    prompt += bill.charge(rates.inImg, extras.images);
    prompt += bill.charge(rates.inVideoSec, extras.videoSeconds);
    prompt += bill.charge(rates.inAudioSec, extras.audioSeconds);
  }
  let completion = bill.charge(rates.out, output.text);
  completion += bill.charge(rates.outA, output.audio);
  completion += bill.charge(rates.outR, output.reasoning);
  completion += bill.charge(rates.outI, output.image);
  if (output.video) completion += bill.charge(rates.outV, output.video);
  return { prompt, completion, cache: read + written, isUndivided: false };
}
