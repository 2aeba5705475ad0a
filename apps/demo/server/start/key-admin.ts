import type { KeyAdmin, KeyMade, KeyChange } from "../api/api-parts.js";
import type { KeyAnswer } from "../api/schemas.js";
import type { KeyBudgets } from "../keys/budgets.js";
import { accountOf, type KeyInfo } from "../keys/key-record.js";
import type { KeyFailure, KeyStore, NewKey } from "../keys/key-store.js";
import type { LedgerStore } from "../ledger/ledger-store.js";

/** The keys as the page sees them: with what they have spent, and how often they were used. */
export function keyAdmin(
  keys: KeyStore,
  budgets: KeyBudgets,
  ledger: Pick<LedgerStore, "spentByKey">,
): KeyAdmin {
  async function answers(infos: readonly KeyInfo[]): Promise<KeyAnswer[]> {
    const sums = new Map((await ledger.spentByKey({})).map((sum) => [sum.keyId, sum]));
    return Promise.all(
      infos.map(async (info) => {
        const sum = sums.get(accountOf(info.id));
        const budget = await budgets.status(info);
        const known = budget && "spent" in budget ? budget : null;
        return {
          ...info,
          scopes: [...info.scopes],
          budget: info.budget && { ...info.budget },
          models: info.models && [...info.models],
          // Within its window for a key with a budget, and of all time for others.
          spent: known ? known.spent : info.budget ? null : (sum?.spent ?? "0"),
          calls: sum?.calls ?? 0,
          unpriced: sum?.unpriced ?? 0,
          resetsAt: known?.resetsAt ?? null,
        };
      }),
    );
  }

  async function answer(info: KeyInfo): Promise<KeyAnswer> {
    const [first] = await answers([info]);
    return first as KeyAnswer;
  }

  async function changed(change: { ok: true; info: KeyInfo } | KeyFailure): Promise<KeyChange> {
    return change.ok ? { ok: true, item: await answer(change.info) } : change;
  }

  async function made(key: NewKey | KeyFailure): Promise<KeyMade> {
    return key.ok ? { ok: true, key: key.key, item: await answer(key.info) } : key;
  }

  return {
    list: () => answers(keys.list()),
    create: async (input) => made(await keys.create(input)),
    update: async (id, input) => changed(await keys.update(id, input)),
    rotate: async (id) => made(await keys.rotate(id)),
    remove: async (id) => changed(await keys.remove(id)),
  };
}
