/** Opens a ledger and keeps it open until its input ends; or tells why it cannot. */
import { openLedger } from "../../../server/ledger/duckdb/open-ledger.js";
import { LedgerError } from "../../../server/ledger/problems.js";

try {
  const ledger = await openLedger(process.argv[2] ?? "", { threads: 1 });
  process.stdout.write("open\n");
  process.stdin.resume().on("end", () => void ledger.close());
} catch (error) {
  process.stdout.write(`refused ${LedgerError.isInstance(error) ? error.code : String(error)}\n`);
}
