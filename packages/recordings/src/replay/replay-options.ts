import { WaybillError } from "@waybill/core";

import type { RedactionOptions } from "../record/redaction.js";
import type { OnFinding } from "./finding.js";
import type { PlaybackOptions } from "./playback.js";

/** How recordings are found and played. */
export type ReplayOptions = PlaybackOptions & {
  /**
   * `exact`: by the hash of the request, of any version, in the folder of the test and then in the base folder.
   * `request`: by endpoint and body alone, whatever the test and whatever stands before the endpoint in the address.
   */
  match?: "exact" | "request" | undefined;
  /** Whether whole numbers of `temperature` and its like also find recordings with `1.0`; true by default. */
  floatReadings?: boolean | undefined;
  /** Whether equal requests get `HASH.json`, `HASH-2.json` and so on, the last one again and again; false by default. */
  sequence?: boolean | undefined;
  /** What was taken for a secret when the recordings were made; false for nothing. */
  redact?: RedactionOptions | false | undefined;
  onFinding?: OnFinding | undefined;
};

/** The test that makes a call; null is none. */
export type TestId = string | null | (() => string | null);

/** The test that makes a call, now. */
export function currentTest(testId: TestId | undefined): string | null {
  return typeof testId === "function" ? testId() : (testId ?? null);
}

/**
 * Options that would be taken for others, or for none.
 * @throws WaybillError `bad-option`
 */
export function checkReplayOptions({ match, cut, timing }: ReplayOptions): void {
  if (match !== undefined && match !== "exact" && match !== "request")
    throw new WaybillError("bad-option", `match is "exact" or "request", not ${JSON.stringify(match)}`);
  if (cut && !(Number.isInteger(cut.after) && cut.after >= 0))
    throw new WaybillError("bad-option", "cut.after is a number of events, from 0");
  if (cut?.how !== undefined && cut.how !== "break" && cut.how !== "end")
    throw new WaybillError("bad-option", `cut.how is "break" or "end", not ${JSON.stringify(cut.how)}`);
  for (const name of ["speed", "first", "between"] as const) {
    const value = timing?.[name];
    if (value !== undefined && !(typeof value === "number" && value >= 0))
      throw new WaybillError("bad-option", `timing.${name} is a number from 0, not ${String(value)}`);
  }
}
