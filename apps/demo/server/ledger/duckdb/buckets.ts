import type { CallFilter } from "../call-filter.js";
import type { QueryLimits } from "../ledger-store.js";
import { bucketsOf, type Buckets } from "../time/buckets.js";
import type { Step } from "../time/steps.js";
import type { Database } from "./database.js";
import type { Params } from "./params.js";
import { countIn } from "./rows.js";

/** The buckets of a filter's range; where it has no end, up to the newest call. Null when there is no call at all. */
export async function bucketsFor(
  database: Database,
  { from, to }: CallFilter,
  step: Step,
  zone: string,
  limits?: QueryLimits,
): Promise<Buckets | null> {
  if (from !== undefined && to !== undefined) return bucketsOf(from, to, step, zone);
  const [row] = await database.read(
    () => "SELECT epoch_us(min(started)), epoch_us(max(started)) FROM calls",
    limits,
  );
  const [oldest, newest] = [countIn(row?.[0]), countIn(row?.[1])];
  if (oldest === null || newest === null) return null;
  return bucketsOf(from ?? Math.floor(oldest / 1000), to ?? Math.floor(newest / 1000) + 1, step, zone);
}

/** The number of the bucket that a call started in. */
export function bucketNumber({ shifts, stepMs }: Buckets, params: Params): string {
  const shift = (offset: number): string => params.integer(offset * 1000);
  const cases = shifts.slice(0, -1).map(({ offset }, index) => {
    const end = shifts[index + 1]?.from ?? 0;
    return `WHEN started < ${params.time(end * 1000)} THEN ${shift(offset)}`;
  });
  const last = shift(shifts.at(-1)?.offset ?? 0);
  const added = cases.length === 0 ? last : `CASE ${cases.join(" ")} ELSE ${last} END`;
  return `(epoch_us(started) + ${added}) // ${params.integer(stepMs * 1000)}`;
}
