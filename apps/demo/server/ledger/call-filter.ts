/** How a call ended, as the ledger sorts it: whole, cut short, or failed. */
export type CallStatus = "complete" | "incomplete" | "failure";

/** What an audit of the costs that a call's record states came to. */
export type AuditVerdict = "match" | "mismatch" | "unverifiable";

/** What became of a record at a sink, one event after the other. */
export type DeliveryState = "delivered" | "retry" | "dead" | "rejected" | "dropped";

/** The members of a filter that are lists. A call passes a list when it has any of its values. */
export type FilterLists = {
  /** The model that answered, or the one that was asked for. */
  model?: readonly string[];
  provider?: readonly string[];
  /** The id of a key, or its alias. */
  key?: readonly string[];
  tag?: readonly string[];
  status?: readonly CallStatus[];
  /** The class of an error, or its HTTP status. */
  error?: readonly string[];
  /** The code of a deviation. */
  diag?: readonly string[];
  audit?: readonly AuditVerdict[];
  /** The latest state of the record at a sink. */
  sink?: readonly { sink: string; state: DeliveryState }[];
};

/** Which calls are meant. Without members: all. */
export type CallFilter = FilterLists & {
  /** Epoch milliseconds of the start: `from` is inside, `to` is not. */
  from?: number;
  to?: number;
  /** `unpriced`: nobody knows the cost. `free`: every rate is an explicit 0. */
  cost?: "unpriced" | "free";
  /** USD, decimal text of at most 24 decimals. Calls without a price do not pass. */
  costGte?: string;
  costLte?: string;
  /** Milliseconds. Calls of which that is unknown do not pass. */
  ttftGte?: number;
  totalGte?: number;
  stream?: boolean;
  /** A part of the preview, in any case; or the whole id of the call, its trace, session or end user. */
  q?: string;
  /** A call that has any of these values does not pass. */
  not?: FilterLists;
};

/** The names of the lists, which are also what can be counted by value. */
export const facetFields = ["model", "provider", "key", "tag", "status", "error", "diag", "audit"] as const;
export type FacetField = (typeof facetFields)[number];
