export type { LangfuseStore, StoredRecord } from "./langfuse/store.js";
export {
  startLangfuseStub,
  type LangfuseStub,
  type LangfuseStubOptions,
  type StubRequest,
} from "./langfuse/stub.js";
export { quirkCases } from "./quirks/corpus.js";
export type { ExpectedCall, ExpectedChoice, QuirkCase, QuirkExpectation } from "./quirks/quirk-case.js";
export { chatChunks, type ChatChunksOptions } from "./streams/chat-chunks.js";
export { random, type Random } from "./streams/random.js";
export { cut, sseBytes } from "./streams/sse-bytes.js";
