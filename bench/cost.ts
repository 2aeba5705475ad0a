import { pricing } from "./cost/pricing.js";
import { start } from "./cost/start.js";

/*
 * What it costs to price a call, beside the least that it can cost and beside the peers.
 */

const sections: readonly { title: string; measure: () => string }[] = [
  {
    title:
      "Five calls with cached tokens, CPU time of one, each way in a process of its own beside the floor",
    measure: pricing,
  },
  {
    title: "A new process: time of the import beyond that of an empty file, and of the first price after it",
    measure: start,
  },
];

/** Prints the tables. */
export function run(): void {
  for (const { title, measure } of sections) process.stdout.write(`${title}\n\n${measure()}\n\n`);
}
