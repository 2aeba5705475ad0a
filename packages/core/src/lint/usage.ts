import { pointer } from "../validation/issue.js";
import { describe } from "../validation/issues.js";
import type { Report } from "./finding.js";
import { firstNumber, membersOf, numberOf } from "./members.js";

const countNames = [
  "prompt_tokens",
  "completion_tokens",
  "total_tokens",
  "input_tokens",
  "output_tokens",
  "cached_tokens",
  "prompt_cache_hit_tokens",
  "prompt_cache_miss_tokens",
  "cache_read_input_tokens",
  "cache_creation_input_tokens",
];
const detailNames = [
  "prompt_tokens_details",
  "completion_tokens_details",
  "input_tokens_details",
  "output_tokens_details",
];

/** Contradictions inside a usage object that stands at `path`. */
export function lintUsage(value: unknown, path: string, report: Report): void {
  const usage = membersOf(value);
  for (const name of countNames) lintCount(usage[name], pointer(path, name), report);
  for (const name of detailNames) {
    for (const [part, count] of Object.entries(membersOf(usage[name]))) {
      if (part.endsWith("_tokens")) lintCount(count, pointer(pointer(path, name), part), report);
    }
  }

  const prompt = firstNumber(usage, ["prompt_tokens", "input_tokens"]);
  const completion = firstNumber(usage, ["completion_tokens", "output_tokens"]);
  const total = numberOf(usage.total_tokens);
  const outDetails = membersOf(usage.completion_tokens_details ?? usage.output_tokens_details);
  const reasoning = numberOf(outDetails.reasoning_tokens) ?? numberOf(usage.reasoning_tokens) ?? 0;
  if (prompt !== undefined && completion !== undefined && total !== undefined) {
    if (!isTotal(total, prompt, completion, reasoning)) {
      const message = `${total} is not ${prompt} prompt and ${completion} completion tokens`;
      report("total-tokens", pointer(path, "total_tokens"), message);
    }
  }

  const inName = usage.prompt_tokens_details ? "prompt_tokens_details" : "input_tokens_details";
  const cached = numberOf(membersOf(usage[inName]).cached_tokens);
  if (prompt !== undefined && cached !== undefined && cached > prompt) {
    const message = `${cached} cached tokens are more than the ${prompt} tokens of the prompt`;
    report("cached-over-prompt", `${path}/${inName}/cached_tokens`, message);
  }
}

/** xAI counts reasoning beside the completion (quirk U7); that total is right too. */
export function isTotal(total: number, prompt: number, completion: number, reasoning: number): boolean {
  return total === prompt + completion || total === prompt + completion + reasoning;
}

function lintCount(value: unknown, path: string, report: Report): void {
  if (value === undefined || value === null) return;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return;
  report("odd-count", path, `${describe(value)} is not a whole number of tokens`);
}
