import type { CostResult, TokenUsage } from "@waybill/core";

import { add, decimalOf, formatDecimal, parseDecimal, zero, type Decimal } from "../decimal.js";

/** What of a price a document states: all of it, one side with or without some lines, or lines by themselves. */
export type Part =
  | { of: "total" }
  | { of: "original" }
  | { of: "tools" }
  | { of: "input"; without?: readonly string[] }
  | { of: "output"; without?: readonly string[] }
  | { of: "lines"; kinds: readonly string[] };

/** An amount in both spellings: the double and the decimal text. */
export type Amount = { computed: number; exact: string };

/** Where normalised usage counts what a line of this kind charges. */
export const slots = {
  input: ["input", "text"],
  cache_read: ["input", "cacheRead"],
  cache_write: ["input", "cacheWrite5m"],
  cache_write_1h: ["input", "cacheWrite1h"],
  input_audio: ["input", "audio"],
  input_image: ["input", "image"],
  input_video: ["input", "video"],
  output: ["output", "text"],
  reasoning: ["output", "reasoning"],
  output_audio: ["output", "audio"],
  output_image: ["output", "image"],
  output_video: ["output", "video"],
} as const;

/** A kind of line that charges tokens. */
export type TokenKind = keyof typeof slots;

/** Stated costs may differ from ours in the last bits, by another order of summing up. */
const TOLERANCE = 1e-9;

const sides = { input: /^(?:input|cache_(?!hit)|citations$|request$)/, output: /^(?:output|reasoning$)/ };
const tools = /^(?:web_search|file_|code_interpreter|computer_use|vector_store)/;
const adjustments = /^(?:discount|margin)/;

/** Whether two amounts are the same but for the order of summing up. */
export function isClose(left: number, right: number): boolean {
  return Math.abs(left - right) <= TOLERANCE * Math.max(Math.abs(left), Math.abs(right));
}

/** Whether a line counts for a part. */
export function isOf(part: Part, kind: string): boolean {
  if (part.of === "total") return true;
  if (part.of === "original") return !adjustments.test(kind);
  if (part.of === "tools") return tools.test(kind);
  if (part.of === "lines") return part.kinds.includes(kind);
  return sides[part.of].test(kind) && !part.without?.includes(kind);
}

/** Whether the amounts of lines do not depend on each other, as factors, discounts and margins do. */
export function isSum({ lines }: CostResult): boolean {
  return lines.every(({ kind }) => sides.input.test(kind) || sides.output.test(kind) || tools.test(kind));
}

/** How many tokens of a kind were counted. */
export function countOf(usage: TokenUsage | null, kind: TokenKind): number {
  const [side, name] = slots[kind];
  return (usage?.[side] as Record<string, number> | undefined)?.[name] ?? 0;
}

/** The exact sum of the lines of a part. */
export function sumOf(part: Part, { lines }: CostResult): Decimal {
  return lines.reduce(
    (sum, line) => (isOf(part, line.kind) ? add(sum, parseDecimal(line.amount) ?? zero) : sum),
    zero,
  );
}

/** What a part of a price amounts to; undefined where the price is not divided so. */
export function amountOf(part: Part, result: CostResult): Amount | undefined {
  const { cost, exact, prompt, completion, lines, usage } = result;
  if (cost === null || exact === null) return undefined;
  const isAll = part.of === "original" && !lines.some(({ kind }) => adjustments.test(kind));
  if (part.of === "total" || isAll) return { computed: cost, exact };
  const own = amount(sumOf(part, result));
  if (part.of === "original") return own;
  if (prompt === null || completion === null) return cost === 0 ? amount(zero) : undefined;

  const sums = (["input", "output", "tools"] as const).map((of) => amount(sumOf({ of }, result)).computed);
  const [input, output, used] = sums as [number, number, number];
  // Perplexity: searches are a part of the output.
  const isInside = used > 0 && isClose(output + used, completion);
  const isPlain = isClose(input, prompt) && (isInside || isClose(output, completion));
  if (part.of === "tools")
    return isInside ? amount(zero) : isPlain || isClose(prompt + completion + used, cost) ? own : undefined;
  const named = part.of === "lines" ? part.kinds : (part.without ?? []);
  if (part.of !== "lines" && named.length === 0) {
    const computed = part.of === "input" ? prompt : completion;
    return {
      computed,
      exact: isPlain && !(isInside && part.of === "output") ? own.exact : formatDecimal(decimalOf(computed)),
    };
  }
  const isCharged = (kind: string) =>
    lines.some((line) => line.kind === kind) || countOf(usage, kind as TokenKind) === 0;
  return isPlain && named.every(isCharged) ? own : undefined;
}

function amount(decimal: Decimal): Amount {
  const exact = formatDecimal(decimal);
  return { computed: Number(exact), exact };
}
