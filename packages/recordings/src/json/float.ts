/** What marks a float in every copy of this package. */
const marker = Symbol.for("waybill.float");

/**
 * A number that Python would hold as a float: `float(1)` is written and hashed as `1.0`, where the number 1 is `1`. In
 * `JSON.stringify` it is its number.
 */
export class Float {
  /** The number that is meant. */
  readonly value: number;

  constructor(value: number) {
    this.value = value;
    Object.defineProperty(this, marker, { value: true });
  }

  toJSON(): number {
    return this.value;
  }

  valueOf(): number {
    return this.value;
  }
}

/** Marks a number as a float, so that it is written and hashed as Python's `1.0` and not as `1`. */
export function float(value: number): Float {
  return new Float(value);
}

/** Whether a value is a marked float, also of another copy of this package. */
export function isFloat(value: unknown): value is Float {
  return typeof value === "object" && value !== null && marker in value;
}
