export { SpoolError, type SpoolErrorCode } from "./errors.js";
export type { SpoolLimits } from "./limits.js";
export { openSpool } from "./open-spool.js";
export type { SpoolProblem, SpoolProblemCounts } from "./problems.js";
export type { Spool } from "./spool-type.js";
