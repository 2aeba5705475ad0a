/* What Waybill writes, exactly: the schemas that its own output is checked against. */
import { validate as validateChatCompletionChunk } from "./generated/chat-completion-chunk.emit.js";
import { validate as validateChatCompletionRequest } from "./generated/chat-completion-request.emit.js";
import { validate as validateChatCompletion } from "./generated/chat-completion.emit.js";
import { validate as validateLangfuseBatch } from "./generated/langfuse-batch.emit.js";
import { validate as validateRecording } from "./generated/recording.emit.js";
import { validate as validateStandardLoggingPayload } from "./generated/standard-logging-payload.emit.js";
import { validate as validateUsage } from "./generated/usage.emit.js";
import type { ChatCompletionChunkEmit } from "./schemas/chat-completion-chunk.js";
import type { ChatCompletionRequestEmit } from "./schemas/chat-completion-request-emit.js";
import type { ChatCompletionEmit, OrderedPart } from "./schemas/chat-completion.js";
import type { LangfuseBatchEmit } from "./schemas/langfuse-batch-emit.js";
import type { RecordingEmit } from "./schemas/recording.js";
import type { StandardLoggingPayloadEmit } from "./schemas/standard-logging-payload.js";
import type { UsageEmit } from "./schemas/usage.js";
import { createCheck, type CheckFunction } from "./validation/checker.js";

export type { Check, Issue } from "./validation/issue.js";
export type {
  CheckFunction,
  ChatCompletionEmit,
  OrderedPart,
  ChatCompletionChunkEmit,
  ChatCompletionRequestEmit,
  LangfuseBatchEmit,
  RecordingEmit,
  StandardLoggingPayloadEmit,
  UsageEmit,
};

/** Checks that a chat completion is exactly what Waybill writes. */
export const checkChatCompletionEmit: CheckFunction<ChatCompletionEmit> =
  /* @__PURE__ */ createCheck<ChatCompletionEmit>(validateChatCompletion);

/** Checks that a chat completion chunk is exactly what Waybill writes. */
export const checkChatCompletionChunkEmit: CheckFunction<ChatCompletionChunkEmit> =
  /* @__PURE__ */ createCheck<ChatCompletionChunkEmit>(validateChatCompletionChunk);

/** Checks that a chat completion request is exactly what Waybill writes. */
export const checkChatCompletionRequestEmit: CheckFunction<ChatCompletionRequestEmit> =
  /* @__PURE__ */ createCheck<ChatCompletionRequestEmit>(validateChatCompletionRequest);

/** Checks that a Langfuse batch is exactly what Waybill writes. */
export const checkLangfuseBatchEmit: CheckFunction<LangfuseBatchEmit> =
  /* @__PURE__ */ createCheck<LangfuseBatchEmit>(validateLangfuseBatch);

/** Checks that a recording is exactly what Waybill writes. */
export const checkRecordingEmit: CheckFunction<RecordingEmit> =
  /* @__PURE__ */ createCheck<RecordingEmit>(validateRecording);

/** Checks that a standard logging payload is exactly what Waybill writes. */
export const checkStandardLoggingPayloadEmit: CheckFunction<StandardLoggingPayloadEmit> =
  /* @__PURE__ */ createCheck<StandardLoggingPayloadEmit>(validateStandardLoggingPayload);

/** Checks that a usage object is exactly what Waybill writes. */
export const checkUsageEmit: CheckFunction<UsageEmit> = /* @__PURE__ */ createCheck<UsageEmit>(validateUsage);
