import { checkChatCompletionChunk } from "../chat-completion-chunk.js";
import type { Report } from "./finding.js";
import { itemsOf, membersOf, textOf } from "./members.js";

/** Contradictions inside a recording. */
export function lintRecording(document: unknown, report: Report): void {
  const { request, response: answer } = membersOf(document);
  const response = membersOf(answer);
  const { body } = response;
  const isStream = response.is_streaming === true;
  if (isStream && body !== null && !Array.isArray(body)) {
    const message = "says that the body is a stream, and the body is not an array";
    report("streaming-without-chunks", "/response/is_streaming", message);
  }
  const items = itemsOf(body).map(membersOf);
  const hasChunks = items.some((item) => isChunk(item.__type__));
  if (response.is_streaming === false && hasChunks) {
    report("stream-flag", "/response/is_streaming", "is false, and the body is a list of chunks");
  }
  if (Object.keys(membersOf(membersOf(request).headers)).length > 0) {
    report("headers-recorded", "/request/headers", "may hold keys: headers are not recorded in this format");
  }
  if (isStream) lintIds(items, report);
  items.forEach((item, index) => {
    if (!isChunk(item.__type__)) return;
    const checked = checkChatCompletionChunk(item.__data__);
    const [issue] = checked.ok ? [] : checked.issues;
    if (issue) report("invalid-chunk", `/response/body/${index}/__data__${issue.path}`, issue.message);
  });
}

/** Only the first change is told: all that follow are the same mistake. */
function lintIds(items: readonly Record<string, unknown>[], report: Report): void {
  let first: string | undefined;
  for (const [index, item] of items.entries()) {
    const id = textOf(membersOf(item.__data__).id);
    first ??= id;
    if (id !== undefined && id !== first) {
      report(
        "ids-differ",
        `/response/body/${index}/__data__/id`,
        `is ${id}, and the stream began as ${first}`,
      );
      return;
    }
  }
}

/** The module's path in a type changes with the project's name; its last part does not. */
function isChunk(type: unknown): boolean {
  return typeof type === "string" && type.endsWith(".ChatCompletionChunk");
}
