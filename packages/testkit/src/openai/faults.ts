import type { Faults, LoopbackFault } from "../loopback/faults.js";
import type { Hold } from "./answer.js";

/** How one answer goes wrong on its way. */
export type AnswerFault =
  /** The connection breaks behind so many chunks, or in the middle of the next one. */
  | { kind: "cut"; after: number; inside?: boolean }
  /** So many chunks are followed by an error, and the stream ends; a plain answer is a 500 with it. */
  | { kind: "error-in-stream"; after?: number; message?: string; type?: string; code?: string | null }
  /** Waits behind so many chunks until `release()`. */
  | { kind: "hold"; at: Hold }
  /** The bytes of a case of `quirkCases`, read by read, by its name. */
  | { kind: "quirk"; name: string };

/** A fault of the stub. A `status` without a body has the service's own error; only JSON is sent broken by `invalid-json`. */
export type OpenAIFault = AnswerFault | LoopbackFault;

export type OpenAIFaults = Faults<OpenAIFault>;
