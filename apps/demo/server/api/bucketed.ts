import type { CallFilter } from "../ledger/call-filter.js";
import type { LedgerStore, QueryLimits } from "../ledger/ledger-store.js";
import { stepFor, steps, type Step } from "../ledger/time/steps.js";
import { filterAt, type Filters } from "./filters.js";
import type { Query } from "./query.js";

const stepsOfRanges = { "1h": "1m", "24h": "1h", "7d": "6h", "30d": "1d" } as const satisfies Record<
  string,
  Step
>;

/** Where nobody asked for a step, buckets are as few as people can tell apart. */
const ENOUGH = 100;

/** The filter with both ends, and the width of its buckets: the one that was asked for, or one that fits. */
export async function bucketed(
  ledger: Pick<LedgerStore, "span">,
  query: Query,
  filters: Filters,
  now: number,
  limits: QueryLimits,
): Promise<{ filter: CallFilter; step: Step; zone: string }> {
  const { times, zone } = filters;
  const asked = query.word("step", Object.keys(steps) as Step[]);
  const filter = filterAt(filters, now);
  // What starts in this very millisecond is inside.
  const to = filter.to ?? Math.max(now + 1, filter.from ?? 0);
  const from = filter.from ?? (await oldest(ledger, to, limits));
  const named = "range" in times ? stepsOfRanges[times.range] : undefined;
  return {
    filter: { ...filter, from, to },
    step: asked ?? named ?? stepFor((to - from) / 1000, ENOUGH),
    zone,
  };
}

/** When the first call started; where there is none before the end, the end. */
async function oldest(ledger: Pick<LedgerStore, "span">, to: number, limits: QueryLimits): Promise<number> {
  const { oldest: first } = await ledger.span(limits);
  return first ? Math.min(Date.parse(first.startedAt), to) : to;
}
