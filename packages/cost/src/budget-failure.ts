/** Why nothing was done. */
export type BudgetFailure = {
  ok: false;
  /**
   * `exhausted`: the limit would be passed. `bad-option`: `newId` gave what can be no id. `unknown-id`: no reservation has
   * the id, or it is long over. `conflict`: it ended otherwise. `contended`: other processes wrote first, each time.
   * `store-failed`: the store threw; what was asked may have been done, and a settle or release may be repeated.
   */
  code:
    | "exhausted"
    | "bad-key"
    | "bad-amount"
    | "bad-limit"
    | "bad-option"
    | "unknown-id"
    | "conflict"
    | "contended"
    | "store-failed";
  reason: string;
  /** USD that are left; null when there is no limit or it is not known. */
  remaining: string | null;
};

/** Why something cannot be done, without what is left. */
export type Failing = Pick<BudgetFailure, "code" | "reason">;

/** What is no key. */
export const badKey: Failing = { code: "bad-key", reason: "a key is text and not empty" };

/** What is no amount. */
export const badAmount: Failing = {
  code: "bad-amount",
  reason: 'an amount is USD as decimal text such as "0.0125", and not negative',
};

/** The price of an estimate that has none: as 0 it would pass every limit. */
export const unknownAmount: Failing = {
  code: "bad-amount",
  reason: "the price is unknown, which is not zero, and nothing is reserved",
};

/** What `newId` must not give: a reservation under it could never be ended. */
export const badId: Failing = {
  code: "bad-option",
  reason: "newId gave no id, which is text without a slash and not empty; nothing is reserved",
};

/** The answer that nothing was done. */
export function failure({ code, reason }: Failing, remaining: string | null = null): BudgetFailure {
  return { ok: false, code, reason, remaining };
}

/** The answer when a store threw. */
export function storeFailure(key: string, error: unknown): BudgetFailure {
  return failure({ code: "store-failed", reason: `the store failed at ${key}: ${messageOf(error)}` });
}

/** What an exception says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : `a ${typeof error} was thrown`;
}
