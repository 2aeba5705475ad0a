import { WaybillError } from "@waybill/core";

/** An exact decimal number: coefficient × 10^-scale. */
export type Decimal = { coefficient: bigint; scale: number };

/** The decimal 0. */
export const zero: Decimal = { coefficient: 0n, scale: 0 };

const pattern = /^([+-]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/** Numbers of more digits or larger exponents than this are no prices and would make every sum slow. */
const MAX_EXPONENT = 400;
const MAX_LENGTH = 2000;

/** Reads decimal text, with or without an exponent: "0.000575", "2.5e-06". Undefined when it is none. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = text.length <= MAX_LENGTH ? pattern.exec(text) : null;
  if (!match) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const shift = Number(exponent);
  if (Math.abs(shift) > MAX_EXPONENT) return undefined;
  const coefficient = BigInt(`${sign}${whole}${fraction}`);
  const scale = fraction.length - shift;
  return scale >= 0 ? { coefficient, scale } : { coefficient: coefficient * 10n ** BigInt(-scale), scale: 0 };
}

/** The number that a double prints as: the shortest decimal that reads back as it. */
export function decimalOf(value: number): Decimal {
  const decimal = parseDecimal(String(value));
  if (!decimal) throw new WaybillError("not-a-number", `${value} is not a finite number`);
  return decimal;
}

/** Decimal text without an exponent and without trailing zeros. */
export function formatDecimal({ coefficient, scale }: Decimal): string {
  const negative = coefficient < 0n;
  const digits = String(negative ? -coefficient : coefficient).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  let end = digits.length;
  while (end > digits.length - scale && digits.charCodeAt(end - 1) === 0x30) end--;
  const fraction = digits.slice(digits.length - scale, end);
  const text = fraction === "" ? whole : `${whole}.${fraction}`;
  return negative && coefficient !== 0n ? `-${text}` : text;
}

/** The exact product. */
export function multiply(left: Decimal, right: Decimal): Decimal {
  return { coefficient: left.coefficient * right.coefficient, scale: left.scale + right.scale };
}

/** The exact sum. */
export function add(left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale);
  return { coefficient: atScale(left, scale) + atScale(right, scale), scale };
}

/** The exact difference. */
export function subtract(left: Decimal, right: Decimal): Decimal {
  return add(left, { coefficient: -right.coefficient, scale: right.scale });
}

/** The whole number that `left` is of `right`, or undefined when it is none. */
export function wholeQuotient(left: Decimal, right: Decimal): bigint | undefined {
  const scale = Math.max(left.scale, right.scale);
  const [dividend, divisor] = [atScale(left, scale), atScale(right, scale)];
  return divisor !== 0n && dividend % divisor === 0n ? dividend / divisor : undefined;
}

function atScale({ coefficient, scale }: Decimal, wanted: number): bigint {
  return coefficient * 10n ** BigInt(wanted - scale);
}
