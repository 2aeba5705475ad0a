const pattern = /^([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/**
 * The decimal text times ten to the power of `places`, by moving the point in the text: a division of doubles would give
 * another number ("2.19" per million is "2.19e-6", and 2.19 / 1e6 is 0.0000021899999999999998).
 */
export function movePoint(text: string, places: number): string {
  const match = pattern.exec(text);
  if (!match) throw new RangeError(`${text} is no decimal number from 0 up`);
  const [, whole = "", fraction = "", exponent = "0"] = match;
  const all = (whole + fraction).replace(/^0+/, "");
  const digits = all.replace(/0+$/, "");
  if (digits === "") return "0";
  const power = Number(exponent) + places - fraction.length + (all.length - digits.length);
  const [plain, exponential] = [plainText(digits, power), exponentialText(digits, power)];
  return exponential.length < plain.length ? exponential : plain;
}

function plainText(digits: string, power: number): string {
  if (power >= 0) return digits + "0".repeat(power);
  const point = digits.length + power;
  return point > 0 ? `${digits.slice(0, point)}.${digits.slice(point)}` : `0.${"0".repeat(-point)}${digits}`;
}

function exponentialText(digits: string, power: number): string {
  const exponent = power + digits.length - 1;
  const [first, rest] = [digits.slice(0, 1), digits.slice(1)];
  return `${rest === "" ? first : `${first}.${rest}`}e${exponent < 0 ? "" : "+"}${exponent}`;
}

/** How many digits of a decimal text say something: those between its leading and its trailing zeros. */
export function significantDigits(text: string): number {
  const [mantissa = ""] = text.split(/[eE]/);
  return mantissa.replace(".", "").replace(/^0+/, "").replace(/0+$/, "").length;
}

/** Literals of this many digits are a float's noise: no price has so many. */
export const NOISE_DIGITS = 15;

/** Whether two prices are the same number, noise aside. */
export function samePrice(left: string | undefined, right: string | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return withoutNoise(left) === withoutNoise(right);
}

/** The number that a literal means: of 12 digits, because more are noise. */
export function withoutNoise(literal: string): number {
  return Number(Number(literal).toPrecision(12));
}
