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
export { writeRecording, type WriteOptions } from "./write-recording.js";
