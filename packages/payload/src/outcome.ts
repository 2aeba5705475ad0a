import type { StreamResult } from "@waybill/core";

import type { Call, CallError } from "./call.js";

/** Why a call failed: what the client met, what the stream carried, or that it broke off. Undefined for a success. */
export function failureOf({ error, result, response }: Call): CallError | undefined {
  if (error) return error;
  if (!result)
    return response
      ? undefined
      : { message: "the call has neither an answer nor an error", class: "NoAnswer" };
  // A reader that hangs up has not met a failure of the model.
  if (result.status === "complete" || (result.status === "incomplete" && result.endedBy === "abort"))
    return undefined;
  if (!result.error) return { message: "the stream ended before a finish reason", class: "IncompleteStream" };
  const { message, code, type } = result.error;
  return { message, code, class: type ?? (result.status === "error" ? undefined : "IncompleteStream") };
}

/** When the first piece of the answer came, in epoch seconds; null when none did. */
export function firstTokenTime(startTime: number, result: StreamResult | undefined): number | null {
  if (!result) return null;
  const { firstContent, firstReasoning, firstTool } = result.timing;
  const times = [firstContent, firstReasoning, firstTool].filter((time) => time !== null);
  return times.length > 0 ? startTime + Math.min(...times) / 1000 : null;
}
