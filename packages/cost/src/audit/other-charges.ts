import type { CostLine, TokenUsage } from "@waybill/core";

import { formatDecimal, parseDecimal, subtract, times, zero, type Decimal } from "../decimal.js";
import type { OtherCharge, PricedCall } from "./cause.js";
import { isOf, isSum, slots } from "./parts.js";

type Changes = OtherCharge["changes"];

/**
 * Faults of charging that users report, most specific first: tokens that are charged twice, at another rate, or not at all.
 * They change lines of the bill and are told from the lines and the rates, so that a fault never moves a threshold. A price
 * that is no sum of tokens and tools has none.
 */
export function chargedOtherwise(call: PricedCall): OtherCharge[] {
  const { lines, usage, model } = call.result;
  if (!usage || !isSum(call.result)) return [];
  const rates = ratesOf(call, usage, (count) => count || 1);
  const rate = (kind: string) => rates.get(kind) ?? zero;
  const pick = (pattern: RegExp) => lines.filter(({ kind }) => pattern.test(kind));
  const list: OtherCharge[] = [];
  const put = (code: OtherCharge["code"], words: string, changes: Changes) =>
    list.push({ code, words, changes });

  const assumed = lines.filter((line) => line.assumed !== undefined && line.kind in slots);
  const named = assumed
    .map(({ kind, count }) => `${count} ${kind.replaceAll("_", " ")} tokens`)
    .join(" and ");
  put(
    "missing-rate",
    `LiteLLM charges nothing for the ${named} of ${model}, for which the catalog has no rate`,
    linesAt(zero, assumed),
  );
  const [cached, written] = [pick(/^cache_read$/), pick(/^cache_write/)];
  const both = cached.length > 0 && written.length > 0 ? [...cached, ...written] : [];
  const groups = { cached, written, "cached and written": both };
  for (const [name, group] of Object.entries(groups)) {
    const tokens = `the ${group.reduce((sum, { count }) => sum + count, 0)} ${name} tokens`;
    const input = rate("input");
    const at = `at the input rate of ${formatDecimal(input)}`;
    put(
      "cache-billed-twice",
      `${tokens} once more, ${at}`,
      group.map(({ count }) => ["input", times(input, count)]),
    );
    put("cache-not-discounted", `${tokens} ${at} instead of their own`, linesAt(input, group));
    if (!group.some((line) => assumed.includes(line)))
      put("cache-not-billed", `${tokens} for nothing`, linesAt(zero, group));
  }
  const hours = pick(/_1h$/);
  const short = rate("cache_write");
  put(
    "cache-write-1h-at-5m",
    `the ${hours[0]?.count} tokens written for an hour at the five-minute rate of ${formatDecimal(short)}`,
    linesAt(short, hours),
  );
  // xAI's reasoning is a part of the line of the output.
  const line = pick(/^reasoning$/).length > 0 ? "reasoning" : "output";
  const { reasoning } = usage.output;
  for (const each of [line, "output"])
    put(
      "reasoning-billed-twice",
      `the ${reasoning} reasoning tokens once more, at ${formatDecimal(rate(each))}`,
      [["output", times(rate(each), reasoning)]],
    );
  put("reasoning-not-billed", `the ${reasoning} reasoning tokens for nothing`, [
    [line, subtract(zero, times(rate(line), reasoning))],
  ]);
  const tools = lines.filter(({ kind }) => isOf({ of: "tools" }, kind));
  const used = tools.map(({ kind, count }) => `${count} ${kind}`).join(" and ");
  put("tools-not-billed", `${used} for nothing`, linesAt(zero, tools));
  return [...list, ...thresholdFaults(call, usage)].filter(({ changes }) =>
    changes.some(([, { coefficient }]) => coefficient !== 0),
  );
}

/** The price of a long prompt that was not taken: not at all, not for the cache, or only for what is beyond the threshold. */
function thresholdFaults(call: PricedCall, usage: TokenUsage): OtherCharge[] {
  const { lines, interval, model = "" } = call.result;
  const { above = [], ranges = [] } =
    call.engine
      .priceHistory(model, call.request.provider)
      .find(({ from, to }) => from === interval?.from && to === interval?.to)?.prices ?? {};
  const prompt = Object.values(usage.input).reduce((sum, count) => sum + count, 0);
  const limits = [...above.map(({ tokens }) => tokens), ...ranges.map(({ from }) => from)];
  const limit = Math.max(0, ...limits.filter((tokens) => tokens <= prompt));
  if (limit === 0) return [];
  const short = ratesOf(call, usage, (count) => Math.min(count, 1));
  const fault = (words: string, kinds: RegExp, most = Number.POSITIVE_INFINITY): OtherCharge => ({
    code: "threshold-not-applied",
    words,
    changes: lines
      .filter(({ kind }) => kinds.test(kind) && short.has(kind))
      .flatMap((line) =>
        linesAt(short.get(line.kind) ?? zero, [{ ...line, count: Math.min(line.count, most) }]),
      ),
  });
  return [
    fault(`the prices of up to ${limit} tokens, and the prompt has ${prompt}`, /./),
    fault(`the cache at prices of up to ${limit} tokens`, /^cache_/),
    fault(`the first ${limit} tokens of either side at the lower price`, /./, limit),
    fault(`the first ${limit} tokens of the prompt at the lower price`, /^(?:input|cache_)/, limit),
  ];
}

/** What changes when lines are charged at another rate. */
function linesAt(other: Decimal, lines: readonly CostLine[]): Changes {
  return lines.map(({ kind, count, rate }) => [
    kind,
    times(subtract(other, parseDecimal(rate) ?? zero), count),
  ]);
}

/** What a token of each kind costs a call whose counts are changed so: those that are 0 have no line otherwise. */
export function ratesOf(
  { engine, request }: PricedCall,
  { input, output, total, raw }: TokenUsage,
  change: (count: number) => number,
): Map<string, Decimal> {
  const changed = <Side extends Record<string, number | undefined>>(side: Side) =>
    Object.fromEntries(Object.entries(side).map(([name, count]) => [name, change(count ?? 0)])) as Side;
  const usage = { input: changed(input), output: changed(output), total, raw };
  const { lines } = engine.price({ ...request, usage, response: undefined, tools: undefined });
  return new Map(lines.map(({ kind, rate }) => [kind, parseDecimal(rate) ?? zero]));
}
