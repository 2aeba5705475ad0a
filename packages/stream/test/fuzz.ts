/* npm run fuzz [-- STREAMS [SEED]]: damaged streams until a fault, or that many. A seed is a stream; repeat one with 1 SEED. */

import { damagedStream } from "./damaged-streams.js";
import { faultsOf } from "./faults.js";

const [streams = 1_000_000, first = Math.floor(Math.random() * 2 ** 31)] = process.argv.slice(2).map(Number);
const start = performance.now();
console.log(`seeds ${first} to ${first + streams - 1}`);
for (let seed = first; seed < first + streams; seed++) {
  const faults = faultsOf(damagedStream(seed));
  if (faults.length > 0) {
    console.error(`seed ${seed}: ${faults.join("; ")}`);
    process.exit(1);
  }
  const done = seed - first + 1;
  if (done % 50_000 === 0 || done === streams)
    console.log(`${done} streams, no fault, ${Math.round((performance.now() - start) / 1000)} s`);
}
