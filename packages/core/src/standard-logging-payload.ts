import { validate } from "./generated/standard-logging-payload.js";
import type { StandardLoggingPayload } from "./schemas/standard-logging-payload.js";
import { createCheck, createGuard, createParse, type CheckFunction } from "./validation/checker.js";

export type { Check, Issue } from "./validation/issue.js";
export type { CheckFunction, StandardLoggingPayload };

/** Whether the value is a standard logging payload as the wild sends it. */
export const isStandardLoggingPayload: (value: unknown) => value is StandardLoggingPayload =
  /* @__PURE__ */ createGuard<StandardLoggingPayload>(validate);
/** Checks a standard logging payload and names every place at fault. Never throws. */
export const checkStandardLoggingPayload: CheckFunction<StandardLoggingPayload> =
  /* @__PURE__ */ createCheck<StandardLoggingPayload>(validate);
/** Returns the value as a standard logging payload, or throws an InvalidDocumentError with the issues. */
export const parseStandardLoggingPayload: (value: unknown) => StandardLoggingPayload =
  /* @__PURE__ */ createParse<StandardLoggingPayload>("standard logging payload", validate);
