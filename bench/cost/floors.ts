import { calls, type Call } from "./calls.js";
import { pricer, type Pricer } from "./pricer.js";

type Rates<Number> = { input: Number; cached: Number; output: Number };

/** The least that there is to do: rates that are doubles and at hand, and three products. */
export function ratesAtHand(): Pricer {
  return pricer(
    (call) => ({ call, rates: doublesOf(call) }),
    ({ call, rates }) => costInDoubles(call, rates),
    (cost) => cost,
  );
}

/** The rates looked up by the name of the model. */
export function mapOfDoubles(): Pricer {
  const map = new Map(calls.map((call) => [call.model, doublesOf(call)]));
  return pricer(
    (call) => call,
    (call) => costInDoubles(call, map.get(call.model) as Rates<number>),
    (cost) => cost,
  );
}

/** The same, exactly, as it is plainly written: BigInt, and decimal text for an answer. */
export function mapOfBigInts(): Pricer {
  const map = new Map(
    calls.map(({ model, rates: { input, cached, output } }) => [
      model,
      { input: BigInt(input), cached: BigInt(cached), output: BigInt(output) },
    ]),
  );
  return pricer(
    (call) => call,
    ({ model, prompt, cached, completion }) => {
      const rates = map.get(model) as Rates<bigint>;
      const units =
        BigInt(prompt - cached) * rates.input +
        BigInt(cached) * rates.cached +
        BigInt(completion) * rates.output;
      const digits = String(units).padStart(13, "0");
      return `${digits.slice(0, -12)}.${digits.slice(-12).replace(/0+$/, "")}`;
    },
    Number,
  );
}

function costInDoubles({ prompt, cached, completion }: Call, rates: Rates<number>): number {
  return (prompt - cached) * rates.input + cached * rates.cached + completion * rates.output;
}

function doublesOf({ rates: { input, cached, output } }: Call): Rates<number> {
  return { input: Number(`${input}e-12`), cached: Number(`${cached}e-12`), output: Number(`${output}e-12`) };
}
