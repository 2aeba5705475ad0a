import { validate } from "./generated/langfuse-batch.js";
import type { LangfuseBatch } from "./schemas/langfuse-batch.js";
import { createChecker } from "./validation/checker.js";

export type { LangfuseBatch };

const checker = /* @__PURE__ */ createChecker<LangfuseBatch>("Langfuse batch", validate);

/** Whether the value is a Langfuse batch as the wild sends it. */
export const isLangfuseBatch: (value: unknown) => value is LangfuseBatch = checker.is;
/** Checks a Langfuse batch and names every place at fault. Never throws. */
export const checkLangfuseBatch = checker.check;
/** Returns the value as a Langfuse batch, or throws an InvalidDocumentError with the issues. */
export const parseLangfuseBatch: (value: unknown) => LangfuseBatch = checker.parse;
