import { validate } from "./generated/chat-completion-request.js";
import type { ChatCompletionRequest } from "./schemas/chat-completion-request.js";
import { createCheck, createGuard, createParse, type CheckFunction } from "./validation/checker.js";

export type { Check, Issue } from "./validation/issue.js";
export type { CheckFunction, ChatCompletionRequest };

/** Whether the value is a chat completion request as the wild sends it. */
export const isChatCompletionRequest: (value: unknown) => value is ChatCompletionRequest =
  /* @__PURE__ */ createGuard<ChatCompletionRequest>(validate);
/** Checks a chat completion request and names every place at fault. Never throws. */
export const checkChatCompletionRequest: CheckFunction<ChatCompletionRequest> =
  /* @__PURE__ */ createCheck<ChatCompletionRequest>(validate);
/** Returns the value as a chat completion request, or throws an InvalidDocumentError with the issues. */
export const parseChatCompletionRequest: (value: unknown) => ChatCompletionRequest =
  /* @__PURE__ */ createParse<ChatCompletionRequest>("chat completion request", validate);
