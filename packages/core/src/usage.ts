import { validate } from "./generated/usage.js";
import type { Usage } from "./schemas/usage.js";
import { createChecker } from "./validation/checker.js";

export type { Usage };

const checker = /* @__PURE__ */ createChecker<Usage>("usage object", validate);

/** Whether the value is a usage object as the wild sends it. */
export const isUsage: (value: unknown) => value is Usage = checker.is;
/** Checks a usage object and names every place at fault. Never throws. */
export const checkUsage = checker.check;
/** Returns the value as a usage object, or throws an InvalidDocumentError with the issues. */
export const parseUsage: (value: unknown) => Usage = checker.parse;
