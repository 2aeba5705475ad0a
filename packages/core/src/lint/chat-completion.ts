import type { Report } from "./finding.js";
import { itemsOf, membersOf, numberOf } from "./members.js";
import { lintUsage } from "./usage.js";

/** Contradictions inside a chat completion that stands at `path`. */
export function lintChatCompletion(value: unknown, path: string, report: Report): void {
  const completion = membersOf(value);
  const seen = new Set<number>();
  itemsOf(completion.choices).forEach((item, place) => {
    const choice = membersOf(item);
    const index = numberOf(choice.index);
    if (index !== undefined && seen.has(index)) {
      report(
        "duplicate-index",
        `${path}/choices/${place}/index`,
        `another choice has the index ${index} too`,
      );
    }
    if (index !== undefined) seen.add(index);
    const calls = itemsOf(membersOf(choice.message).tool_calls);
    calls.forEach((call, number) => {
      const { arguments: text } = membersOf(membersOf(call).function);
      if (typeof text === "string" && text !== "" && !isJson(text)) {
        const where = `${path}/choices/${place}/message/tool_calls/${number}/function/arguments`;
        report("arguments-not-json", where, "is not JSON, so the call cannot be made");
      }
    });
  });
  if (completion.usage !== undefined && completion.usage !== null) {
    lintUsage(completion.usage, `${path}/usage`, report);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
