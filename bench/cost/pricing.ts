import { table } from "../measure.js";
import { runFresh } from "../stream/fresh-process.js";
import { contenders, floor, type Contender } from "./contenders.js";
import type { Measured } from "./pricing-process.js";
import { figure, verdictOf } from "./verdict.js";

/** Each contender against the floor, in a process of its own, and whether its answers are right. */
export function pricing(): string {
  const rows = [floor, ...contenders].flatMap((contender) => {
    const program = new URL("pricing-process.ts", import.meta.url).href;
    const measured = runFresh<Measured>(program, [contender.name]);
    return measured ? [rowOf(contender, measured)] : [];
  });
  return table(["contender", "ns per call", "of the floor", "budget", "answers"], rows);
}

function rowOf(
  { name, budget }: Contender,
  { nanoseconds, ratio, answers }: NonNullable<Measured>,
): string[] {
  const verdict = budget === undefined ? "" : verdictOf(nanoseconds, budget, "ns");
  return [name, figure(nanoseconds), `${figure(ratio)}x`, verdict, answers];
}
