import type { Faults, LoopbackFault } from "../loopback/faults.js";

/** The last so many spans or points are refused in a 200. */
export type PartialFault = { kind: "partial"; rejected: number; message?: string };

/** How one request to a collector goes wrong. */
export type OtlpFault = LoopbackFault | PartialFault;

/** Faults in the order of the requests, undefined for one that goes well; or a function of each. */
export type OtlpFaults = Faults<OtlpFault>;
