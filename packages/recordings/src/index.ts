export { canonicalRequest } from "./hash/canonical-request.js";
export { deterministicId, type IdKind } from "./hash/deterministic-id.js";
export { RequestHashError } from "./hash/errors.js";
export { floatReadings } from "./hash/float-readings.js";
export { hashesOf, type RecordingHash } from "./hash/hashes-of.js";
export { isModelList, modelListDigest } from "./hash/model-list.js";
export { recordingFileName, requestHash } from "./hash/request-hash.js";
export {
  currentVersion,
  hashVersions,
  type FileProcessorRequest,
  type HashOptions,
  type HashVersion,
  type InferenceRequest,
  type Recipe,
  type RecordedRequest,
  type RequestBody,
  type ToolRequest,
} from "./hash/request.js";
export { UnwritableValueError } from "./json/errors.js";
export { float, isFloat, type Float } from "./json/float.js";
export { readJson } from "./json/read-json.js";
export { readRecording } from "./read-recording.js";
export { recordingChunks } from "./recording-chunks.js";
export {
  createRecordingFetch,
  type RecordingFetch,
  type RecordingFetchOptions,
} from "./record/create-recording-fetch.js";
export {
  recordingSettings,
  type RecordingMode,
  type RecordingSettings,
} from "./record/recording-settings.js";
export { secretMembers, secretPatterns, type RedactionOptions } from "./record/redaction.js";
export { createReplayFetch, type ReplayFetchOptions } from "./replay/create-replay-fetch.js";
export type { OnFinding, RecordingFinding } from "./replay/finding.js";
export type { PlaybackOptions, ReplayCut, ReplayTiming } from "./replay/playback.js";
export type { ReplayOptions, TestId } from "./replay/replay-options.js";
export { RecordingStoreError, type StoreErrorCode } from "./store/errors.js";
export { memoryStore, type MemoryRecording } from "./store/memory-store.js";
export type { RecordingStore, StoredRecording } from "./store/recording-store.js";
export { testFolder } from "./store/test-folder.js";
export type { StoreFinding } from "./tools/store-finding.js";
export { verifyRecording } from "./tools/verify-recording.js";
export { writeRecording, type WriteOptions } from "./write-recording.js";
