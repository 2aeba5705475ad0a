import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach } from "vitest";

import { openLedger, type LedgerOptions } from "../../server/ledger/duckdb/open-ledger.js";
import type { LedgerStore } from "../../server/ledger/ledger-store.js";

const folders: string[] = [];
const ledgers: LedgerStore[] = [];

afterEach(async () => {
  await Promise.all(ledgers.splice(0).map(async (ledger) => ledger.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The path of a ledger that is not there yet, in a folder that is removed after the test. */
export function temporaryPath(name = "ledger.duckdb"): string {
  const folder = mkdtempSync(join(tmpdir(), "waybill-ledger-"));
  folders.push(folder);
  return join(folder, name);
}

/** A ledger that is closed after the test. */
export async function testLedger(path = temporaryPath(), options: LedgerOptions = {}): Promise<LedgerStore> {
  const ledger = await openLedger(path, { threads: 1, memoryLimit: "256MB", ...options });
  ledgers.push(ledger);
  return ledger;
}
