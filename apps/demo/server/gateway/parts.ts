import type { StandardLoggingPayloadEmit } from "@waybill/core";
import type { CostEngine } from "@waybill/cost";
import type { Api, FetchEvent, LiveCall } from "@waybill/fetch";
import type { Redactor } from "@waybill/payload";

import type { Refusal } from "../access/errors.js";

/** Who makes a call. */
export type Caller = {
  /** SHA-256 of the key in hex; null where none is needed. */
  hash: string | null;
  alias: string | null;
  lastFour: string | null;
  /** Whether the key is one of the gateway's own, which no API may see. */
  isOwnKey: boolean;
};

/** What a call may cost, as far as a budget is held for it. */
export type Admission = {
  /** USD that are left of the budget, as decimal text; null without a budget. */
  remaining: string | null;
  /** USD that are held, as decimal text: what is charged when the cost is unknown. Null or absent when nothing is. */
  held?: string | null | undefined;
  /** Charges what the call cost; null is unknown, and what was held is charged. */
  settle: (exact: string | null) => Promise<void>;
  /** Gives back what was held, for a call that cost nothing. */
  release: () => Promise<void>;
};

/** Keys and budgets, as the gateway asks for them. */
export type Door = {
  authenticate: (headers: Headers) => { ok: true; caller: Caller } | { ok: false; refusal: Refusal };
  /** Why somebody may not make a call that nobody can account for; undefined when there is nothing to hold it to. */
  admitUncounted: (caller: Caller) => Refusal | undefined;
  admit: (
    caller: Caller,
    /** `text`: the body as it came; what is in it twice is in `request` once. */
    call: { api: Api; model: string; request: Record<string, unknown>; text?: () => string },
  ) => Promise<{ ok: true; admission: Admission } | { ok: false; refusal: Refusal }>;
};

/** The API behind the gateway. */
export type Upstream = {
  fetch: typeof fetch;
  /** Where its `/v1` is, without a slash at the end. */
  base: string;
  /** The provider, where its host does not tell. */
  provider?: string | undefined;
  /** Headers of requests that this API alone understands, and the names that it gets them by. */
  passHeaders?: Readonly<Record<string, string>> | undefined;
  /** The key that calls are made with, in place of the caller's. */
  key?: string | undefined;
};

/** What a gateway is made of. */
export type GatewayParts = {
  upstream: Upstream;
  engine: CostEngine;
  redactor: Redactor | null;
  door: Door;
  /** Takes the record of every call, also of those that were refused. */
  record: (payload: StandardLoggingPayloadEmit) => void;
  live: { start: (call: LiveCall, caller: Caller) => void; end: (id: string) => void };
  /** The record of a call as JSON text; null when there is none. */
  payloadText: (id: string) => Promise<string | null>;
  limits: GatewayLimits;
  /** Whether new calls are refused because the gateway is about to end. */
  isDraining: () => boolean;
  /** Ask for usage in streams that do not ask themselves. */
  includeUsage?: boolean | undefined;
  /** Tags of every call. */
  tags?: readonly string[] | undefined;
  onEvent?: ((event: FetchEvent) => unknown) | undefined;
  now?: (() => number) | undefined;
  newId?: (() => string) | undefined;
};

export type GatewayLimits = {
  /** Bytes of a request's body, inflated. */
  maxBodyBytes: number;
  /** How long an API may take until its headers come, in milliseconds. */
  headersMs: number;
  /** How long an API may send nothing within an answer, in milliseconds. */
  idleMs: number;
  /** How long a caller may read nothing of its answer, in milliseconds; two minutes by default. */
  stallMs?: number | undefined;
  /** The most of an answer that its record keeps, in bytes; 8 Mi by default. The caller gets all of it. */
  maxAnswerBytes?: number | undefined;
};
