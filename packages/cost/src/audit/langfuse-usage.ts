import { pointer } from "@waybill/core/pointer";

import { membersOf, type Members } from "../usage/counts.js";
import { readUsage } from "../usage/read-usage.js";
import { slots, type Part, type TokenKind } from "./parts.js";
import { textAt, type StatedCall } from "./stated-call.js";

/*
 * Langfuse counts tokens and money by buckets. Newer senders let them be disjoint; older ones count what was cached,
 * written or thought in `input` and `output` too.
 */

/** The kind of line that a bucket is of: `input_cached_tokens`, `cache_read_input_tokens`, `output_reasoning`. */
function kindOf(bucket: string): TokenKind | undefined {
  if (/creation|cache_write/.test(bucket)) return bucket.includes("1h") ? "cache_write_1h" : "cache_write";
  if (bucket.includes("cache")) return "cache_read";
  if (/reasoning|thoughts/.test(bucket)) return "reasoning";
  const [, side, what = "text"] =
    /^(input|output)(?:_(audio|image|video|text|(?:accepted|rejected)_prediction))?(?:_tokens)?$/.exec(
      bucket,
    ) ?? [];
  if (side === undefined) return undefined;
  return (what === "text" || what.endsWith("prediction") ? side : `${side}_${what}`) as TokenKind;
}

/** The buckets of `costDetails`. `input` and `output` are what their side costs less the other buckets of it. */
export function bucketCosts(details: Members, path: string): StatedCall["costs"] {
  const buckets = Object.entries(details);
  const stated = buckets.filter((each): each is [string, number] => isNumber(each[1]));
  const texts = buckets.filter(([, value]) => typeof value === "string");
  const kinds = new Set(stated.map(([bucket]) => kindOf(bucket)));
  const kindsOf = (kind: TokenKind): TokenKind[] =>
    kind === "cache_write" && !kinds.has("cache_write_1h") ? [kind, "cache_write_1h"] : [kind];

  function partOf(bucket: string): Part | undefined {
    if (bucket === "total") return { of: "total" };
    const kind = kindOf(bucket);
    // Two buckets for the text of a side: nobody can say which is which.
    if (kind === undefined || (kind !== bucket && slots[kind][1] === "text" && kind in details))
      return undefined;
    if (kind !== "input" && kind !== "output") return { of: "lines", kinds: kindsOf(kind) };
    const others = [...kinds].filter(
      (each) => each !== undefined && each !== kind && slots[each][0] === kind,
    );
    return { of: kind, without: (others as TokenKind[]).flatMap(kindsOf) };
  }
  return [
    ...stated.map(([bucket, claimed]) => ({ path: pointer(path, bucket), claimed, part: partOf(bucket) })),
    ...texts.map(([bucket]) => textAt(pointer(path, bucket))),
  ];
}

/** The usage of a generation: normalised, or in the provider's own shape; null when it has none. */
export function langfuseUsage(body: Members): unknown {
  const [details, legacy] = [membersOf(body.usageDetails), membersOf(body.usage)];
  const isNamed = "input" in details || "output" in details;
  if (!isNamed && readUsage(details, {}).status !== "no_usage") return details;
  const isTokens = (legacy.unit ?? "TOKENS") === "TOKENS";
  const { input, output, total, promptTokens, completionTokens, totalTokens } = isTokens ? legacy : {};
  const stated = {
    input: details.input ?? input ?? promptTokens,
    output: details.output ?? output ?? completionTokens,
  };
  const counts = countsOf(details);
  if (counts.size === 0 && stated.input === undefined && stated.output === undefined) return null;
  // LiteLLM's legacy usage has the whole prompt, also where its details leave the cache out.
  const whole = isNumber(input) && isNumber(output) ? input + output : undefined;
  const sum = [details.total, total, totalTokens, whole].filter(isNumber).find((each) => each > 0);
  return disjoint(
    isNumber(stated.input) ? stated.input : 0,
    isNumber(stated.output) ? stated.output : 0,
    counts,
    sum,
  );
}

/** Counts of the buckets beside `input` and `output`. */
function countsOf(details: Members): Map<TokenKind, number> {
  const counts = new Map<TokenKind, number>();
  for (const [bucket, value] of Object.entries(details)) {
    const kind = bucket === "input" || bucket === "output" ? undefined : kindOf(bucket);
    if (kind !== undefined && isNumber(value)) counts.set(kind, (counts.get(kind) ?? 0) + value);
  }
  return counts;
}

/** Buckets that a sender counts in `input` and `output` together, or beside them. */
const groups: readonly (readonly TokenKind[])[] = [
  ["output", "reasoning", "output_audio", "output_image", "output_video"],
  ["input", "input_audio", "input_image", "input_video"],
  ["cache_write", "cache_write_1h"],
  ["cache_read"],
];

/** Normalised usage. The total tells which groups of buckets are beside `input` and `output`; without one, all are. */
function disjoint(
  input: number,
  output: number,
  counts: ReadonlyMap<TokenKind, number>,
  total: number | undefined,
): unknown {
  const sizes = groups.map((kinds) => kinds.reduce((sum, kind) => sum + (counts.get(kind) ?? 0), 0));
  const rest = total === undefined ? undefined : total - input - output;
  const sizeOf = (mask: number) => sizes.reduce((sum, size, bit) => sum + (mask & (1 << bit) ? size : 0), 0);
  // Every choice of groups is a mask of bits. The cache that was read is the likeliest to be outside.
  let outside = 15;
  if (rest !== undefined) while (outside >= 0 && sizeOf(outside) !== rest) outside--;
  if (outside < 0) outside = (rest ?? 0) > 0 ? 15 : 0;

  const usage: { input: Record<string, number>; output: Record<string, number> } = { input: {}, output: {} };
  const text = { input, output };
  for (const [bit, kinds] of groups.entries())
    for (const kind of kinds) {
      const [side, name] = slots[kind];
      const count = counts.get(kind) ?? 0;
      const isOutside = (outside & (1 << bit)) > 0;
      if (kind !== side) usage[side][name] = count;
      if ((kind === side) === isOutside) text[side] += isOutside ? count : -count;
    }
  // A negative count of the document's own is for the engine to refuse.
  usage.input.text = input < 0 ? input : Math.max(text.input, 0);
  usage.output.text = output < 0 ? output : Math.max(text.output, 0);
  return { ...usage, total: total ?? null, raw: {} };
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}
