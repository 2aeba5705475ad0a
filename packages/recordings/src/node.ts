export { openRecordingStore, type FileStore } from "./node/file-store.js";
export { serveRecordings, type RecordingServer, type ServeOptions } from "./node/serve.js";
export type { FileStoreOptions } from "./node/store-files.js";
export type { LayoutOptions } from "./node/store-layout.js";
export { prune, type PrunedFile, type PruneOptions, type PruneReport } from "./node/prune.js";
export { rehash, type RehashOptions, type RehashReport } from "./node/rehash.js";
export { verifyStore, type VerifyReport } from "./node/verify-store.js";
export type { ListingStore, ListOptions, StoreProblem } from "./store/store-problem.js";
export type { Rename } from "./tools/rehash-plan.js";
