import { validate } from "./generated/langfuse-batch.js";
import type { LangfuseBatch } from "./schemas/langfuse-batch.js";
import { createCheck, createGuard, createParse, type CheckFunction } from "./validation/checker.js";

export type { Check, Issue } from "./validation/issue.js";
export type { CheckFunction, LangfuseBatch };

/** Whether the value is a Langfuse batch as the wild sends it. */
export const isLangfuseBatch: (value: unknown) => value is LangfuseBatch =
  /* @__PURE__ */ createGuard<LangfuseBatch>(validate);
/** Checks a Langfuse batch and names every place at fault. Never throws. */
export const checkLangfuseBatch: CheckFunction<LangfuseBatch> =
  /* @__PURE__ */ createCheck<LangfuseBatch>(validate);
/** Returns the value as a Langfuse batch, or throws an InvalidDocumentError with the issues. */
export const parseLangfuseBatch: (value: unknown) => LangfuseBatch =
  /* @__PURE__ */ createParse<LangfuseBatch>("Langfuse batch", validate);
