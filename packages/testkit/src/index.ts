export type { LangfuseStore, StoredRecord } from "./langfuse/store.js";
export {
  startLangfuseStub,
  type LangfuseStub,
  type LangfuseStubOptions,
  type StubRequest,
} from "./langfuse/stub.js";
