import { validate } from "./generated/chat-completion-chunk.js";
import type { ChatCompletionChunk } from "./schemas/chat-completion-chunk.js";
import { createChecker } from "./validation/checker.js";

export type { ChatCompletionChunk };

const checker = /* @__PURE__ */ createChecker<ChatCompletionChunk>("chat completion chunk", validate);

/** Whether the value is a chat completion chunk as the wild sends it. */
export const isChatCompletionChunk: (value: unknown) => value is ChatCompletionChunk = checker.is;
/** Checks a chat completion chunk and names every place at fault. Never throws. */
export const checkChatCompletionChunk = checker.check;
/** Returns the value as a chat completion chunk, or throws an InvalidDocumentError with the issues. */
export const parseChatCompletionChunk: (value: unknown) => ChatCompletionChunk = checker.parse;
