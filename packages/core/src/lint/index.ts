import type { SchemaName } from "../schema-names.js";
import { wordsOf } from "../thrown.js";
import { lintChatCompletion } from "./chat-completion.js";
import { collect, type Finding, type Report } from "./finding.js";
import { lintLangfuseBatch } from "./langfuse-batch.js";
import { membersOf } from "./members.js";
import { lintRecording } from "./recording.js";
import { lintStandardLoggingPayload } from "./standard-logging-payload.js";
import { lintUsage } from "./usage.js";

const rules: Partial<Record<SchemaName, (document: unknown, report: Report) => void>> = {
  "chat-completion-chunk": (document, report) => {
    const { usage } = membersOf(document);
    if (usage !== undefined && usage !== null) lintUsage(usage, "/usage", report);
  },
  "chat-completion": (document, report) => lintChatCompletion(document, "", report),
  usage: (document, report) => lintUsage(document, "", report),
  "standard-logging-payload": lintStandardLoggingPayload,
  "langfuse-batch": lintLangfuseBatch,
  recording: lintRecording,
};

/**
 * Names what a schema cannot: contradictions, and what the receiving side accepts in silence and then loses. Works on
 * invalid documents too, and never throws. Requests have no rules, and neither has a name that is none of `schemaNames`.
 */
export function lint(name: SchemaName, document: unknown): Finding[] {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (!rule) return [];
  try {
    return collect((report) => rule(document, report));
  } catch (error) {
    return collect((report) => report("unreadable", "", `cannot be read: ${wordsOf(error)}`));
  }
}
