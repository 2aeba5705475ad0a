import type { CallRow } from "../api/schemas.js";
import { withDelivery } from "../delivery/latest-states.js";
import type { CallFilter } from "../ledger/call-filter.js";
import type { LedgerStore } from "../ledger/ledger-store.js";
import { liveLimits } from "./live-limits.js";

const QUERY_MS = 2000;

/**
 * The calls that ended after the last one that a client heard of, up to the newest that others have: their rows in the order
 * of entering, or, when they are too many, between which numbers they are.
 */
export async function missedBy(
  ledger: Pick<LedgerStore, "page" | "deliveriesOf">,
  filter: CallFilter,
  last: number,
  newest: number,
): Promise<{ rows: CallRow[] } | { from: number; to: number }> {
  // A number that was never given is of another ledger: nothing of what the client has is sure.
  if (last > newest) return { from: 1, to: newest };
  try {
    const limits = { timeoutMs: QUERY_MS };
    const query = { filter, before: [last, last] as const, limit: liveLimits.resume };
    const { items, prev } = await ledger.page(query, limits);
    if (prev) return { from: last + 1, to: newest };
    const missed = items.filter(({ seq }) => seq <= newest).toReversed();
    return { rows: await withDelivery(ledger, missed, limits) };
  } catch {
    return { from: last + 1, to: newest };
  }
}
