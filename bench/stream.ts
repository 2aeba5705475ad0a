import { accumulation } from "./stream/accumulation.js";
import { growth } from "./stream/growth.js";
import { idle } from "./stream/idle.js";
import { largeDelta } from "./stream/large-delta.js";
import { observation } from "./stream/observation.js";

/*
 * What it costs to make a completion of the bytes of a stream, beside the least that it can cost and beside the peers.
 */

const sections: readonly { title: string; measure: () => Promise<string> | string }[] = [
  {
    title: "Bytes to a completion: CPU time against TextDecoder + split + JSON.parse (nanoseconds per chunk)",
    measure: accumulation,
  },
  { title: "Growth with the length of a stream, in reads of 16 KiB, each in new processes", measure: growth },
  { title: "One large delta in reads of 1 KiB, CPU time", measure: largeDelta },
  { title: "A body with somebody looking at it, CPU time against nobody looking", measure: observation },
  { title: "1,000 streams half read", measure: idle },
];

/** Prints the tables. */
export async function run(): Promise<void> {
  for (const { title, measure } of sections) process.stdout.write(`${title}\n\n${await measure()}\n\n`);
}
