import { validate } from "./generated/usage.js";
import type { Usage } from "./schemas/usage.js";
import { createCheck, createGuard, createParse, type CheckFunction } from "./validation/checker.js";

export type { Check, Issue } from "./validation/issue.js";
export type { CheckFunction, Usage };

/** Whether the value is a usage object as the wild sends it. */
export const isUsage: (value: unknown) => value is Usage = /* @__PURE__ */ createGuard<Usage>(validate);
/** Checks a usage object and names every place at fault. Never throws. */
export const checkUsage: CheckFunction<Usage> = /* @__PURE__ */ createCheck<Usage>(validate);
/** Returns the value as a usage object, or throws an InvalidDocumentError with the issues. */
export const parseUsage: (value: unknown) => Usage = /* @__PURE__ */ createParse<Usage>(
  "usage object",
  validate,
);
