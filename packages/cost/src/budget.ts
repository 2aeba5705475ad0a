import { WaybillError } from "@waybill/core/errors";

import {
  badAmount,
  badId,
  badKey,
  failure,
  messageOf,
  storeFailure,
  unknownAmount,
  type BudgetFailure,
  type Failing,
} from "./budget-failure.js";
import { emptyRecord, end, excess, expire, hasId, hold, type Closing } from "./budget-record.js";
import {
  memoryBudgetStore,
  type BudgetRecord,
  type BudgetStore,
  type ClosedReservation,
  type OpenReservation,
} from "./budget-store.js";
import { addExact, compareExact } from "./exact.js";

export { memoryBudgetStore };
export type { BudgetFailure, BudgetRecord, BudgetStore, ClosedReservation, OpenReservation };

/** What budgets are made of. */
export type BudgetOptions = {
  /**
   * The most USD by key, as decimal text; null is no limit. Or a function that knows and is asked at every call. A limit of
   * a day is one by key, too: put the day into the key, "team:7/2026-11-20".
   */
  limits?:
    | Readonly<Record<string, string | null>>
    | ((key: string) => string | null | undefined | Promise<string | null | undefined>);
  /** The limit of keys that `limits` does not name. By default they have none, and are counted. */
  defaultLimit?: string | null;
  /** By default the memory of this process. */
  store?: BudgetStore;
  /** Milliseconds for which a reservation that nobody ends holds its money; 10 minutes by default. */
  reservationTtlMs?: number;
  /** Epoch milliseconds. */
  now?: () => number;
  /** New ids, unique among all processes and without a slash. */
  newId?: () => string;
};

/** Money that is held. The id is for `settle` or `release`; it contains the key. */
export type Reserved = { ok: true; id: string; remaining: string | null };

/** A reservation that has ended. `repeated`: it had ended so before, and nothing has changed. */
export type Closed = { ok: true; repeated: boolean; remaining: string | null } & Closing;

/** How a budget stands. Amounts are USD as decimal text. */
export type BudgetStatus = {
  ok: true;
  limit: string | null;
  spent: string;
  reserved: string;
  remaining: string | null;
  /** What is spent beyond the limit, by calls that cost more than was reserved or were settled late. */
  overspent: string;
  /** The part of `spent` whose true cost is unknown. */
  assumed: { calls: number; amount: string };
  /** Reservations under way, those that expired and can be settled, and those that expired too long ago. */
  open: number;
  expired: number;
  forgotten: number;
};

/** Limits on what keys (users, teams, API keys) spend. What goes wrong is a result: no function rejects. */
export type Budget = {
  /**
   * Holds an amount, the most that a call can cost, if the limit allows for it beside all that is spent and held.
   * Concurrent reservations never pass the limit together, whichever processes make them. null is the unknown price of an
   * estimate, which could pass any limit: it is refused.
   */
  reserve(key: string, exact: string | null): Promise<Reserved | BudgetFailure>;
  /**
   * Charges the true amount in place of the one that is held: also when it is more (`overrun`), and also when the
   * reservation has expired (`late`). null is an unknown cost, which is not zero: what was reserved is charged, as
   * `assumed`. The same once more charges nothing.
   */
  settle(id: string, exact: string | null): Promise<Closed | BudgetFailure>;
  /** Gives back what was held for a call that cost nothing. */
  release(id: string): Promise<Closed | BudgetFailure>;
  /** How the budget of a key stands. */
  status(key: string): Promise<BudgetStatus | BudgetFailure>;
};

/** The limit of a key, or why it is not known. */
type Limit = string | null | Failing;
/** What to answer, and the record to be kept before. */
type Change<Answer> = Failing | { answer: Answer; record?: BudgetRecord };

const TEN_MINUTES = 600_000;

/** How often a write is tried that others come before. Each try is a round trip to the store. */
const TRIES = 64;

/**
 * A budget for any number of keys. A change of a key takes time in proportion to the reservations it has open.
 * @throws WaybillError `bad-limit` when a limit is no amount or `limits` hold none by key, `bad-option` when the time of
 * reservations is none
 */
export function createBudget(options: BudgetOptions = {}): Budget {
  if (typeof options !== "object" || options === null)
    throw new WaybillError("bad-option", "the options of a budget are an object");
  const { limits = {}, defaultLimit = null, store = memoryBudgetStore(), now = Date.now } = options;
  const { reservationTtlMs = TEN_MINUTES, newId = () => crypto.randomUUID() } = options;
  if (typeof reservationTtlMs !== "number" || !(reservationTtlMs > 0))
    throw new WaybillError("bad-option", "reservationTtlMs is not a number above zero");
  // A Map or an array would have no limit by any key, in silence.
  if (typeof limits !== "function" && !isPlainObject(limits))
    throw new WaybillError("bad-limit", "limits are a plain object of amounts by key, or a function");
  const named = typeof limits === "function" ? [] : Object.entries(limits);
  for (const [key, limit] of [["other keys", defaultLimit] as const, ...named]) {
    const read = readLimit(key, limit);
    if (isFailing(read)) throw new WaybillError(read.code, read.reason);
  }

  async function limitOf(key: string): Promise<Limit> {
    try {
      const isNamed = typeof limits === "function" || Object.hasOwn(limits, key);
      const own = typeof limits === "function" ? await limits(key) : isNamed ? limits[key] : undefined;
      return readLimit(key, own === undefined ? defaultLimit : own);
    } catch (error) {
      return { code: "bad-limit", reason: `the limit of ${key} is not known: ${messageOf(error)}` };
    }
  }

  async function load(key: string): Promise<{ record: BudgetRecord; version: number }> {
    const { value, version } = await store.read(key);
    return { record: expire(value ?? emptyRecord, now()), version };
  }

  const lastOf = new Map<string, Promise<unknown>>();
  /** Changes of a key wait for each other in this process, so that only other processes can come before a write. */
  async function change<Answer extends { ok: true }>(
    key: string,
    decide: (record: BudgetRecord, limit: Limit) => Change<Answer>,
  ): Promise<(Answer & { remaining: string | null }) | BudgetFailure> {
    const limit = await limitOf(key);
    const changing = (lastOf.get(key) ?? Promise.resolve()).then(() => tryChange(key, limit, decide));
    lastOf.set(key, changing);
    const changed = await changing;
    if (lastOf.get(key) === changing) lastOf.delete(key);
    return changed;
  }

  async function tryChange<Answer extends { ok: true }>(
    key: string,
    limit: Limit,
    decide: (record: BudgetRecord, limit: Limit) => Change<Answer>,
  ): Promise<(Answer & { remaining: string | null }) | BudgetFailure> {
    try {
      for (let tries = 0; tries < TRIES; tries++) {
        const { record: before, version } = await load(key);
        const decided = decide(before, limit);
        if ("code" in decided) return failure(decided, remainingOf(before, limit));
        const { answer, record } = decided;
        if (!record || (await store.write(key, record, version)))
          return { ...answer, remaining: remainingOf(record ?? before, limit) };
      }
      return failure({ code: "contended", reason: `others wrote ${key} first, ${TRIES} times` });
    } catch (error) {
      return storeFailure(key, error);
    }
  }

  async function close(
    id: string,
    how: Closing["how"],
    exact: string | null,
  ): Promise<Closed | BudgetFailure> {
    const [, name, key] = (typeof id === "string" && /^([^/]+)\/(.+)$/s.exec(id)) || [];
    if (!name || !key) return failure({ code: "unknown-id", reason: "the id is not of a reservation" });
    return change(key, (before): Change<{ ok: true; repeated: boolean } & Closing> => {
      const ended = end(before, name, how, exact);
      if (ended) return { answer: { ok: true, repeated: false, ...ended.closing }, record: ended.record };
      const earlier = before.closed.find((each) => each.id === name);
      if (!earlier) return { code: "unknown-id", reason: `${id} is of no reservation, or of one long over` };
      const { id: _, ...closing } = earlier;
      const isSame = how === closing.how && (exact === null || compareExact(exact, closing.charged) === 0);
      return isSame
        ? { answer: { ok: true, repeated: true, ...closing } }
        : { code: "conflict", reason: `${id} was ${closing.how} before, at ${closing.charged} USD` };
    });
  }

  return {
    async reserve(key, exact) {
      if (!isKey(key)) return failure(badKey);
      if (exact === null) return failure(unknownAmount);
      const amount = readAmount(exact);
      if (amount === undefined) return failure(badAmount);
      return change(key, (before, limit): Change<{ ok: true; id: string }> => {
        if (isFailing(limit)) return limit;
        // JSON, which a store may keep, has no infinity.
        const until = Math.min(now() + reservationTtlMs, Number.MAX_SAFE_INTEGER);
        const id = newId();
        if (typeof id !== "string" || id === "" || id.includes("/")) return badId;
        if (hasId(before, id)) return { code: "conflict", reason: `newId gave ${id} before` };
        const record = hold(before, { id, amount, until });
        if (limit !== null && compareExact(addExact(record.spent, record.reserved), limit) > 0)
          return { code: "exhausted", reason: `${amount} USD more would pass the limit of ${limit} USD` };
        return { answer: { ok: true, id: `${id}/${key}` }, record };
      });
    },

    async settle(id, exact) {
      if (exact === null) return close(id, "assumed", null);
      const amount = readAmount(exact);
      return amount === undefined ? failure(badAmount) : close(id, "settled", amount);
    },

    release: (id) => close(id, "released", "0"),

    async status(key) {
      if (!isKey(key)) return failure(badKey);
      const limit = await limitOf(key);
      if (isFailing(limit)) return failure(limit);
      try {
        const { record } = await load(key);
        const { spent, reserved, assumed, open, expired, forgotten } = record;
        return {
          ok: true,
          limit,
          spent,
          reserved,
          remaining: remainingOf(record, limit),
          overspent: limit === null ? "0" : excess(spent, limit),
          assumed,
          open: open.length,
          expired: expired.length,
          forgotten,
        };
      } catch (error) {
        return storeFailure(key, error);
      }
    },
  };
}

function isPlainObject(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Of this realm or another: only the prototype of plain objects has none itself.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isKey(key: unknown): boolean {
  return typeof key === "string" && key !== "";
}

/** An amount in plain digits; undefined when it is none, is negative or is beyond every double. */
function readAmount(exact: unknown): string | undefined {
  try {
    const isAmount = Number.isFinite(Number(exact)) && compareExact(exact as string, "0") >= 0;
    return isAmount ? addExact(exact as string, "0") : undefined;
  } catch {
    // No decimal text, or no text at all.
    return undefined;
  }
}

function readLimit(key: string, limit: unknown): Limit {
  const reason = `the limit of ${key} is not USD as decimal text such as "25.00", or null`;
  return limit === null ? null : (readAmount(limit) ?? { code: "bad-limit", reason });
}

function isFailing(limit: Limit): limit is Failing {
  return typeof limit === "object" && limit !== null;
}

function remainingOf({ spent, reserved }: BudgetRecord, limit: Limit): string | null {
  return typeof limit === "string" ? excess(limit, addExact(spent, reserved)) : null;
}
