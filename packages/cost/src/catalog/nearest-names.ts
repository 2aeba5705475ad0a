import type { ShardContent } from "./format.js";
import { readShard, type Shard } from "./shard.js";

/** Fewer letters in common say nothing. */
const MIN_SHARED = 4;

/** The three names of the catalog that begin most like a name that nobody knows. */
export function nearestNames(name: string, shards: readonly Shard[]): string[] {
  const wanted = name.toLowerCase();
  const nearest: { known: string; shared: number }[] = [];
  for (const shard of shards)
    for (const known of Object.keys((readShard(shard) as ShardContent).models)) {
      const shared = sharedLength(wanted, known);
      if (shared >= MIN_SHARED) nearest.push({ known, shared });
    }
  return nearest
    .toSorted((left, right) => right.shared - left.shared || left.known.length - right.known.length)
    .slice(0, 3)
    .map(({ known }) => known);
}

function sharedLength(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length++;
  return length;
}
