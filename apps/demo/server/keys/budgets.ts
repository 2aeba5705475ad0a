import { randomUUID } from "node:crypto";

import { WaybillError } from "@waybill/core/errors";
import { wordsOf } from "@waybill/core/thrown";
import { addExact } from "@waybill/cost";
import { createBudget, memoryBudgetStore, type BudgetFailure, type BudgetRecord } from "@waybill/cost/budget";

import type { BudgetWindow, KeyInfo } from "./key-record.js";
import { createWindows, type Stretch } from "./windows.js";

/** Money of a key that is held for a call. It is charged to the window in which the call began. */
export type KeyReservation = { id: string; keyId: string; window: string };

/** How the budget of a key stands now. Amounts are USD as decimal text, times ISO. */
export type KeyBudgetStatus = {
  limit: string;
  window: BudgetWindow;
  spent: string;
  /** Held by calls under way. */
  reserved: string;
  remaining: string;
  /** By how much more than the limit is spent. */
  overspent: string;
  /** The part of `spent` whose true cost nobody knows: what was held for those calls. */
  assumed: { calls: number; amount: string };
  /** When it begins anew; null is never. */
  resetsAt: string | null;
};

/** What has no number: the ledger did not say what was spent before, or the store failed. */
export type BudgetUnknown = { ok: false; code: "budget-unknown"; reason: string };

export type Held = { ok: true; reservation: KeyReservation; remaining: string };
export type Refused = { ok: false; code: "exhausted"; reason: string; status: KeyBudgetStatus };

/** The budgets of virtual keys. Nothing rejects, except for misuse. */
export type KeyBudgets = {
  /**
   * Says what a key had spent, in its window that runs now, before this process began. Once for each window, before
   * anything is held in it.
   * @throws WaybillError `already-seeded`
   */
  seed(key: KeyInfo, spentExact: string): Promise<void>;
  /** Holds the most that a call can cost. A key without a budget has no limit: null, and nothing is held. */
  reserve(key: KeyInfo, estimateExact: string): Promise<Held | Refused | BudgetUnknown | null>;
  /** Charges what the call did cost; null is unknown, which is not zero: what was held is charged. */
  settle(
    reservation: KeyReservation,
    exact: string | null,
  ): Promise<{ ok: true; remaining: string | null } | BudgetUnknown>;
  /** Gives back what was held for a call that cost nothing. */
  release(reservation: KeyReservation): Promise<{ ok: true; remaining: string | null } | BudgetUnknown>;
  /** How a key stands; null for one without a budget. */
  status(key: KeyInfo): Promise<KeyBudgetStatus | BudgetUnknown | null>;
};

export type KeyBudgetsOptions = {
  /** IANA zone whose days and months the windows are. */
  zone: string;
  /** Asked at every call for the budget of a key, so that a new limit holds at once. */
  keyOf: (id: string) => KeyInfo | undefined;
  /**
   * What a key spent from a moment on, by the ledger: asked when a window has begun before this process and was not seeded,
   * as when a key gets its first budget. `from` is epoch milliseconds, null for all time. Without it such a window begins at 0.
   */
  spentSince?: (keyId: string, from: number | null) => Promise<string>;
  /** Epoch milliseconds. */
  now?: () => number;
  newId?: () => string;
};

/** Longer than any stream lasts: a call that is under way never gives its money back early. */
export const RESERVATION_MS = 24 * 3_600_000;

/** Budgets of keys, kept in this process. The ledger is what remembers: `seed` and `spentSince` bring it in. */
export function createKeyBudgets(options: KeyBudgetsOptions): KeyBudgets {
  const { zone, keyOf, spentSince, now = Date.now, newId = randomUUID } = options;
  const windowAt = createWindows(zone);
  const beganAt = now();
  const records = new Map<string, { value: BudgetRecord | null; version: number }>();
  /** When each window of `records` is over. */
  const ends = new Map<string, number | null>();
  const seeding = new Map<string, Promise<BudgetUnknown | undefined>>();
  const budget = createBudget({
    limits: (name) => keyOf(keyIdOf(name))?.budget?.limit ?? null,
    store: memoryBudgetStore(records),
    reservationTtlMs: RESERVATION_MS,
    now,
    newId,
  });

  /** Sees to it that a window knows what was spent in it before. */
  function ready(key: KeyInfo, stretch: Stretch): Promise<BudgetUnknown | undefined> {
    const name = nameOf(key, stretch);
    if (records.has(name)) return Promise.resolve(undefined);
    let running = seeding.get(name);
    if (!running) {
      running = load(key.id, name, stretch).finally(() => seeding.delete(name));
      seeding.set(name, running);
    }
    return running;
  }

  async function load(keyId: string, name: string, stretch: Stretch): Promise<BudgetUnknown | undefined> {
    const { from } = stretch;
    const isNew = from !== null && from >= beganAt;
    try {
      const spent = isNew || !spentSince ? "0" : await spentSince(keyId, from);
      // `seed` may have come while the ledger was asked.
      if (!records.has(name)) begin(stretch, name, spent);
      return undefined;
    } catch (error) {
      return unknown(`the ledger does not say what was spent: ${wordsOf(error)}`);
    }
  }

  function begin(stretch: Stretch, name: string, spent: string): void {
    forget();
    records.set(name, { value: { ...emptyRecord, spent: addExact(spent, "0") }, version: 1 });
    ends.set(name, stretch.to);
  }

  /** Windows that are over, and those of keys that are gone, are of no use once nothing is under way in them. */
  function forget(): void {
    for (const [name, { value }] of records) {
      const end = ends.get(name) ?? null;
      const isOver = (end !== null && end <= now()) || !keyOf(keyIdOf(name));
      if (!isOver || value?.open.length !== 0) continue;
      records.delete(name);
      ends.delete(name);
    }
  }

  async function statusOf(key: KeyInfo): Promise<KeyBudgetStatus | BudgetUnknown | null> {
    const { budget: own } = keyOf(key.id) ?? key;
    if (!own) return null;
    const stretch = windowAt(own.window, now());
    const failed = await ready(key, stretch);
    if (failed) return failed;
    const status = await budget.status(nameOf(key, stretch));
    if (!status.ok) return unknown(status.reason);
    const { spent, reserved, remaining, overspent, assumed } = status;
    return {
      limit: own.limit,
      window: own.window,
      spent,
      reserved,
      remaining: remaining ?? own.limit,
      overspent,
      assumed,
      resetsAt: stretch.to === null ? null : new Date(stretch.to).toISOString(),
    };
  }

  return {
    async seed(key, spentExact) {
      if (!key.budget) return;
      const stretch = windowAt(key.budget.window, now());
      const name = nameOf(key, stretch);
      if (records.has(name))
        throw new WaybillError("already-seeded", `${name} has a budget that is in use, or was seeded before`);
      begin(stretch, name, spentExact);
    },
    async reserve(key, estimateExact) {
      const { budget: own } = keyOf(key.id) ?? key;
      if (!own) return null;
      const stretch = windowAt(own.window, now());
      const failed = await ready(key, stretch);
      if (failed) return failed;
      const held = await budget.reserve(nameOf(key, stretch), estimateExact);
      if (held.ok) {
        const reservation = { id: held.id, keyId: key.id, window: stretch.name };
        return { ok: true, reservation, remaining: held.remaining ?? own.limit };
      }
      if (held.code !== "exhausted") return unknown(held.reason);
      const status = await statusOf(key);
      if (status === null) return null;
      return "code" in status ? status : { ok: false, code: "exhausted", reason: held.reason, status };
    },
    settle: async ({ id }, exact) => closed(await budget.settle(id, exact)),
    release: async ({ id }) => closed(await budget.release(id)),
    status: statusOf,
  };
}

const emptyRecord: BudgetRecord = {
  spent: "0",
  reserved: "0",
  open: [],
  expired: [],
  closed: [],
  assumed: { calls: 0, amount: "0" },
  forgotten: 0,
};

function nameOf({ id }: KeyInfo, { name }: Stretch): string {
  return `${id}/${name}`;
}

/** The id of a key has no slash; what stands behind it is the window. */
function keyIdOf(name: string): string {
  return name.slice(0, name.indexOf("/"));
}

function unknown(reason: string): BudgetUnknown {
  return { ok: false, code: "budget-unknown", reason };
}

function closed(answer: { ok: true; remaining: string | null } | BudgetFailure) {
  return answer.ok ? { ok: true as const, remaining: answer.remaining } : unknown(answer.reason);
}
