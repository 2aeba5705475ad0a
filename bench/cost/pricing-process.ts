import { compare } from "../measure.js";
import { calls, expectedCost } from "./calls.js";
import { contenders, floor, type Contender } from "./contenders.js";
import type { Pricer } from "./pricer.js";

/** What one contender does; null when it cannot be measured. Nanoseconds are CPU time of a call. */
export type Measured = { floor: number; nanoseconds: number; ratio: number; answers: string } | null;

/*
 * Measures one contender beside the floor: `pricing-process.ts NAME`.
 */

async function measure(contender: Contender): Promise<Measured> {
  const [base, pricer] = [await floor.make(), await contender.make()];
  if (!base || !pricer) return null;
  const answers = judge(pricer, contender.isUnknown === true);
  const [first, own] = await compare([
    { name: floor.name, run: base.run },
    { name: contender.name, run: pricer.run },
  ]);
  return {
    floor: (first?.nanoseconds ?? Number.NaN) / calls.length,
    nanoseconds: (own?.nanoseconds ?? Number.NaN) / calls.length,
    ratio: own?.ratio ?? Number.NaN,
    answers,
  };
}

/** An answer is right to this part of it. */
const TOLERANCE = 1e-9;

/** "right", or how many answers are wrong, and the first of them. */
function judge(pricer: Pricer, isUnknown: boolean): string {
  const costs = pricer.costs();
  const wrong = calls.flatMap((call, index) => {
    const cost = costs[index] ?? null;
    const expected = isUnknown ? null : expectedCost(call);
    const isRight =
      cost === null || expected === null
        ? cost === expected
        : Math.abs(cost - expected) <= TOLERANCE * expected;
    return isRight ? [] : [`${call.model} ${cost ?? "has no price"}, not ${expected ?? "without a price"}`];
  });
  if (wrong.length === 0) return "right";
  return `wrong for ${wrong.length} of ${calls.length}: ${wrong[0]}`;
}

const contender = contenders.find(({ name }) => name === process.argv[2]) ?? floor;
process.stdout.write(JSON.stringify(await measure(contender)));
