/** Money that is held for a call that is under way. */
export type OpenReservation = {
  readonly id: string;
  /** USD, decimal text. */
  readonly amount: string;
  /** Epoch milliseconds at which it no longer counts against the limit. */
  readonly until: number;
};

/** How a reservation ended. */
export type ClosedReservation = {
  readonly id: string;
  /** `assumed`: the cost was unknown, so what was reserved is charged. */
  readonly how: "settled" | "assumed" | "released";
  /** USD that were added to what is spent. */
  readonly charged: string;
  /** USD by which that is more than was reserved. */
  readonly overrun: string;
  /** Whether the reservation had expired before. */
  readonly late: boolean;
};

/** All that is known of one key. Plain JSON data: a store may keep it as text. Amounts are USD as decimal text. */
export type BudgetRecord = {
  readonly spent: string;
  /** The sum of `open`. */
  readonly reserved: string;
  readonly open: readonly OpenReservation[];
  /** Reservations that nobody ended in time, the newest last. They hold no money; settling one still charges it. */
  readonly expired: readonly OpenReservation[];
  /** The reservations that ended last, so that ending one twice is seen. */
  readonly closed: readonly ClosedReservation[];
  /** The part of `spent` that is assumed, and of how many calls. */
  readonly assumed: { readonly calls: number; readonly amount: string };
  /** Expired reservations that were dropped from `expired`: settling one is an unknown id. */
  readonly forgotten: number;
};

/**
 * Where budgets are kept; shared by processes when it is a database. One atomic operation is asked of it, compare and
 * swap. In SQL: `insert ... on conflict do nothing` for version 0, else `update ... set value = $2, version = version + 1
 * where key = $1 and version = $3`, and whether a row changed. In Redis: the same as a script. It may throw, and should
 * rather than never answer: calls of a key wait for each other.
 */
export type BudgetStore = {
  /** What is kept of a key; `{ value: null, version: 0 }` when that is nothing. */
  read(key: string): Promise<{ value: BudgetRecord | null; version: number }>;
  /** Keeps the value under the next version and answers true, or false when `version` is no longer the current one. */
  write(key: string, value: BudgetRecord, version: number): Promise<boolean>;
};

/** Keeps budgets in this process. Give it a Map of your own to save them, or to drop keys that are over. */
export function memoryBudgetStore(
  records = new Map<string, { value: BudgetRecord | null; version: number }>(),
): BudgetStore {
  return {
    async read(key) {
      return records.get(key) ?? { value: null, version: 0 };
    },
    async write(key, value, version) {
      if ((records.get(key)?.version ?? 0) !== version) return false;
      records.set(key, { value, version: version + 1 });
      return true;
    },
  };
}
