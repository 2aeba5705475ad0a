export { buildPayload, type BuildOptions } from "./build-payload.js";
export type { Call, CallContext, CallError } from "./call.js";
