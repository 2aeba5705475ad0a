import { calls, type Call } from "./calls.js";

/** One way to price the calls. */
export type Pricer = {
  /** Prices every call once. */
  run: () => void;
  /** What it says that they cost, in USD; null where it gives no price. */
  costs: () => (number | null)[];
};

/** The last answer, so that none is optimised away. */
export let kept: unknown;

/** `prepare` makes what the caller has anyway; only `price` is measured. */
export function pricer<Input, Answer>(
  prepare: (call: Call) => Input,
  price: (input: Input) => Answer,
  costOf: (answer: Answer) => number | null | undefined,
): Pricer {
  const inputs = calls.map(prepare);
  return {
    run: () => {
      for (const input of inputs) kept = price(input);
    },
    costs: () => inputs.map((input) => costOf(price(input)) ?? null),
  };
}
