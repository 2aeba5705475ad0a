import { sumExact } from "@waybill/cost";

/*
 * Amounts as the ledger keeps them: DECIMAL(38,24), 14 digits before the point and 24 behind it. DuckDB rounds what is finer
 * without a word, so nothing reaches it unchecked.
 */

export const DECIMALS = 24;
const INTEGER_DIGITS = 14;

/** An amount that fits, or why it does not. */
export type Amount = { units: bigint } | { refused: string; reason: string };

/** Reads decimal text as a whole number of 10^-24. */
export function readAmount(text: string): Amount {
  let plain: string;
  try {
    plain = sumExact([text]);
  } catch {
    return { refused: "bad-amount", reason: `${shown(text)} is no decimal number` };
  }
  const [whole = "", fraction = ""] = plain.replace("-", "").split(".");
  if (fraction.length > DECIMALS)
    return { refused: "amount-too-fine", reason: `${shown(text)} has more than ${DECIMALS} decimals` };
  if (whole.length > INTEGER_DIGITS)
    return { refused: "amount-too-large", reason: `${shown(text)} has more than ${INTEGER_DIGITS} digits` };
  const units = BigInt(whole + fraction.padEnd(DECIMALS, "0"));
  return { units: plain.startsWith("-") ? -units : units };
}

/** The decimal text of a whole number of 10^-24, without trailing zeros. */
export function amountText(units: bigint): string {
  const digits = String(units < 0n ? -units : units).padStart(DECIMALS + 1, "0");
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, "");
  const text = digits.slice(0, -DECIMALS) + (fraction === "" ? "" : `.${fraction}`);
  return units < 0n ? `-${text}` : text;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
