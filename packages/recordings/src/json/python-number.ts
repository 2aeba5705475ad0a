/** A float in the shortest digits that give it back, laid out as Python's `repr` does: `1.0`, `1e-05`, `1e+16`. */
export function pythonFloat(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e16 || (size < 1e-4 && size > 0)) return exponentForm(value);
  if (Object.is(value, -0)) return "-0.0";
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** Python gives the exponent a sign and two digits at least. */
function exponentForm(value: number): string {
  const [digits = "", exponent = ""] = value.toExponential().split("e");
  return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

/** A number of JavaScript: an integer where `JSON.stringify` spells one, otherwise a float. */
export function pythonNumber(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? String(value) : pythonFloat(value);
}

/**
 * A finite number with exactly five decimals, as Python's `%.5f`: correctly rounded from the exact binary value, ties to
 * even, never an exponent, and with the sign of a negative zero.
 */
export function fiveDecimals(value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return sign + fiveDecimalsOf(Math.abs(value));
}

function fiveDecimalsOf(size: number): string {
  if (size >= 1e21) return `${BigInt(size)}.00000`;
  // toFixed rounds the exact value correctly but for ties, which it rounds up. Half of the fifth decimal is
  // 1/200000 = 1/(2^6 * 5^5), so that only odd multiples of 1/64 can lie in the middle.
  if (Math.abs((size * 64) % 2) !== 1) return size.toFixed(5);
  const exact = size.toFixed(6);
  const isTie = exact.endsWith("5");
  const isEven = "02468".includes(exact.at(-2) ?? "");
  return isTie && isEven ? exact.slice(0, -1) : size.toFixed(5);
}

/** A float rounded to five decimals, as Python's `round(value, 5)`. */
export function roundToFive(value: number): number {
  return Number(fiveDecimals(value));
}
