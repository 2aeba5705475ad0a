import { validate } from "./generated/chat-completion.js";
import type { ChatCompletion } from "./schemas/chat-completion.js";
import { createChecker } from "./validation/checker.js";

export type { ChatCompletion };

const checker = /* @__PURE__ */ createChecker<ChatCompletion>("chat completion", validate);

/** Whether the value is a chat completion as the wild sends it. */
export const isChatCompletion: (value: unknown) => value is ChatCompletion = checker.is;
/** Checks a chat completion and names every place at fault. Never throws. */
export const checkChatCompletion = checker.check;
/** Returns the value as a chat completion, or throws an InvalidDocumentError with the issues. */
export const parseChatCompletion: (value: unknown) => ChatCompletion = checker.parse;
