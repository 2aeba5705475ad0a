import type { BudgetRecord, ClosedReservation, OpenReservation } from "./budget-store.js";
import { addExact, compareExact, subtractExact, sumExact } from "./exact.js";

/* What happens to the record of one key. Nothing here waits, and no record is changed: a new one is made. */

/** A key of which nothing is known. */
export const emptyRecord: BudgetRecord = {
  spent: "0",
  reserved: "0",
  open: [],
  expired: [],
  closed: [],
  assumed: { calls: 0, amount: "0" },
  forgotten: 0,
};

/** How many reservations that ended, and how many that expired, a record remembers. */
const REMEMBERED = 256;

/** How a reservation ended, without its id. */
export type Closing = Omit<ClosedReservation, "id">;

/** Takes off the limit what is held by reservations whose time is over. */
export function expire(record: BudgetRecord, now: number): BudgetRecord {
  const late = record.open.filter(({ until }) => until <= now);
  if (late.length === 0) return record;
  const expired = [...record.expired, ...late];
  return {
    ...record,
    reserved: subtractExact(record.reserved, sumExact(late.map(({ amount }) => amount))),
    open: record.open.filter(({ until }) => until > now),
    expired: expired.slice(-REMEMBERED),
    forgotten: record.forgotten + Math.max(expired.length - REMEMBERED, 0),
  };
}

/** Whether an id is in use. */
export function hasId({ open, expired, closed }: BudgetRecord, id: string): boolean {
  return [open, expired, closed].some((list) => list.some((each) => each.id === id));
}

/** Holds the amount of a reservation. */
export function hold(record: BudgetRecord, reservation: OpenReservation): BudgetRecord {
  return {
    ...record,
    reserved: addExact(record.reserved, reservation.amount),
    open: [...record.open, reservation],
  };
}

/** Ends a reservation: `exact` is charged, or what was reserved when it is null. Undefined when there is no such one. */
export function end(
  record: BudgetRecord,
  id: string,
  how: Closing["how"],
  exact: string | null,
): { record: BudgetRecord; closing: Closing } | undefined {
  const open = record.open.find((each) => each.id === id);
  const amount = (open ?? record.expired.find((each) => each.id === id))?.amount;
  if (amount === undefined) return undefined;
  const charged = exact ?? amount;
  const closing: Closing = { how, charged, overrun: excess(charged, amount), late: !open };
  const { calls, amount: assumed } = record.assumed;
  return {
    record: {
      ...record,
      spent: addExact(record.spent, charged),
      reserved: open ? subtractExact(record.reserved, amount) : record.reserved,
      open: record.open.filter((each) => each.id !== id),
      expired: record.expired.filter((each) => each.id !== id),
      closed: [...record.closed, { id, ...closing }].slice(-REMEMBERED),
      assumed: how === "assumed" ? { calls: calls + 1, amount: addExact(assumed, charged) } : record.assumed,
    },
    closing,
  };
}

/** By how much the left amount is more; "0" when it is not. */
export function excess(left: string, right: string): string {
  return compareExact(left, right) > 0 ? subtractExact(left, right) : "0";
}
