import type { Timing } from "@waybill/core";

import type { Losses } from "./losses.js";
import { numberOf } from "./members.js";

/** Start and end of a call in epoch seconds. A record needs both, so one stands for the other, and now for both. */
export function timesOf(
  start: unknown,
  end: unknown,
  now: () => number,
  losses: Losses,
): { startTime: number; endTime: number } {
  const [startTime, endTime] = [numberOf(start), numberOf(end)];
  if (startTime === undefined) losses.add("a startTime that is no time");
  if (endTime === undefined) losses.add("an endTime that is no time");
  const stand = startTime ?? endTime ?? now() / 1000;
  return { startTime: startTime ?? stand, endTime: endTime ?? stand };
}

/** When the first piece of the answer came, in epoch seconds; null when none was seen. */
export function firstTokenTime(startTime: number, timing: Timing | undefined): number | null {
  if (!timing) return null;
  const { firstContent, firstReasoning, firstTool } = timing;
  const moments = [firstContent, firstReasoning, firstTool].filter((moment) => moment !== null);
  return moments.length > 0 ? startTime + Math.min(...moments) / 1000 : null;
}

/** Epoch seconds as Python writes a float, which LiteLLM's ids hold. */
export function pythonSeconds(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}.0` : String(seconds);
}
