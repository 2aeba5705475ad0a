import { validate } from "./generated/chat-completion.js";
import type { ChatCompletion } from "./schemas/chat-completion.js";
import { createCheck, createGuard, createParse, type CheckFunction } from "./validation/checker.js";

export type { Check, Issue } from "./validation/issue.js";
export type { CheckFunction, ChatCompletion };

/** Whether the value is a chat completion as the wild sends it. */
export const isChatCompletion: (value: unknown) => value is ChatCompletion =
  /* @__PURE__ */ createGuard<ChatCompletion>(validate);
/** Checks a chat completion and names every place at fault. Never throws. */
export const checkChatCompletion: CheckFunction<ChatCompletion> =
  /* @__PURE__ */ createCheck<ChatCompletion>(validate);
/** Returns the value as a chat completion, or throws an InvalidDocumentError with the issues. */
export const parseChatCompletion: (value: unknown) => ChatCompletion =
  /* @__PURE__ */ createParse<ChatCompletion>("chat completion", validate);
