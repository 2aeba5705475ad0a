import { isDeepStrictEqual } from "node:util";

import { checkChatCompletionEmit } from "@waybill/core/emit";

import { Accumulator } from "../src/index.js";
import type { DamagedStream } from "./damaged-streams.js";

/** A stream of a few kilobytes that takes longer than this hangs. */
const MAX_MS = 2000;

const prototypeNames = Object.getOwnPropertyNames(Object.prototype).toSorted();

/**
 * What is wrong with how a stream is read, in sentences; none when all is well. It is read on the fast path, in its reads,
 * and on the plain path, in one, by a clock that stands still.
 */
export function faultsOf({ bytes, reads }: DamagedStream): string[] {
  const faults: string[] = [];
  const start = performance.now();
  try {
    const still = { now: () => 0 };
    const [fast, plain] = [new Accumulator(still), new Accumulator(still, true)];
    for (const read of reads) fast.write(read);
    plain.write(bytes);
    const [result, expected] = [fast.finish(), plain.finish()];
    if (!isDeepStrictEqual(result, expected)) faults.push("the fast path gives something else");
    const checked = checkChatCompletionEmit(result.completion);
    if (!checked.ok) faults.push(`the completion is invalid: ${JSON.stringify(checked.issues)}`);
    const { length } = JSON.stringify(result);
    if (length > 20_000 + 20 * bytes.length) faults.push(`${bytes.length} bytes make a result of ${length}`);
  } catch (error) {
    faults.push(`it throws: ${String(error)}`);
  }
  if (performance.now() - start > MAX_MS) faults.push("it takes too long");
  if (!isDeepStrictEqual(Object.getOwnPropertyNames(Object.prototype).toSorted(), prototypeNames))
    faults.push("Object.prototype is touched");
  return faults;
}
