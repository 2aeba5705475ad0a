import { addExact } from "@waybill/cost";

import type { KeyStore } from "../keys/key-store.js";

/** Who makes the demo's calls. */
const names = ["docs-bot", "checkout", "search", "research"] as const;

/** What the key of research may spend in one run: about ten minutes of its calls. USD. */
const RESEARCH_BUDGET = "0.012";

/**
 * The keys of the demo's own traffic, by name. Texts of keys are kept nowhere, so that every start makes new ones; who they
 * are, and what they have spent, stays.
 */
export async function demoKeys(
  keys: KeyStore,
  spentOf: (keyId: string) => Promise<string>,
): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const name of names) {
    const known = keys.list().find((key) => key.name === name);
    const made = known ? await keys.rotate(known.id) : await keys.create({ name });
    if (!made.ok) throw new Error(made.message);
    texts[name] = made.key;
    if (name !== "research") continue;
    const limit = addExact(await spentOf(made.info.id), RESEARCH_BUDGET);
    const updated = await keys.update(made.info.id, { budget: { limit, window: "total" } });
    if (!updated.ok) throw new Error(updated.message);
  }
  return texts;
}
