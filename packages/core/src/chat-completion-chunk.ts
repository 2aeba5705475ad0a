import { validate } from "./generated/chat-completion-chunk.js";
import type { ChatCompletionChunk } from "./schemas/chat-completion-chunk.js";
import { createCheck, createGuard, createParse, type CheckFunction } from "./validation/checker.js";

export type { Check, Issue } from "./validation/issue.js";
export type { CheckFunction, ChatCompletionChunk };

/** Whether the value is a chat completion chunk as the wild sends it. */
export const isChatCompletionChunk: (value: unknown) => value is ChatCompletionChunk =
  /* @__PURE__ */ createGuard<ChatCompletionChunk>(validate);
/** Checks a chat completion chunk and names every place at fault. Never throws. */
export const checkChatCompletionChunk: CheckFunction<ChatCompletionChunk> =
  /* @__PURE__ */ createCheck<ChatCompletionChunk>(validate);
/** Returns the value as a chat completion chunk, or throws an InvalidDocumentError with the issues. */
export const parseChatCompletionChunk: (value: unknown) => ChatCompletionChunk =
  /* @__PURE__ */ createParse<ChatCompletionChunk>("chat completion chunk", validate);
