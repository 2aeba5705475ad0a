import type { CallRow } from "../api/schemas.js";
import type { LedgerRow } from "../ledger/ledger-row.js";
import type { LedgerStore, QueryLimits } from "../ledger/ledger-store.js";

/** The rows with the latest state of their records at each sink. */
export async function withDelivery(
  ledger: Pick<LedgerStore, "deliveriesOf">,
  rows: readonly LedgerRow[],
  limits?: QueryLimits,
): Promise<CallRow[]> {
  const states = new Map(rows.map(({ id }): [string, CallRow["delivery"]] => [id, emptyStates()]));
  for (const { id, sink, state } of await ledger.deliveriesOf([...states.keys()], limits)) {
    const own = states.get(id);
    if (own) own[sink] = state;
  }
  return rows.map((row) => ({ ...row, delivery: states.get(row.id) ?? emptyStates() }));
}

/** States by sink. A sink may have any name. */
export function emptyStates(): CallRow["delivery"] {
  return Object.create(null) as CallRow["delivery"];
}
