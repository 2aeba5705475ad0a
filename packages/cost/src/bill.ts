import type { CostLine, TokenUsage } from "@waybill/core";

import type { Rates } from "./catalog/shard.js";
import { add, decimalOf, formatDecimal, multiply, parseDecimal, zero, type Decimal } from "./decimal.js";

/** A sum of lines, in both spellings. */
export type Bill = {
  cost: number;
  prompt: number;
  completion: number;
  exact: string;
  lines: CostLine[];
  isFree: boolean;
};

type Charge = {
  kind: string;
  count: number;
  rate: keyof Rates;
  fallback?: keyof Rates;
  side: "prompt" | "completion";
};

/** What is charged, in the order in which LiteLLM adds it up: floating-point sums depend on it. */
function chargesOf({ input, output }: TokenUsage): Charge[] {
  return [
    { kind: "input", count: input.text, rate: "in", side: "prompt" },
    { kind: "cache_read", count: input.cacheRead, rate: "cr", fallback: "in", side: "prompt" },
    { kind: "input_audio", count: input.audio, rate: "inA", fallback: "in", side: "prompt" },
    { kind: "input_image", count: input.image, rate: "in", side: "prompt" },
    { kind: "input_video", count: input.video, rate: "in", side: "prompt" },
    {
      kind: "cache_write",
      count: input.cacheWrite5m + input.cacheWrite1h,
      rate: "cw",
      fallback: "in",
      side: "prompt",
    },
    { kind: "output", count: output.text, rate: "out", side: "completion" },
    { kind: "output_audio", count: output.audio, rate: "outA", fallback: "out", side: "completion" },
    { kind: "reasoning", count: output.reasoning, rate: "out", side: "completion" },
    { kind: "output_image", count: output.image, rate: "out", side: "completion" },
  ];
}

/** Rates that LiteLLM takes to be 0 when it has none. */
const freeInLitellm: ReadonlySet<keyof Rates> = new Set(["cr", "cw", "inA"]);

/** Why there is no bill. */
export type Unbillable = { missing: string } | { tooLarge: true };

/**
 * Charges the counts at the rates. Where a rate is missing the fallback is charged and the line says `assumed`, or, with
 * `isLitellm`, what LiteLLM charges. Answers the name of the rate instead when there is nothing to charge by.
 */
export function makeBill(
  usage: TokenUsage,
  rates: Rates,
  source: string,
  isLitellm: boolean,
): Bill | Unbillable {
  const sums = { prompt: 0, completion: 0 };
  const lines: CostLine[] = [];
  let exact: Decimal = zero;
  let isFree = true;
  for (const { kind, count, rate, fallback, side } of chargesOf(usage)) {
    if (count === 0) continue;
    const isFallback = rates[rate] === undefined;
    const text = rates[rate] ?? (isLitellm && freeInLitellm.has(rate) ? "0" : fallback && rates[fallback]);
    const decimal = text === undefined ? undefined : parseDecimal(text);
    if (text === undefined || !decimal) return { missing: `${kind} tokens` };
    const amount = multiply(decimalOf(count), decimal);
    sums[side] += count * Number(text);
    exact = add(exact, amount);
    isFree &&= decimal.coefficient === 0n;
    lines.push({
      kind,
      count,
      rate: formatDecimal(decimal),
      amount: formatDecimal(amount),
      ...(isFallback ? { assumed: assumption(kind, isLitellm && freeInLitellm.has(rate), fallback) } : {}),
      source,
    });
  }
  const cost = sums.prompt + sums.completion;
  if (!Number.isFinite(cost)) return { tooLarge: true };
  return {
    ...sums,
    cost,
    exact: formatDecimal(exact),
    lines,
    isFree: isFree && lines.length > 0,
  };
}

function assumption(kind: string, isCharged0: boolean, fallback: keyof Rates | undefined): string {
  if (isCharged0) return `the catalog has no rate for ${kind}; LiteLLM charges nothing`;
  return `the catalog has no rate for ${kind}; the ${fallback === "out" ? "output" : "input"} rate is charged`;
}
