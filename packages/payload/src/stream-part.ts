import type { Diagnostic, StreamStatus, Timing, UsageSource } from "@waybill/core";

import { boxes } from "./boxes.js";
import { readOr } from "./charged.js";
import type { Losses } from "./losses.js";
import { isMembers, listOf, type Members } from "./members.js";

/** What a record takes of a StreamResult. */
export type StreamPart = {
  completion: unknown;
  status: StreamStatus;
  endedBy: unknown;
  usage: unknown;
  usageSource: UsageSource | undefined;
  error: Members | undefined;
  diagnostics: Diagnostic[];
  timing: Timing | undefined;
};

/** Reads a StreamResult; undefined when there is none. */
export function streamPartOf(result: unknown, losses: Losses): StreamPart | undefined {
  if (!isMembers(result)) {
    if (result !== undefined && result !== null) losses.add("a result that is no object");
    return undefined;
  }
  const diagnostics = listOf(result.diagnostics).flatMap((item) => {
    const read = boxes.diagnostic(item);
    if (!read) losses.add("a diagnostic");
    return read ? [read] : [];
  });
  return {
    completion: result.completion,
    // What does not say that it is whole is not taken for whole.
    status: readOr(result.status, boxes.streamStatus, "incomplete", "result.status", losses),
    endedBy: result.endedBy,
    usage: result.usage,
    usageSource: readOr(result.usageSource, boxes.usageSource, undefined, "result.usageSource", losses),
    error: isMembers(result.error) ? result.error : undefined,
    diagnostics,
    timing: readOr(result.timing, boxes.timing, undefined, "result.timing", losses),
  };
}
