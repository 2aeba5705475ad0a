import type { SchemaName } from "../schema-names.js";
import type { Finding } from "./finding.js";
import { lintLangfuseBatch } from "./langfuse-batch.js";
import { lintRecording } from "./recording.js";
import { lintStandardLoggingPayload } from "./standard-logging-payload.js";

const rules: Partial<Record<SchemaName, (document: unknown) => Finding[]>> = {
  "standard-logging-payload": lintStandardLoggingPayload,
  "langfuse-batch": lintLangfuseBatch,
  recording: lintRecording,
};

/**
 * Names what a schema cannot: contradictions, and what the receiving side accepts in silence and then loses. Works on
 * invalid documents too, and never throws. Formats without rules have no findings.
 */
export function lint(name: SchemaName, document: unknown): Finding[] {
  try {
    return rules[name]?.(document) ?? [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ code: "unreadable", severity: "error", path: "", message: `cannot be read: ${reason}` }];
  }
}
