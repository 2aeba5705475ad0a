import type { Finding } from "./finding.js";
import { itemsOf, membersOf, textOf } from "./members.js";

/** Contradictions inside a recording. */
export function lintRecording(document: unknown): Finding[] {
  const response = membersOf(membersOf(document).response);
  const findings: Finding[] = [];
  if (response.is_streaming === true && response.body !== null && !Array.isArray(response.body)) {
    findings.push({
      code: "streaming-without-chunks",
      severity: "error",
      path: "/response/is_streaming",
      message: "says that the body is a stream, and the body is not an array",
    });
  }
  if (response.is_streaming === true) {
    let id: string | undefined;
    for (const [index, item] of itemsOf(response.body).entries()) {
      const next = textOf(membersOf(membersOf(item).__data__).id);
      if (next === undefined || next === id) continue;
      if (id !== undefined) {
        findings.push({
          code: "ids-differ",
          severity: "warning",
          path: `/response/body/${index}/__data__/id`,
          message: `is ${next}, and the stream began as ${id}`,
        });
        break;
      }
      id = next;
    }
  }
  return findings;
}
