import { validate } from "./generated/recording.js";
import type { Recording } from "./schemas/recording.js";
import { createCheck, createGuard, createParse, type CheckFunction } from "./validation/checker.js";

export type { Check, Issue } from "./validation/issue.js";
export type { CheckFunction, Recording };

/** Whether the value is a recording as the wild sends it. */
export const isRecording: (value: unknown) => value is Recording =
  /* @__PURE__ */ createGuard<Recording>(validate);
/** Checks a recording and names every place at fault. Never throws. */
export const checkRecording: CheckFunction<Recording> = /* @__PURE__ */ createCheck<Recording>(validate);
/** Returns the value as a recording, or throws an InvalidDocumentError with the issues. */
export const parseRecording: (value: unknown) => Recording = /* @__PURE__ */ createParse<Recording>(
  "recording",
  validate,
);
