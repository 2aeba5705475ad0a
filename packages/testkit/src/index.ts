export type { EventFault, LangfuseFault, LangfuseFaults } from "./langfuse/faults.js";
export type { LangfuseMode } from "./langfuse/ingestion.js";
export type { StoredObservation } from "./langfuse/observation.js";
export type { LangfuseStore, StoredRecord, StoredRow } from "./langfuse/store.js";
export {
  startLangfuseStub,
  type LangfuseStub,
  type LangfuseStubOptions,
  type StubRequest,
} from "./langfuse/stub.js";
export type { Faults, LoopbackFault } from "./loopback/faults.js";
export type { LoopbackRequest } from "./loopback/server.js";
export type { OtlpFault, OtlpFaults } from "./otlp/faults.js";
export type { StoredPoint } from "./otlp/metrics.js";
export type { StoredSpan } from "./otlp/spans.js";
export {
  startOtlpCollectorStub,
  type OtlpCollectorStub,
  type OtlpCollectorStubOptions,
  type OtlpRequest,
} from "./otlp/stub.js";
export type { Answer, AnswerCall, AnswerChoice, AnswerUsage, Hold } from "./openai/answer.js";
export type { AnswerFault, OpenAIFault, OpenAIFaults } from "./openai/faults.js";
export {
  startOpenAIStub,
  type OpenAIRequest,
  type OpenAIStub,
  type OpenAIStubOptions,
} from "./openai/stub.js";
export { quirkCases } from "./quirks/corpus.js";
export type { ExpectedCall, ExpectedChoice, QuirkCase, QuirkExpectation } from "./quirks/quirk-case.js";
export { chatChunks, type ChatChunksOptions } from "./streams/chat-chunks.js";
export { random, type Random } from "./streams/random.js";
export { cut, sseBytes } from "./streams/sse-bytes.js";
