import { WaybillError } from "@waybill/core/errors";

import { add, compare, formatDecimal, parseDecimal, subtract, zero, type Decimal } from "./decimal.js";

/*
 * Arithmetic on amounts as decimal text. Amounts are USD in all of Waybill, but nothing here depends on it.
 * Text that is no decimal number is misuse: every function throws a WaybillError with the code "not-a-decimal".
 */

/** The exact sum of amounts; "0" for none. */
export function sumExact(amounts: Iterable<string>): string {
  let sum = zero;
  for (const amount of amounts) sum = add(sum, read(amount));
  return formatDecimal(sum);
}

/** The exact sum of two amounts. */
export function addExact(left: string, right: string): string {
  return formatDecimal(add(read(left), read(right)));
}

/** The exact difference of two amounts. */
export function subtractExact(left: string, right: string): string {
  return formatDecimal(subtract(read(left), read(right)));
}

/** Negative when `left` is less than `right`, 0 when they are the same amount, positive otherwise. */
export function compareExact(left: string, right: string): number {
  return compare(read(left), read(right));
}

function read(amount: string): Decimal {
  const decimal = typeof amount === "string" ? parseDecimal(amount) : undefined;
  if (!decimal) {
    const found = typeof amount === "string" ? JSON.stringify(amount.slice(0, 100)) : `a ${typeof amount}`;
    throw new WaybillError("not-a-decimal", `${found} is not a decimal number`);
  }
  return decimal;
}
