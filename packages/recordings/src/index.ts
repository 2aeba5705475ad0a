export { readRecording } from "./read-recording.js";
export { recordingChunks } from "./recording-chunks.js";
