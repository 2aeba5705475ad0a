import { pointer } from "../validation/issue.js";
import type { Report } from "./finding.js";
import { membersOf, numberOf, plain, type Members } from "./members.js";

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
];

/** Tokens and costs of an observation that the server drops, doubles or shows as nothing. */
export function lintLangfuseUsage(body: Members, path: string, report: Report): void {
  lintLegacyUsage(membersOf(body.usage), `${path}/usage`, report);
  lintUsageDetails(membersOf(body.usageDetails), `${path}/usageDetails`, report);
  lintCostDetails(membersOf(body.costDetails), `${path}/costDetails`, report);
  lintOtherCosts(body, path, report);
}

function lintLegacyUsage(usage: Members, path: string, report: Report): void {
  for (const name of ["input", "output", "total"]) {
    if ((numberOf(usage[name]) ?? 0) < 0)
      report("negative-usage", pointer(path, name), "is negative, and is stored so");
  }
  const snake = snakeCase.find((name) => name in usage);
  if (snake) report("usage-snake-case", pointer(path, snake), "is stripped: write input, output and total");
  const camel = camelCase.find((name) => name in usage);
  const lost = ["input", "output", "total", "inputCost", "outputCost", "totalCost"].find(
    (name) => name in usage,
  );
  if (camel && lost)
    report("usage-camel-case", pointer(path, lost), `is lost, because ${camel} replaces the object`);
}

function lintUsageDetails(details: Members, path: string, report: Report): void {
  const names = Object.keys(details);
  if (names.some((name) => snakeCase.includes(name))) {
    const isRead = providerForms.some((form) => names.every((name) => form.includes(name)));
    if (!isRead) {
      const message =
        "is a provider's usage with a member too many: every number becomes a bucket of its own";
      report("provider-usage", path, message);
    }
    return;
  }
  for (const name of names) {
    const value = details[name];
    const isCount = typeof value === "number" && Number.isInteger(value) && value >= 0;
    if (!isCount && value !== undefined)
      report("lost-count", pointer(path, name), "is no count, so the server drops it");
  }
  const total = numberOf(details.total);
  if (total === undefined) return;
  const parts = names.filter((name) => name !== "total").map((name) => numberOf(details[name]) ?? 0);
  const sum = parts.reduce((left, right) => left + right, 0);
  if (sum === total) return;
  const cached = cacheBuckets.find((name) => (numberOf(details[name]) ?? 0) > 0);
  if (cached && total === (numberOf(details.input) ?? 0) + (numberOf(details.output) ?? 0)) {
    report(
      "inclusive-input",
      `${path}/input`,
      `counts the tokens of ${cached} too, so they are charged twice`,
    );
  } else {
    report("usage-total", `${path}/total`, `is ${total}, and the buckets make ${sum}`);
  }
}

function lintCostDetails(costs: Members, path: string, report: Report): void {
  const names = Object.keys(costs);
  for (const name of names) {
    const value = costs[name];
    if (typeof value === "string")
      report("cost-as-text", pointer(path, name), "is text, so the server drops it");
  }
  const isSummed = names.every((name) => name === "input" || name === "output");
  if (!("total" in costs) && !isSummed) {
    report("cost-without-total", path, "has no total, so the server shows no cost at all");
  }
}

/** A cost in the metadata is only shown; the server believes the one in usage or costDetails. */
function lintOtherCosts(body: Members, path: string, report: Report): void {
  const stated = numberOf(membersOf(body.costDetails).total) ?? numberOf(membersOf(body.usage).totalCost);
  if (stated === undefined) return;
  const metadata = membersOf(body.metadata);
  const others: [string, unknown][] = [
    ["litellm_response_cost", metadata.litellm_response_cost],
    ["hidden_params/response_cost", membersOf(metadata.hidden_params).response_cost],
  ];
  for (const [name, value] of others) {
    const other = numberOf(value);
    if (other !== undefined && other !== stated) {
      report(
        "costs-disagree",
        `${path}/metadata/${name}`,
        `is ${plain(other)} USD, and the usage says ${plain(stated)}`,
      );
    }
  }
}
