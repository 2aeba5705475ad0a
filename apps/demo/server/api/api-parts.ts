import type { CostEngine } from "@waybill/cost";
import type { Context, MiddlewareHandler } from "hono";

import type { DeliveryParts } from "../delivery/delivery-answer.js";
import type { ExportOptions } from "../delivery/exports.js";
import type { LedgerStore } from "../ledger/ledger-store.js";
import type { LiveCalls } from "../live/live-calls.js";
import type { LiveFeed } from "../live/live-feed.js";
import type { KeyAnswer, Session } from "./schemas.js";

/** What a key is asked to be, or why it cannot be. `field` names the member at fault. */
export type KeyRefusal = { ok: false; code: string; message: string; field?: string };
export type KeyChange = { ok: true; item: KeyAnswer } | KeyRefusal;
export type KeyMade = { ok: true; key: string; item: KeyAnswer } | KeyRefusal;

/** The virtual keys. `input` is what a stranger says; `unknown-key` is the code for an id that there is not. */
export type KeyAdmin = {
  list: () => Promise<KeyAnswer[]>;
  create: (input: unknown) => Promise<KeyMade>;
  update: (id: string, input: unknown) => Promise<KeyChange>;
  /** The key gets a new text; the old one stops working. */
  rotate: (id: string) => Promise<KeyMade>;
  remove: (id: string) => Promise<KeyChange>;
};

/** Who asks. Writes are for admins alone. */
export type Visitor = Pick<Session, "role" | "authRequired">;

/** What never changes while the server runs. */
export type About = Pick<Session, "version" | "upstream" | "demo" | "zone" | "retentionDays" | "sinks">;

/** What the API is made of. */
export type ApiParts = {
  ledger: LedgerStore;
  live: { calls: LiveCalls; feed: LiveFeed };
  delivery: DeliveryParts;
  /** Null where there are none: everybody on this machine may do everything. */
  keys: KeyAdmin | null;
  about: About;
  visitor: (context: Context) => Visitor;
  engine: CostEngine;
  exports?: ExportOptions | undefined;
  /** Epoch milliseconds. */
  now?: (() => number) | undefined;
  newId?: (() => string) | undefined;
  /** What every request passes first: checks of origin and session, limits. */
  guard?: readonly MiddlewareHandler[] | undefined;
  /** How long one query may take, in milliseconds; 2000 by default. */
  queryMs?: number | undefined;
};
