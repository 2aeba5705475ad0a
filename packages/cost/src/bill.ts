import type { CostLine } from "@waybill/core";

import { add, compare, formatDecimal, multiply, subtract, times, zero, type Decimal } from "./decimal.js";
import type { Rate } from "./rates.js";

/**
 * A bill as it is written: lines with exact amounts, and their exact sum. Each charge answers its double, so that the caller
 * adds doubles up in LiteLLM's order, on which their last bits depend.
 */
export class Bill {
  readonly lines: CostLine[] = [];
  /** The exact sum of the lines so far. */
  exact: Decimal = zero;
  /** The first thing that has no rate. */
  missing: string | undefined;
  /** Whether anything was charged at a rate that is not an explicit 0. */
  isFree = true;

  /** Charges `count` units at a rate, and answers LiteLLM's double of the amount. */
  charge(rate: Rate, count: number): number {
    if (count === 0) return 0;
    const { kind, text, double, decimal, assumed, source } = rate;
    if (rate.isMissing) {
      this.missing ??= kind;
      return 0;
    }
    const exact = times(decimal, count);
    const amount = formatDecimal(exact);
    this.exact = add(this.exact, exact);
    this.lines.push(
      assumed === undefined
        ? { kind, count, rate: text, amount, source }
        : { kind, count, rate: text, amount, assumed, source },
    );
    if (double !== 0 || assumed !== undefined) this.isFree = false;
    return double * count;
  }

  /** A line of a share of an amount, such as a discount of 0.05 of 0.12 USD. */
  share(kind: string, factor: Decimal, of: Decimal, source: string): void {
    if (factor.coefficient === 0 || of.coefficient === 0) return;
    const isNegative = factor.coefficient < 0;
    const count = isNegative ? subtract(zero, factor) : factor;
    const rate = formatDecimal(isNegative ? subtract(zero, of) : of);
    this.#write(kind, Number(formatDecimal(count)), rate, multiply(factor, of), source);
  }

  /** A line of an amount that is not made here. */
  amount(kind: string, amount: Decimal, source: string): void {
    this.#write(kind, 1, formatDecimal(amount), amount, source);
    if (compare(amount, zero) !== 0) this.isFree = false;
  }

  #write(kind: string, count: number, rate: string, amount: Decimal, source: string): void {
    this.exact = add(this.exact, amount);
    this.lines.push({ kind, count, rate, amount: formatDecimal(amount), source });
  }
}

/** A sum of charges without lines, for those who want the amount alone. */
export class AmountSum {
  exact: Decimal = zero;
  missing: string | undefined;

  charge({ kind, decimal, double, isMissing }: Rate, count: number): number {
    if (count === 0) return 0;
    if (isMissing) this.missing ??= kind;
    this.exact = add(this.exact, times(decimal, count));
    return double * count;
  }
}
