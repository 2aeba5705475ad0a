import { figure } from "../cost/verdict.js";
import { compare, table, type Contender } from "../measure.js";
import { sample } from "./sample.js";

/** Ways to go once through the sample, the first of them the floor; `least` is what one must reach in MB/s. */
export type Way = Contender & { least?: number };

/** Each way's throughput, beside the floor's. */
export async function throughput(ways: readonly [Way, ...Way[]]): Promise<string> {
  const results = await compare(ways);
  const rows = results.map(({ name, nanoseconds, ratio }, index) => {
    const rate = (sample.bytes / nanoseconds) * 1000;
    const least = ways[index]?.least;
    const verdict = least === undefined ? "" : `${rate < least ? "misses" : "within"} ${least} MB/s`;
    return [name, figure(rate), `${figure(ratio)}x`, verdict];
  });
  return table(["way", "MB/s", "time of the floor", "budget"], rows);
}
