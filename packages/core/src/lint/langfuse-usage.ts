import { pointer } from "../validation/issue.js";
import type { Report } from "./finding.js";
import { usageMembers } from "./langfuse-members.js";
import { isClose, membersOf, numberOf, plain, type Members } from "./members.js";

const camelCase = ["promptTokens", "completionTokens", "totalTokens"];
const snakeCase = ["prompt_tokens", "completion_tokens", "total_tokens", "input_tokens", "output_tokens"];
/** The provider's own object is read only when it has these members and no others. */
const providerForms = [
  [
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "prompt_tokens_details",
    "completion_tokens_details",
  ],
  ["input_tokens", "output_tokens", "total_tokens", "input_tokens_details", "output_tokens_details"],
];
const cacheBuckets = [
  "input_cached_tokens",
  "input_cache_read",
  "cache_read_input_tokens",
  "input_cache_creation",
  "input_cache_creation_5m",
  "input_cache_creation_1h",
  "cache_creation_input_tokens",
  "cache_write_tokens",
];

/** Tokens and costs of an observation that the server drops, doubles or shows as nothing. */
export function lintLangfuseUsage(body: Members, path: string, report: Report): void {
  lintLegacyUsage(membersOf(body.usage), `${path}/usage`, report);
  lintUsageDetails(membersOf(body.usageDetails), `${path}/usageDetails`, report);
  lintCostDetails(membersOf(body.costDetails), `${path}/costDetails`, report);
  lintOtherCosts(body, path, report);
}

function lintLegacyUsage(usage: Members, path: string, report: Report): void {
  for (const [name, value] of Object.entries(usage)) {
    if ((numberOf(value) ?? 0) < 0)
      report("negative-usage", pointer(path, name), "is negative, and is stored so");
    if (snakeCase.includes(name)) {
      report("usage-snake-case", pointer(path, name), "is stripped: write input, output and total");
    } else if (!usageMembers.has(name)) {
      report("unknown-member", pointer(path, name), `${name} is stripped: the server does not know it`);
    }
  }
  const camel = camelCase.find((name) => name in usage);
  const lost = ["input", "output", "total", "inputCost", "outputCost", "totalCost"].find(
    (name) => name in usage,
  );
  if (camel && lost)
    report("usage-camel-case", pointer(path, lost), `is lost, because ${camel} replaces the object`);
  lintSum(usage, ["input", "output"], "total", path, report);
  lintSum(usage, ["promptTokens", "completionTokens"], "totalTokens", path, report);
  lintSum(usage, ["inputCost", "outputCost"], "totalCost", path, report);
}

/** A total that is not the sum of its two parts. */
function lintSum(
  usage: Members,
  parts: readonly string[],
  total: string,
  path: string,
  report: Report,
): void {
  const stated = numberOf(usage[total]);
  const [left, right] = parts.map((name) => numberOf(usage[name]));
  if (stated === undefined || left === undefined || right === undefined || isClose(stated, left + right))
    return;
  report(
    "usage-total",
    pointer(path, total),
    `is ${plain(stated)}, and its parts make ${plain(left + right)}`,
  );
}

/** A count as the server reads it: whole numbers, also as text. */
function countOf(value: unknown): number | undefined {
  const number = typeof value === "string" && /^[0-9]+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number >= 0 ? number : undefined;
}

function lintUsageDetails(details: Members, path: string, report: Report): void {
  const names = Object.keys(details);
  if (names.some((name) => snakeCase.includes(name))) {
    const isRead = providerForms.some(
      (form) =>
        names.every((name) => form.includes(name)) &&
        form.slice(0, 3).every((name) => isInteger(details[name])),
    );
    if (!isRead) {
      const message =
        "is no provider's usage that the server reads: every number becomes a bucket of its own";
      report("provider-usage", path, message);
    } else {
      lintSum(details, ["prompt_tokens", "completion_tokens"], "total_tokens", path, report);
    }
    return;
  }
  for (const name of names) {
    if (details[name] !== undefined && countOf(details[name]) === undefined) {
      report("lost-count", pointer(path, name), "is no count, so the server drops it");
    }
  }
  const total = countOf(details.total);
  if (total === undefined) return;
  const sumOf = (buckets: readonly string[]) =>
    buckets.reduce((sum, name) => sum + (countOf(details[name]) ?? 0), 0);
  const sum = sumOf(names.filter((name) => name !== "total"));
  if (sum === total) return;
  const cached = cacheBuckets.filter((name) => (countOf(details[name]) ?? 0) > 0);
  if (cached.length > 0 && total === sum - sumOf(cached)) {
    const message = `counts the tokens of ${cached.join(" and ")} too, so they are charged twice`;
    report("inclusive-input", pointer(path, "input"), message);
  } else {
    report("usage-total", pointer(path, "total"), `is ${total}, and the buckets make ${sum}`);
  }
}

function isInteger(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function lintCostDetails(costs: Members, path: string, report: Report): void {
  const names = Object.keys(costs);
  for (const name of names) {
    const value = costs[name];
    const isKept = typeof value === "number" && value >= 0;
    if (!isKept && value !== undefined) {
      report("lost-cost", pointer(path, name), "is no amount from 0, so the server drops it");
    }
  }
  const kept = names.filter((name) => (numberOf(costs[name]) ?? -1) >= 0);
  if (!kept.includes("total") && !kept.every((name) => name === "input" || name === "output")) {
    report("cost-without-total", path, "has no total, so the server shows no cost at all");
  }
  if (kept.every((name) => ["input", "output", "total"].includes(name))) {
    lintSum(costs, ["input", "output"], "total", path, report);
  }
}

/** The cost that the server goes by, of those that an observation states. */
function costOf(body: Members): number | undefined {
  const [details, usage] = [membersOf(body.costDetails), membersOf(body.usage)];
  const [input, output] = [
    numberOf(details.input ?? usage.inputCost),
    numberOf(details.output ?? usage.outputCost),
  ];
  const sum = input !== undefined && output !== undefined ? input + output : undefined;
  return numberOf(details.total) ?? numberOf(usage.totalCost) ?? sum;
}

/** Costs elsewhere are only shown, or lose against the one that the server goes by. */
function lintOtherCosts(body: Members, path: string, report: Report): void {
  const stated = costOf(body);
  if (stated === undefined) return;
  const metadata = membersOf(body.metadata);
  const others: [string, unknown][] = [
    ["usage/totalCost", membersOf(body.usage).totalCost],
    ["metadata/litellm_response_cost", metadata.litellm_response_cost],
    ["metadata/hidden_params/response_cost", membersOf(metadata.hidden_params).response_cost],
  ];
  for (const [name, value] of others) {
    const other = numberOf(typeof value === "string" && value !== "" ? Number(value) : value);
    if (other !== undefined && !isClose(other, stated)) {
      report(
        "costs-disagree",
        `${path}/${name}`,
        `is ${plain(other)} USD, and the server goes by ${plain(stated)}`,
      );
    }
  }
}
