/** How one request goes wrong, whatever is spoken. */
export type LoopbackFault =
  /** Answered with a status, and nothing stored. */
  | { kind: "status"; status: number; retryAfter?: string; body?: string; contentType?: string }
  /** Sent elsewhere. */
  | { kind: "redirect"; location: string; status?: number }
  /** The connection breaks before anything is stored. */
  | { kind: "reset-before" }
  /** The connection breaks after everything is stored. */
  | { kind: "reset-after" }
  /** Everything is stored, and the answer is no JSON. */
  | { kind: "invalid-json"; body?: string }
  /** Stored and answered when `release` is called. */
  | { kind: "delay" }
  /** Not stored and never answered; the connection stays open until the stub closes. */
  | { kind: "stall" }
  /** Stored; the answer begins and never goes on. */
  | { kind: "slow-loris" }
  /** Stored; the answer never ends. */
  | { kind: "endless" };

/**
 * Faults in the order of the requests, undefined for one that goes well; or a function of the number of the request, its path
 * and its body.
 */
export type Faults<Fault> =
  | readonly (Fault | undefined)[]
  | ((request: number, path: string, text: string) => Fault | undefined);
