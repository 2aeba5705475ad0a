import { validate } from "./generated/recording.js";
import type { Recording } from "./schemas/recording.js";
import { createChecker } from "./validation/checker.js";

export type { Recording };

const checker = /* @__PURE__ */ createChecker<Recording>("recording", validate);

/** Whether the value is a recording as the wild sends it. */
export const isRecording: (value: unknown) => value is Recording = checker.is;
/** Checks a recording and names every place at fault. Never throws. */
export const checkRecording = checker.check;
/** Returns the value as a recording, or throws an InvalidDocumentError with the issues. */
export const parseRecording: (value: unknown) => Recording = checker.parse;
