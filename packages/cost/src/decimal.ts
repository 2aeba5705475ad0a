import { WaybillError } from "@waybill/core/errors";

/**
 * An exact decimal number: coefficient × 10^-scale. The coefficient is a number while that is exact (a safe integer) and a
 * bigint beyond, so that the sums of everyday prices need no bigint and none is ever rounded.
 */
export type Decimal = { readonly coefficient: number | bigint; readonly scale: number };

/** The decimal 0. */
export const zero: Decimal = { coefficient: 0, scale: 0 };

const pattern = /^([+-]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/** Numbers of more digits or larger exponents than this are no prices and would make every sum slow. */
const MAX_EXPONENT = 400;
const MAX_LENGTH = 2000;

/** Every number of this many digits is a safe integer. */
const SAFE_DIGITS = 15;

/** Reads decimal text, with or without an exponent: "0.000575", "2.5e-06". Undefined when it is none. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = text.length <= MAX_LENGTH ? pattern.exec(text) : null;
  if (!match) return undefined;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const shift = Number(exponent);
  if (Math.abs(shift) > MAX_EXPONENT) return undefined;
  const digits = whole + fraction;
  const size = digits.length <= SAFE_DIGITS ? Number(digits) : narrow(BigInt(digits));
  const coefficient = sign === "-" ? negated(size) : size;
  const scale = fraction.length - shift;
  return scale >= 0 ? { coefficient, scale } : { coefficient: shifted(coefficient, -scale), scale: 0 };
}

/** The number that a double prints as: the shortest decimal that reads back as it. */
export function decimalOf(value: number): Decimal {
  if (Number.isSafeInteger(value)) return { coefficient: value, scale: 0 };
  const decimal = parseDecimal(String(value));
  if (!decimal) throw new WaybillError("not-a-number", `${value} is not a finite number`);
  return decimal;
}

/** Decimal text without an exponent and without trailing zeros. */
export function formatDecimal({ coefficient, scale }: Decimal): string {
  if (coefficient < 0) return `-${formatDecimal({ coefficient: negated(coefficient), scale })}`;
  const digits = String(coefficient);
  if (scale === 0 || digits === "0") return digits;
  const point = digits.length - scale;
  // Zeros are cut from the text: dividing them away would be slow.
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === 0x30) end--;
  if (point <= 0) {
    const zeros = leading[-point] ?? `0.${"0".repeat(-point)}`;
    return zeros + (end === digits.length ? digits : digits.slice(0, end));
  }
  return end === point ? digits.slice(0, point) : `${digits.slice(0, point)}.${digits.slice(point, end)}`;
}

/** "0.", "0.0", "0.00" and so on: what everyday amounts begin with. */
const leading = Array.from({ length: 24 }, (_, zeros) => `0.${"0".repeat(zeros)}`);

/** The exact product. */
export function multiply(left: Decimal, right: Decimal): Decimal {
  const scale = left.scale + right.scale;
  if (typeof left.coefficient === "number" && typeof right.coefficient === "number") {
    const coefficient = left.coefficient * right.coefficient;
    if (Number.isSafeInteger(coefficient)) return { coefficient, scale };
  }
  return { coefficient: narrow(BigInt(left.coefficient) * BigInt(right.coefficient)), scale };
}

/** The exact product with a double as it prints; the commonest case by far is a count. */
export function times({ coefficient, scale }: Decimal, count: number): Decimal {
  if (typeof coefficient === "number" && Number.isSafeInteger(count)) {
    const product = coefficient * count;
    if (Number.isSafeInteger(product)) return { coefficient: product, scale };
  }
  return multiply({ coefficient, scale }, decimalOf(count));
}

/** The exact sum. */
export function add(left: Decimal, right: Decimal): Decimal {
  if (left.scale < right.scale) return add(right, left);
  const { coefficient: larger, scale } = left;
  const other = shifted(right.coefficient, scale - right.scale);
  if (typeof larger === "number" && typeof other === "number") {
    const coefficient = larger + other;
    if (Number.isSafeInteger(coefficient)) return { coefficient, scale };
  }
  return { coefficient: narrow(BigInt(larger) + BigInt(other)), scale };
}

/** The exact difference. */
export function subtract(left: Decimal, right: Decimal): Decimal {
  return add(left, { coefficient: negated(right.coefficient), scale: right.scale });
}

/** Negative, 0 or positive, as `left` is less than `right`, the same or more. */
export function compare(left: Decimal, right: Decimal): number {
  const { coefficient } = subtract(left, right);
  return coefficient < 0 ? -1 : coefficient > 0 ? 1 : 0;
}

/** The whole number that `left` is of `right`, or undefined when it is none. */
export function wholeQuotient(left: Decimal, right: Decimal): bigint | undefined {
  const scale = Math.max(left.scale, right.scale);
  const [dividend, divisor] = [left, right].map((each) =>
    BigInt(shifted(each.coefficient, scale - each.scale)),
  ) as [bigint, bigint];
  return divisor !== 0n && dividend % divisor === 0n ? dividend / divisor : undefined;
}

/** 10^0 to 10^15, each exact as a double. */
const powers = Array.from({ length: SAFE_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

/** The coefficient times 10^places. */
function shifted(coefficient: number | bigint, places: number): number | bigint {
  if (places === 0) return coefficient;
  if (typeof coefficient === "number" && places <= SAFE_DIGITS) {
    const product = coefficient * (powers[places] as number);
    if (Number.isSafeInteger(product)) return product;
  }
  return narrow(BigInt(coefficient) * 10n ** BigInt(places));
}

function negated(coefficient: number | bigint): number | bigint {
  return typeof coefficient === "bigint" ? -coefficient : 0 - coefficient;
}

/** A number where that is exact, so that what has been large once is fast again. */
function narrow(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}
