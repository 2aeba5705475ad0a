import { validate } from "./generated/chat-completion-request.js";
import type { ChatCompletionRequest } from "./schemas/chat-completion-request.js";
import { createChecker } from "./validation/checker.js";

export type { ChatCompletionRequest };

const checker = /* @__PURE__ */ createChecker<ChatCompletionRequest>("chat completion request", validate);

/** Whether the value is a chat completion request as the wild sends it. */
export const isChatCompletionRequest: (value: unknown) => value is ChatCompletionRequest = checker.is;
/** Checks a chat completion request and names every place at fault. Never throws. */
export const checkChatCompletionRequest = checker.check;
/** Returns the value as a chat completion request, or throws an InvalidDocumentError with the issues. */
export const parseChatCompletionRequest: (value: unknown) => ChatCompletionRequest = checker.parse;
