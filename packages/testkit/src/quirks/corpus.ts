import { bodyFormCases } from "./body-forms.js";
import { choiceCases } from "./choices.js";
import { chunkHeadCases } from "./chunk-head.js";
import { errorCases } from "./errors.js";
import { finishReasonCases } from "./finish-reasons.js";
import type { QuirkCase } from "./quirk-case.js";
import { reasoningCases } from "./reasoning.js";
import { toolCallCases } from "./tool-calls.js";
import { transportCases } from "./transport.js";
import { usageCases } from "./usage.js";

/** Streams with every quirk of `docs/quirks.md`, and what a reader should make of each. */
export const quirkCases: readonly QuirkCase[] = [
  ...transportCases,
  ...bodyFormCases,
  ...errorCases,
  ...chunkHeadCases,
  ...choiceCases,
  ...finishReasonCases,
  ...reasoningCases,
  ...toolCallCases,
  ...usageCases,
];
