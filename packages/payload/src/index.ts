export { buildPayload } from "./build-payload.js";
export type { Call, CallCache, CallContext, CallError, Guardrail } from "./call.js";
export type { BuildOptions } from "./options.js";
export type { Base64Mode } from "./redact/base64.js";
export type { RedactOptions } from "./redact/options.js";
export type { PersonalKind } from "./redact/personal.js";
export { createRedactor, redact, type Redactor } from "./redact/redactor.js";
