import type { Faults, LoopbackFault } from "../loopback/faults.js";

/** Some events of a batch are answered with an error, and are not stored; the rest goes well. */
export type EventFault = {
  kind: "partial";
  status: number;
  message?: string;
  refuse: (event: Record<string, unknown>, index: number) => boolean;
};

/** How one request to Langfuse goes wrong. */
export type LangfuseFault = LoopbackFault | EventFault;

/** Faults in the order of the requests, undefined for one that goes well; or a function of each. */
export type LangfuseFaults = Faults<LangfuseFault>;
