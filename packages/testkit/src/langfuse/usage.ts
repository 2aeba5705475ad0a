import { isMembers, membersOf, type Members } from "./members.js";

/* What the server makes of the tokens and costs that it gets. Written from its rules, not from Waybill's. */

type Counts = Record<string, number>;

const chat = ["prompt", "completion"] as const;
const responses = ["input", "output"] as const;

/** `usageDetails` by the first form that fits: OpenAI's two, each strict, else whole numbers from 0 by any key. */
export function usageDetailsOf(value: unknown): Counts | undefined {
  if (!isMembers(value)) return undefined;
  return openaiForm(value, chat) ?? openaiForm(value, responses) ?? plainForm(value);
}

function openaiForm(
  value: Members,
  [inputName, outputName]: typeof chat | typeof responses,
): Counts | undefined {
  const names = [`${inputName}_tokens`, `${outputName}_tokens`, "total_tokens"];
  const details = [`${inputName}_tokens_details`, `${outputName}_tokens_details`];
  if (!names.every((name) => isCount(value[name]))) return undefined;
  if (!Object.keys(value).every((name) => names.includes(name) || details.includes(name))) return undefined;
  const parts = details.map((name) => membersOf(value[name]));
  if (!parts.every((part) => Object.values(part).every((count) => count === null || isCount(count))))
    return undefined;
  const counts: Counts = {};
  (["input", "output"] as const).forEach((side, index) => {
    const own = Object.entries(parts[index] ?? {}).filter((entry): entry is [string, number] =>
      isCount(entry[1]),
    );
    const sum = own.reduce((total, [, count]) => total + count, 0);
    counts[side] = Math.max(0, (value[names[index] as string] as number) - sum);
    for (const [name, count] of own) counts[`${side}_${name}`] = count;
  });
  return { ...counts, total: value.total_tokens as number };
}

function plainForm(value: Members): Counts | undefined {
  const kept = Object.entries(value).flatMap(([name, raw]): [string, number][] => {
    const count = typeof raw === "string" ? parseInt(raw, 10) : raw;
    return isCount(count) ? [[name, count]] : [];
  });
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

/** The older `usage`: one key in camel case replaces all others, and anything else is stripped. */
export function legacyUsageOf(value: unknown): { counts: Counts; costs: Counts } {
  const usage = membersOf(value);
  const isCamel = ["promptTokens", "completionTokens", "totalTokens"].some((name) => name in usage);
  const [input, output, total] = isCamel
    ? [usage.promptTokens, usage.completionTokens, usage.totalTokens]
    : [usage.input, usage.output, usage.total];
  const counts = numbers({ input, output, total });
  // What is 0 or absent does not make a sum: 0 and 5 make a total of 0.
  if (counts.total === undefined && (counts.input !== undefined || counts.output !== undefined))
    counts.total =
      counts.input && counts.output ? counts.input + counts.output : (counts.input ?? counts.output ?? 0);
  const costs = isCamel
    ? {}
    : numbers({ input: usage.inputCost, output: usage.outputCost, total: usage.totalCost });
  return { counts, costs };
}

/** Costs that are numbers from 0; all others are dropped in silence. */
export function costDetailsOf(value: unknown): Counts {
  return Object.fromEntries(
    Object.entries(membersOf(value)).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number" && entry[1] >= 0,
    ),
  );
}

/** The total that is stored for costs: their own, else the sum of input and output when there is nothing else. */
export function totalCostOf(costs: Counts): number | undefined {
  const names = Object.keys(costs);
  if (costs.total !== undefined) return costs.total;
  if (names.length === 0 || !names.every((name) => name === "input" || name === "output")) return undefined;
  return (costs.input ?? 0) + (costs.output ?? 0);
}

/** Usage with a total, which is the sum of all keys when none came. */
export function withTotal(counts: Counts): Counts {
  if (counts.total !== undefined) return counts;
  return { ...counts, total: Object.values(counts).reduce((sum, count) => sum + count, 0) };
}

/**
 * The conventions' counts, whose input holds the cache and whose output the reasoning. Every number that is not known here is
 * a bucket of its own, and is added to the total.
 */
export function genericUsageOf(attributes: Members): Counts | undefined {
  const found = new Map<string, number>();
  for (const [key, value] of Object.entries(attributes)) {
    const name = /^(?:gen_ai\.usage|llm\.token_count)\.(.+)$/.exec(key)?.[1];
    const count = typeof value === "string" ? Number(value) : value;
    if (name !== undefined && name !== "cost" && isCount(count)) found.set(name, count);
  }
  if (found.size === 0) return undefined;
  const taken = new Set<string>();
  const take = (...names: string[]) => {
    const name = names.find((each) => found.has(each));
    for (const each of names) taken.add(each);
    return name === undefined ? undefined : found.get(name);
  };
  const input = take("prompt_tokens", "input_tokens", "prompt");
  const output = take("completion_tokens", "output_tokens", "completion");
  const total = take("total_tokens", "total");
  const read = take(
    "cache_read.input_tokens",
    "cache_read_input_tokens",
    "cache_read_tokens",
    "input_cached_tokens",
  );
  const written = take(
    "cache_creation.input_tokens",
    "cache_creation_input_tokens",
    "cache_write_tokens",
    "input_cache_creation",
  );
  const reasoning = take("reasoning.output_tokens", "completion_details.reasoning");
  const audio = take("completion_details.audio");
  const counts = numbers({
    input: input === undefined ? undefined : Math.max(0, input - (read ?? 0) - (written ?? 0)),
    input_cached_tokens: read,
    input_cache_creation: written,
    output: output === undefined ? undefined : Math.max(0, output - (reasoning ?? 0) - (audio ?? 0)),
    output_reasoning_tokens: reasoning,
    output_audio_tokens: audio,
  });
  for (const [name, count] of found) if (!taken.has(name)) counts[name] = count;
  return total === undefined ? withTotal(counts) : { ...counts, total };
}

function numbers(values: Members): Counts {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}
