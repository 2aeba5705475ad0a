import type { Note } from "./bridge-merge.js";
import { amountOf, countOf, membersOf, type Members } from "./members.js";

/** Keys of other senders for what Langfuse's own buckets are. */
const renamed: Record<string, string> = {
  cache_read_input_tokens: "input_cached_tokens",
  input_cache_read: "input_cached_tokens",
  cache_creation_input_tokens: "input_cache_creation",
  cache_write_tokens: "input_cache_creation",
};

const cached = [
  "input_cached_tokens",
  "input_cache_creation",
  "input_cache_creation_5m",
  "input_cache_creation_1h",
];

/** The tokens of a recorded observation as exclusive buckets that sum to `total`; undefined when it has none. */
export function bridgedUsage(body: Members, path: string, note: Note): Record<string, number> | undefined {
  const details = membersOf(body.usageDetails);
  const stated = providerForm(details) ?? details;
  const buckets = new Map<string, number>();
  for (const [name, value] of Object.entries(stated)) {
    const count = countOf(typeof value === "string" && /^[0-9]{1,15}$/.test(value) ? Number(value) : value);
    const key = Object.hasOwn(renamed, name) ? (renamed[name] as string) : name;
    if (count === undefined)
      note("lost_count", `${path}/usageDetails/${name}`, "is no count, and is left out");
    else if (count > 0 || key === "input" || key === "output" || key === "total")
      buckets.set(key, (buckets.get(key) ?? 0) + count);
  }
  if (buckets.size === 0) return legacyUsage(membersOf(body.usage), `${path}/usage`, note);
  const total = buckets.get("total");
  buckets.delete("total");
  exclude(buckets, total, `${path}/usageDetails`, note);
  return withTotal(buckets);
}

/** Senders differ on whether the input holds what the cache has; the total tells. */
function exclude(buckets: Map<string, number>, total: number | undefined, path: string, note: Note): void {
  const sum = sumOf(buckets.values());
  if (total === undefined || total === sum) return;
  const inCache = sumOf(cached.map((name) => buckets.get(name) ?? 0));
  const input = buckets.get("input") ?? 0;
  if (inCache > 0 && total === sum - inCache && inCache <= input) {
    buckets.set("input", input - inCache);
    note("inclusive_input", `${path}/input`, "counted the cache's tokens too; they are taken out");
  } else note("usage_total", `${path}/total`, `is ${total}, and the buckets make ${sum}, which is sent`);
}

/** OpenAI's usage, of either API, as the server reads it; undefined when it is none. */
function providerForm(details: Members): Members | undefined {
  for (const [input, output] of [
    ["prompt", "completion"],
    ["input", "output"],
  ] as const) {
    const names = [`${input}_tokens`, `${output}_tokens`, "total_tokens"];
    const parts = names.slice(0, 2).map((name) => `${name}_details`);
    const counts = names.map((name) => countOf(details[name]));
    const isForm = Object.keys(details).every((name) => names.includes(name) || parts.includes(name));
    if (!isForm || counts.includes(undefined)) continue;
    const buckets: Record<string, number> = {};
    (["input", "output"] as const).forEach((side, index) => {
      const own = Object.entries(membersOf(details[parts[index] as string])).flatMap(([name, value]) => {
        const count = countOf(value);
        return count === undefined ? [] : [[`${side}_${name}`, count] as const];
      });
      buckets[side] = Math.max(0, (counts[index] as number) - sumOf(own.map(([, count]) => count)));
      for (const [name, count] of own) buckets[name] = count;
    });
    return buckets;
  }
  return undefined;
}

/** The older `usage`: camel case replaces the rest, as on the server; negative counts are none. */
function legacyUsage(usage: Members, path: string, note: Note): Record<string, number> | undefined {
  const isCamel = ["promptTokens", "completionTokens", "totalTokens"].some((name) => name in usage);
  const [input, output, total] = (
    isCamel ? ["promptTokens", "completionTokens", "totalTokens"] : ["input", "output", "total"]
  ).map((name) => {
    const value = usage[name];
    const count = countOf(value);
    if (count === undefined && value !== undefined && value !== null)
      note("lost_count", `${path}/${name}`, "is no count, and is left out");
    return count;
  });
  const { unit } = usage;
  if (!isCamel && typeof unit === "string" && unit !== "TOKENS")
    note("usage_unit", `${path}/unit`, `counts ${unit}, which are sent as if they were tokens`);
  const buckets = new Map(
    [
      ["input", input],
      ["output", output],
    ].filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
  if (buckets.size === 0) {
    if (total === undefined) return undefined;
    // Only the sum is known: it is not divided by guessing.
    return { input: total, total };
  }
  if (total !== undefined && total !== sumOf(buckets.values()))
    note("usage_total", `${path}/total`, `is ${total}, and its parts make another sum, which is sent`);
  return withTotal(buckets);
}

function withTotal(buckets: Map<string, number>): Record<string, number> | undefined {
  const total = countOf(sumOf(buckets.values()));
  return total === undefined || buckets.size === 0 ? undefined : { ...Object.fromEntries(buckets), total };
}

function sumOf(counts: Iterable<number>): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

/** The cost of a recorded observation, with a total; undefined when it has none. Other statements of it are compared. */
export function bridgedCost(body: Members, path: string, note: Note): Record<string, number> | undefined {
  const usage = membersOf(body.usage);
  const isCamel = ["promptTokens", "completionTokens", "totalTokens"].some((name) => name in usage);
  const legacy = isCamel ? {} : { input: usage.inputCost, output: usage.outputCost, total: usage.totalCost };
  const stated = { ...legacy, ...membersOf(body.costDetails) };
  const costs = Object.fromEntries(
    Object.entries(stated).flatMap(([name, value]) => {
      const amount = amountOf(value);
      if (amount === undefined && value !== undefined && value !== null)
        note("lost_cost", `${path}/costDetails/${name}`, "is no amount from 0, and is left out");
      return amount === undefined ? [] : [[name, amount] as const];
    }),
  );
  if (Object.keys(costs).length === 0) return undefined;
  const { total: own, ...parts } = costs;
  const sum = sumOf(Object.values(parts));
  const total = own ?? sum;
  const isSum = Object.keys(parts).length > 0 && isClose(sum, total);
  if (Object.keys(parts).length > 0 && !isSum)
    note(
      "cost_total",
      `${path}/costDetails/total`,
      `is ${total}, and its parts make ${sum}: the total alone is sent`,
    );
  const metadata = membersOf(body.metadata);
  for (const [place, value] of [
    ["metadata/litellm_response_cost", metadata.litellm_response_cost],
    ["metadata/hidden_params/response_cost", membersOf(metadata.hidden_params).response_cost],
  ] as const) {
    const other = typeof value === "string" && value !== "" ? Number(value) : value;
    if (typeof other === "number" && !isClose(other, total))
      note("costs_disagree", `${path}/${place}`, `is ${other} USD, and ${total} is sent`);
  }
  return { ...(isSum ? parts : {}), total };
}

function isClose(left: number, right: number): boolean {
  return Math.abs(left - right) <= 1e-9 * Math.max(Math.abs(left), Math.abs(right));
}
