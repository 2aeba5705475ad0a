/** A decimal number: `digits` divided by ten to the power of `scale`. */
type Decimal = { digits: bigint; scale: number };

const decimalText = /^(-?[0-9]{1,400})(?:\.([0-9]{1,400}))?$/;

/** The sum of amounts in decimal text, rounded once; undefined when one of them is no decimal. */
export function sumOfDecimals(amounts: readonly unknown[]): number | undefined {
  let sum: Decimal = { digits: 0n, scale: 0 };
  for (const amount of amounts) {
    const [, whole, fraction = ""] = (typeof amount === "string" && decimalText.exec(amount)) || [];
    if (whole === undefined) return undefined;
    sum = add(sum, { digits: BigInt(whole + fraction), scale: fraction.length });
  }
  return Number(textOf(sum));
}

function add(left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale);
  const scaled = ({ digits, scale: own }: Decimal) => digits * 10n ** BigInt(scale - own);
  return { digits: scaled(left) + scaled(right), scale };
}

function textOf({ digits, scale }: Decimal): string {
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
  const whole = text.slice(0, text.length - scale);
  return `${digits < 0n ? "-" : ""}${whole}.${text.slice(text.length - scale)}0`;
}
