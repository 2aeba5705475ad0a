import { validate } from "./generated/standard-logging-payload.js";
import type { StandardLoggingPayload } from "./schemas/standard-logging-payload.js";
import { createChecker } from "./validation/checker.js";

export type { StandardLoggingPayload };

const checker = /* @__PURE__ */ createChecker<StandardLoggingPayload>("standard logging payload", validate);

/** Whether the value is a standard logging payload as the wild sends it. */
export const isStandardLoggingPayload: (value: unknown) => value is StandardLoggingPayload = checker.is;
/** Checks a standard logging payload and names every place at fault. Never throws. */
export const checkStandardLoggingPayload = checker.check;
/** Returns the value as a standard logging payload, or throws an InvalidDocumentError with the issues. */
export const parseStandardLoggingPayload: (value: unknown) => StandardLoggingPayload = checker.parse;
