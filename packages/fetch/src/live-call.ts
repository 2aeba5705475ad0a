import type { CallContext } from "@waybill/payload";

import type { Api } from "./api.js";

/** How far an answer is. */
export type Progress = {
  /** The words of the first choice so far. */
  text: string;
  /** Events that came. */
  chunks: number;
  /** Milliseconds from the request to the first piece of the answer; null while there is none. */
  firstTokenMs: number | null;
};

/** A call that is under way. */
export type LiveCall = {
  /** The call's own id, which the record has as `litellm_call_id`. */
  id: string;
  api: Api;
  provider: string;
  /** The body of the request; an empty object when it is not known. */
  request: object;
  context: CallContext;
  /** Epoch milliseconds. */
  startTime: number;
  /** How far the answer is. Costs time in proportion to its length: ask when somebody looks, not at every piece. */
  progress: () => Progress;
};
